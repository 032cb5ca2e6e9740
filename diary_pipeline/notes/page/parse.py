"""A page as a person left it, read into chunks: lines that belong together, with the blank lines before them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from diary_pipeline.notes.page.forms import AUDIO_LINK, HEADING, LIST, definitions_of, own_form, quoted
from diary_pipeline.notes.page.lines import mark_of, plain

NEW, END = "<!-- diary: newly composed, please merge -->", "<!-- /diary -->"
Shape = Literal["title", "section", "heading", "task", "item", "details", "text"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_END_OF_BLOCK = re.compile(rf"(?:{AUDIO_LINK.pattern}|</small>)\s*$")


@dataclass(eq=False)
class PageChunk:
    """Lines that belong together, with their endings; `blank` are the empty lines before them.

    `offers` are what earlier merges offered behind this chunk, each as its lines; `is_answered` where one stands right
    below it: then it is another wording of this chunk.
    """

    lines: list[str]
    blank: list[str] = field(default_factory=list)
    offers: list[list[str]] = field(default_factory=list)
    is_answered: bool = False
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The lines without the last ending, in the form that generated lines have."""
        return own_form(self.lines, self.definitions)

    @property
    def prefix(self) -> str:
        """The marks of the quotation or callout that it stands in."""
        return quoted(self.lines[0])

    @property
    def shape(self) -> Shape:
        """What the chunk is in Markdown; a section is a heading of the second level."""
        shape = shape_of(self.text)
        return "text" if self.prefix and shape in ("title", "section", "heading") else shape


@dataclass(frozen=True)
class PageText:
    """A page's chunks, the blank lines behind them, how its lines end, and whether the last one does."""

    chunks: list[PageChunk]
    tail: list[str]
    ending: str
    ends: bool


def shape_of(text: str) -> Shape:
    """What a line is in Markdown."""
    heading = HEADING.match(text)
    if heading:
        return "title" if len(heading[1]) == 1 else "section" if len(heading[1]) == 2 else "heading"
    if text.startswith("<small>"):
        return "details"
    if mark_of(text) is not None:
        return "task"
    return "item" if LIST.match(text) else "text"


def parse(text: str, known: Collection[str]) -> PageText:
    """Read a page. A line that is one of *known*, as compared, is a chunk of its own."""
    lines = _LINE.findall(text)
    endings = [line[len(line.rstrip("\r\n")) :] for line in lines]
    ending = max(("\n", "\r\n", "\r"), key=endings.count)
    ends = not lines or endings[-1] != ""
    if not ends:
        lines[-1] += ending
    chunks: list[PageChunk] = []
    blank: list[str] = []
    definitions = definitions_of(lines)
    place = 0
    while place < len(lines):
        line = lines[place]
        offer = _offer(lines, place) if line.strip() == NEW and chunks else 0
        if offer:
            chunks[-1].is_answered = chunks[-1].is_answered or not blank
            chunks[-1].offers.append([one for one in lines[place:offer] if one.strip() not in (NEW, END)])
            place, blank = offer, []
            continue
        place += 1
        if not line.strip():
            blank.append(line)
        elif line.strip() not in (NEW, END):
            one = PageChunk([line], blank, definitions=definitions)
            if blank or not chunks or chunks[-1].offers or _begins(chunks[-1], one, known):
                chunks.append(one)
            else:
                chunks[-1].lines.append(line)
            blank = []
    return PageText(chunks, blank, ending, ends)


def _offer(lines: Sequence[str], start: int) -> int:
    """Where the offer that begins at *start* ends, offers inside it included; 0: it has no end."""
    depth = 0
    for place in range(start, len(lines)):
        depth += (lines[place].strip() == NEW) - (lines[place].strip() == END)
        if depth == 0:
            return place + 1
    return 0


def _begins(before: PageChunk, one: PageChunk, known: Collection[str]) -> bool:
    """Whether a line right below *before* is a chunk of its own: not every list has a blank line above it."""
    line = one.text
    if HEADING.match(line) or LIST.match(line) or line.startswith("<small>") or plain(line) in known:
        return True
    return (
        before.shape in ("title", "section", "heading")
        or bool(_END_OF_BLOCK.search(before.text))
        or plain(before.text) in known
    )


def closing(chunks: Sequence[PageChunk], place: int) -> int:
    """Where the comment or code ends in which a chunk at *place* would stand; *place* where it stands in none."""
    end: str | None = None
    for at, chunk in enumerate(chunks):
        if at >= place and end is None:
            return place
        for line in chunk.lines:
            end = _open_until(line.strip(), end)
        if at >= place and end is None:
            return at + 1
    return place


def _open_until(line: str, end: str | None) -> str | None:
    """What ends the comment or the code that is open behind *line*, where *end* ended what was open before it."""
    if end is None:
        fence = re.match(r"(`{3,}|~{3,})[^`]*$", line)
        if fence:
            return fence[1]
        if line.startswith("%%") and line.count("%%") % 2:
            return "%%"
        return "-->" if line.rpartition("<!--")[1] and "-->" not in line.rpartition("<!--")[2] else None
    if end[0] in "`~":
        return None if line.startswith(end) and not line.strip(end[0]) else end
    return None if end in line else end
