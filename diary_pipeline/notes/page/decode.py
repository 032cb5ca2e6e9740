"""The text of a page's file, whatever encoding an editor saved it in."""

import codecs
from collections.abc import Collection
from dataclasses import dataclass

from diary_pipeline.notes.page.lines import plain

BOM = "\ufeff"
SURE = 0.5
"""Of the composed lines with letters beyond ASCII, the share that must be read right before an encoding is believed."""

_GUESSES = ("cp1252", "mac_roman", "cp1250", "cp1251", "iso8859_15", "utf_16_le", "utf_16_be")


@dataclass(frozen=True)
class Decoded:
    """A page's text without its byte order mark. `sure`: nothing was guessed; `encoding` is what it was saved in."""

    text: str
    encoding: str
    sure: bool
    marked: bool = False

    @property
    def is_utf8(self) -> bool:
        """Whether it is in the encoding in which pages are written."""
        return self.encoding == "utf-8"

    def encode(self, text: str) -> bytes:
        """Another text for the same file: in UTF-8, marked as such for an editor that marks, or that used another."""
        return ((BOM if self.marked or not self.is_utf8 else "") + text).encode("utf-8", "replace")


def decode(data: bytes, composed: Collection[str] = ()) -> Decoded:
    """Decode a page. *composed*: the lines that were composed for it, by which a guess is judged."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and "\0" not in text:
        return Decoded(text.removeprefix(BOM), "utf-8", sure=True, marked=text.startswith(BOM))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return Decoded(data.decode("utf-16"), "utf-16", sure=True)
        except UnicodeDecodeError:
            pass
    composed_lines = {plain(line) for line in composed if not line.isascii()}
    guesses = [(_share(text, composed_lines), name) for name in _GUESSES if (text := _decoded(data, name))]
    share, encoding = max(guesses, key=lambda guess: guess[0], default=(0.0, ""))
    if share >= SURE:
        return Decoded(data.decode(encoding).removeprefix(BOM), encoding, sure=True)
    lines = data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    return Decoded("".join(map(_line, lines)).removeprefix(BOM), "unknown", sure=False)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _share(text: str, composed_lines: Collection[str]) -> float:
    """Of the *composed_lines* that stand in the text at all, as ASCII reads them, how many it reads right."""
    if not composed_lines:
        return 0.0
    lines = {plain(line) for line in text.splitlines()}
    return sum(line in lines for line in composed_lines) / len(composed_lines)


def _line(line: str) -> str:
    """A line that may be in another encoding than its neighbours."""
    data = line.encode("utf-8", "surrogateescape")
    return next(filter(None, (_decoded(data, name) for name in ("utf-8", "cp1252", "latin-1"))), "")
