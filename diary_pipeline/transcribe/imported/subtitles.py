"""WebVTT and SubRip as cues, also as programs write them that do not follow either format closely."""

import html
import re
from collections.abc import Iterator, Sequence

from diary_pipeline.transcribe.imported.cues import Caption
from diary_pipeline.transcribe.imported.stamped import seconds

_TIME = r"(?:(?:\d+:)?\d{1,3}:\d{1,2}[.,]\d{1,3}|(?:\d+:)\d{1,2}:\d{1,2})"
_ARROW = re.compile(rf"^\s*({_TIME})\s*-{{1,2}}>\s*({_TIME})(?=\s|$)")
_NO_CUES = re.compile(r"^(WEBVTT|NOTE|STYLE|REGION)(?=[\s:]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_TAG = re.compile(
    r"</?(?:c|i|b|u|s|v|ruby|rt|lang|font|em|strong)(?:[.\s][^>]*)?/?>|<(?:\d+:)?\d+:\d+[.,]\d+>", re.IGNORECASE
)
_OVERRIDE = re.compile(r"\{\\[^}]*\}")
_LANGUAGE = re.compile(r"^Language:\s*([A-Za-z]{2,3})\b", re.MULTILINE)


def is_subtitles(text: str) -> bool:
    """Whether *text* has a line with the times of a cue."""
    return any(_ARROW.match(line) for line in text.splitlines())


def language_of(text: str) -> str | None:
    """The language that a WebVTT header names, as the captions of some video sites do."""
    header = re.split(r"\n\s*\n", text, maxsplit=1)[0]
    found = _LANGUAGE.search(header) if header.startswith("WEBVTT") else None
    return found[1].lower() if found else None


def cues_of(text: str) -> list[Caption]:
    """The cues, in the order of the file. Lines that belong to no cue are continued text of the one before."""
    made: list[Caption] = []
    blocks = [block.strip("\n").split("\n") for block in re.split(r"\n\n+", text)]
    for lines, following_lines in zip(blocks, [*blocks[1:], [""]], strict=True):
        places = [n for n, line in enumerate(lines) if _ARROW.match(line)]
        if not places and not (_is_number(lines) and _ARROW.match(following_lines[0])):
            _continue(made, lines)
        for place, following in zip(places, [*places[1:], len(lines)], strict=False):
            ended = following < len(lines) and lines[following - 1].strip().isdigit()
            made += _spoken(lines[place], lines[place + 1 : following - ended])
    return made


def _is_number(lines: Sequence[str]) -> bool:
    return len(lines) == 1 and lines[0].strip().isdigit()


def _continue(made: list[Caption], lines: Sequence[str]) -> None:
    """A cue's text may hold an empty line in SubRip."""
    rest = [line for line in lines if line.strip()]
    if made and rest and not _NO_CUES.match(rest[0]):
        last = made.pop()
        (more, *_) = list(_said(rest, last.speaker)) or [("", "")]
        made.append(Caption(f"{last.text}\n{more[1]}".strip(), last.start, last.end, last.speaker))


def _spoken(times: str, lines: Sequence[str]) -> Iterator[Caption]:
    found = _ARROW.match(times)
    if found is None:  # the caller has matched it
        return
    start, end = seconds(found[1]), seconds(found[2])
    for speaker, text in list(_said(lines, "")) or [("", "")]:
        yield Caption(text, start, max(start, end), speaker)


def _said(lines: Sequence[str], speaker: str) -> Iterator[tuple[str, str]]:
    """Who says what, in order; without tags."""
    parts = _VOICE.split("\n".join(lines))
    for name, said in zip([speaker, *parts[1::2]], parts[::2], strict=True):
        text = html.unescape(_OVERRIDE.sub("", _TAG.sub("", said))).replace("\u200b", "").replace("\u00a0", " ")
        if text.strip():
            yield " ".join(html.unescape(name).split()), text.strip("\n")
