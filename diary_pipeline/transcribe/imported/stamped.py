"""Text whose lines or paragraphs begin with a time, as programs print and export it, as cues.

`[00:00:03] text`, `[0.00s -> 3.20s] text`, `0:03 text`, and `Anna Smith  0:03` above a paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from diary_pipeline.transcribe.imported.cues import Caption

_CLOCK = r"(?:(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?|\d{1,6}(?:\.\d{1,3})?s)"
_SPAN = rf"(?P<start>{_CLOCK})(?:\s*(?:-{{1,2}}>|-|–|to)\s*(?P<end>{_CLOCK}))?"  # noqa: RUF001 - a dash of text
_BRACKETED = re.compile(rf"^\s*[\[(<]{_SPAN}[\])>]\s*:?\s*(?P<text>.*)$")
_BARE = re.compile(rf"^\s*{_SPAN}(?=\s|$)\s*[-:]?\s*(?P<text>.*)$")
_HEADER = re.compile(rf"^\s*(?P<speaker>[^\d\s:.!?][^:.!?]{{0,58}}?)?[\s,]+[\[(]?(?P<start>{_CLOCK})[\])]?\s*$")
_SPEAKER = re.compile(r"^(?P<name>[^\d\s:.!?][^:.!?]{0,38}):\s+(?=\S)")
_LINK = re.compile(r"\bhttps?://|\bwww\.", re.IGNORECASE)
_SIGNATURE_WORDS = 12
_OF_THE_FILE = re.compile(
    r"^\W*(?:(?:date|duration|length|language|model|created|exported|file|media)\s*[:=]"
    r"|detect(?:ed|ing) language\b|(?:audio )?transcript(?:ion)?\W*$)",
    re.IGNORECASE,
)
_FIRST_SECONDS = 60.0
"""A bare time that is later at the start of a text is one that somebody wrote about, as "7:30 got up"."""


def stamped_cues(text: str) -> list[Caption] | None:
    """The cues of *text*; None where its lines and paragraphs do not begin with times that go forward.

    What stands before the first time is kept without one, but for what programs write there about the file.
    """
    written = text.split("\n")
    for begins, names_speakers in ((_BRACKETED, True), (_HEADER, False), (_BARE, True)):
        cues = list(_cues(written, begins, named=names_speakers))
        starts = [cue.start or 0.0 for cue in cues]
        forward = all(before <= after for before, after in pairwise(starts))
        if cues and forward and _is_early(begins, cues, written) and (begins is _HEADER or _is_usual(begins, written)):
            ended = _with_ends(_without_signature(cues) if begins is _HEADER else cues)
            return [*_before_the_first(begins, written), *ended]
    return None


def _is_early(begins: re.Pattern[str], cues: Sequence[Caption], written: Sequence[str]) -> bool:
    """Whether the times count from the start of a recording. In square brackets nobody writes about a time of day."""
    first = next(line for line in written if begins.match(line)).lstrip()
    surely = begins is _BRACKETED and (len(cues) > 1 or cues[0].end is not None) and not first.startswith("(")
    begins_early = (cues[0].start or 0.0) < _FIRST_SECONDS
    return surely or (begins_early and (len(cues) > 1 or begins is _BRACKETED))


def _is_usual(begins: re.Pattern[str], written: Sequence[str]) -> bool:
    """Whether most lines begin so, or the first lines of most paragraphs."""
    lines = [bool(begins.match(line)) for line in written if line.strip()]
    above = ["", *written]
    firsts = [bool(begins.match(ln)) for up, ln in zip(above, written, strict=False) if ln.strip() and not up.strip()]
    return any(sum(some) * 2 > len(some) for some in (lines, firsts))


def _before_the_first(begins: re.Pattern[str], written: Sequence[str]) -> list[Caption]:
    first = next(n for n, line in enumerate(written) if begins.match(line))
    return [
        Caption(line.strip(), ends=True) for line in written[:first] if line.strip() and not _OF_THE_FILE.match(line)
    ]


def _cues(written: Sequence[str], begins: re.Pattern[str], *, named: bool) -> Iterator[Caption]:
    cue: Caption | None = None
    for line in written:
        found = begins.match(line)
        if found is None:
            if cue is not None:
                cue = Caption(f"{cue.text}\n{line}", cue.start, cue.end, cue.speaker, ends=True)
            continue
        if cue is not None:
            yield cue
        parts = found.groupdict()
        said = (parts.get("text") or "").strip()
        speaker = _SPEAKER.match(said) if named else None
        name = speaker["name"] if speaker else (parts.get("speaker") or "")
        end = seconds(parts["end"]) if parts.get("end") else None
        cue = Caption(said[speaker.end() :] if speaker else said, seconds(parts["start"]), end, name.strip(), ends=True)
    if cue is not None:
        yield cue


def _without_signature(cues: list[Caption]) -> list[Caption]:
    *paragraphs, last = re.split(r"\n\s*\n", cues[-1].text.strip())
    if not paragraphs or not _LINK.search(last) or "\n" in last or len(last.split()) > _SIGNATURE_WORDS:
        return cues
    final = cues[-1]
    kept = Caption("\n".join(paragraphs), final.start, final.end, final.speaker, ends=True)
    return [*cues[:-1], kept]


def _with_ends(cues: list[Caption]) -> list[Caption]:
    """Each cue with an end: its own, else the start of the next one. Of the last one no end is known."""
    following = [*(cue.start for cue in cues[1:]), None]
    return [
        Caption(cue.text, cue.start, cue.end if cue.end is not None else after or cue.start, cue.speaker, ends=True)
        for cue, after in zip(cues, following, strict=True)
    ]


def seconds(clock: str) -> float:
    """The seconds of a time such as 1:02:03.4, 02:03,4 or 3.2s."""
    total = 0.0
    for part in clock.replace(",", ".").removesuffix("s").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)
