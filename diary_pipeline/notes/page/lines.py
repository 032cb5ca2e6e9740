"""Lines of Markdown as they are compared: without what an editor changes by itself, the tick and the link to audio."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from urllib.parse import unquote

from diary_pipeline.notes.page.forms import AUDIO_LINK, HEADING, same_marks, with_level

_ITEM = re.compile(r"^(?P<bullet>(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+)(?:\[(?P<mark>[^\]])\](?=\s|$)[ \t]*)?")
_DONE_ON = re.compile(r"\s*(?:[✅❌]\s*\d{4}-\d\d-\d\d|[\[(](?:completion|cancelled):: *\d{4}-\d\d-\d\d[\])])$")
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """*text* without its line breaks, its kind of bullet, its tick, and marks that formatters replace."""
    flat = unicodedata.normalize("NFC", " ".join(text.split()))
    item = _ITEM.match(flat)
    if item is None:
        return same_marks(flat)
    if item["mark"] is None:
        return f"- {same_marks(flat[item.end() :])}"
    return f"[] {same_marks(_DONE_ON.sub('', flat[item.end() :]))}"


def indent_of(text: str) -> str:
    """The white space before a list item."""
    item = _ITEM.match(text)
    return item["indent"] if item else ""


def mark_of(text: str) -> str | None:
    """What stands in the box of a to-do: a blank while it is open; None where there is no box."""
    item = _ITEM.match(text)
    return item["mark"] if item else None


def with_mark(text: str, like: str) -> str:
    """A generated line with the indent, the bullet and the tick, or the level, that the person's line *like* has."""
    item, mine = _ITEM.match(text), _ITEM.match(like)
    if item is None or mine is None:
        return with_level(text, like)
    if item["mark"] is None or mine["mark"] is None:
        return item["bullet"].replace(item["bullet"].strip(), mine["bullet"].strip()) + text[len(item["bullet"]) :]
    done = _DONE_ON.search(like.rstrip())
    return f"{mine['bullet']}[{mine['mark']}] {text[item.end() :]}{done[0] if done else ''}"


def with_bullet(text: str, like: str) -> str:
    """A new item with the kind of bullet that another one has; a number makes no list of it."""
    item, mine = _ITEM.match(text), _ITEM.match(like)
    bullet = mine["bullet"].strip() if mine else "-"
    return f"{bullet}{text[1:]}" if item and bullet in ("*", "+") else text


def split_mark(text: str) -> tuple[str, str]:
    """A line's bullet and box, or the marks of a heading; and what is behind them."""
    found = _ITEM.match(text) or HEADING.match(text)
    end = found.end() if found else 0
    return text[:end], text[end:]


def unlinked(text: str) -> str:
    """A generated line without its links to audio."""
    return AUDIO_LINK.sub("", text).rstrip()


def links(text: str) -> list[str]:
    """Where the links to audio lead, wherever the page says that the audio lies: "audio/ID.m4a#t=1.5"."""
    return AUDIO_LINK.findall(text)


def recording_of(link: str) -> str:
    """The recording whose audio a link leads to."""
    return unquote(link.partition("#")[0].rpartition("/")[2]).partition(".")[0]


def without_links(text: str) -> str:
    """*text* as compared, without its links to audio."""
    return " ".join(plain(AUDIO_LINK.sub(" ", text)).split())


def words(text: str) -> list[str]:
    """The words of a line, without links and markup."""
    return _WORD.findall(without_links(text).removeprefix("[] ").replace("\\", "").casefold())


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two lists of words have in common, 0 to 1."""
    if not one and not other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
