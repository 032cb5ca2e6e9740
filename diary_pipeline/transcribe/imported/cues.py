"""Cues of another program's transcript become segments: sentences, each with the times of the cues that hold it.

A sentence that begins within a cue has the cue's own times: a time that was not stated is not made up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from diary_pipeline.schema import Segment
from diary_pipeline.transcribe.stitch import PAUSE_SECONDS, Word, segments

MOST_WORDS = 40
"""Words after which the end of a cue ends the segment: some programs write no punctuation."""

_SENTENCE_END = re.compile(r"[.?!…。？！][\"'”’)\]»]*$")  # noqa: RUF001 - full-width marks and typographic quotes are meant


@dataclass(frozen=True)
class Caption:
    """A stretch of a transcript as it was written: text, times in seconds, and who speaks, where it says so.

    *words* have times of their own; without them a word has the cue's. `start` None: no times are stated.
    """

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str = ""
    words: tuple[Word, ...] = ()
    ends: bool = False
    """Whether it is the end of a segment whatever follows."""


@dataclass(frozen=True)
class ImportedTranscript:
    """A transcript of another program. `seconds` is 0 and no segment has times where it states none."""

    form: str
    language: str | None
    segments: tuple[Segment, ...]

    @property
    def seconds(self) -> float:
        """When the last segment ends."""
        return max((segment.end for segment in self.segments), default=0.0)


def to_segments(cues: Sequence[Caption]) -> tuple[Segment, ...]:
    """The sentences of *cues*, in order of time where all of them have times."""
    kept = [cue for cue in cues if cue.text.strip()]
    later = list(dropwhile(lambda cue: cue.start is None, kept))
    timed = bool(later) and all(cue.start is not None for cue in later)  # a title may stand before the times
    if timed:
        kept.sort(key=lambda cue: (cue.start or 0.0, cue.end or 0.0))
    several = len({cue.speaker for cue in kept} - {""}) > 1
    made = [segment for group in _groups(kept) for segment in _sentences(group, timed=timed, named=several)]
    width = 2 if len(made) <= 99 else 3
    return tuple(segment.model_copy(update={"id": f"s{n:0{width}d}"}) for n, segment in enumerate(made, 1))


def _groups(cues: Sequence[Caption]) -> Iterator[list[Caption]]:
    """Cues that may share sentences: up to the end of one, a pause, another speaker, or many words."""
    group: list[Caption] = []
    for cue in cues:
        if group and _parts(group, cue):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group


def _parts(group: Sequence[Caption], following: Caption) -> bool:
    last = group[-1]
    pause = (following.start or 0.0) - (last.end or 0.0) >= PAUSE_SECONDS
    many = sum(len(cue.text.split()) for cue in group) >= MOST_WORDS
    other = last.speaker != following.speaker or bool(last.words) != bool(following.words)
    return last.ends or pause or many or other or bool(_SENTENCE_END.search(last.text.strip()))


def _sentences(group: Sequence[Caption], *, timed: bool, named: bool) -> Iterator[Segment]:
    exact = timed and all(cue.words for cue in group)
    words = [word for cue in group for word in (cue.words if exact else _words(cue))]
    length = max((word.end for word in words), default=0.0)
    for number, segment in enumerate(segments(words, length)):
        speaker = f"{group[0].speaker}: " if named and group[0].speaker and not number else ""
        bare = {} if exact and not speaker else {"words": ()}
        unsure = {} if exact else {"confidence": None}
        yield segment.model_copy(update={"text": speaker + segment.text, **bare, **unsure})


def _words(cue: Caption) -> Iterator[Word]:
    start = cue.start or 0.0
    end = max(start, cue.end or 0.0)
    yield from (Word(f" {token}", start, end, 1.0) for token in cue.text.split())


def without_repeats(cues: Sequence[Caption]) -> list[Caption]:
    """Roll-up captions show a line again above the next one, and some grow word by word: each is kept once."""
    shown, rolled = list[str](), list[Caption]()
    end, rolls = float("-inf"), 0
    for cue in sorted(cues, key=lambda cue: (cue.start or 0.0, cue.end or 0.0)):
        lines = [line.strip() for line in cue.text.split("\n") if line.strip()]
        start, until = cue.start or 0.0, cue.end or 0.0
        touches, brief = start <= end + _TOUCHES, until - start <= _BRIEF
        again = _repeated(shown, lines)
        if not touches and (rolls < _SURELY_ROLLS or again == len(lines)):  # after a pause, only where the file rolls
            again = 0
        rolls += bool(again and touches)
        if again and (again < len(lines) or brief or start < end - _TOUCHES):
            lines, shown = lines[again:], lines
        else:
            shown = lines
        end = max(end, until)
        if lines:
            rolled.append(replace(cue, text="\n".join(lines)))
    return _grown(rolled)


_TOUCHES, _BRIEF = 0.05, 0.1
_FEWEST_WORDS = 2
_SURELY_ROLLS = 2


def _repeated(shown: Sequence[str], lines: Sequence[str]) -> int:
    """How many first lines are the last ones that were shown."""
    most = min(len(shown), len(lines))
    return next((n for n in range(most, 0, -1) if list(shown[-n:]) == list(lines[:n])), 0)


def _grown(cues: list[Caption]) -> list[Caption]:
    """Without the beginnings that a caption repeats while it grows, where most captions do so."""
    pairs = [(n, _begins_with(cues[n].text, cues[n - 1].text)) for n in range(1, len(cues))]
    growing = {n for n, grows in pairs if grows and (cues[n].start or 0.0) <= (cues[n - 1].end or 0.0) + _TOUCHES}
    if not growing or len(growing) < len(pairs) / 2:
        return cues
    kept: list[Caption] = []
    for n, cue in enumerate(cues):
        if n in growing:
            kept[-1] = replace(cue, start=kept[-1].start)
        else:
            kept.append(cue)
    return kept


def _begins_with(text: str, before: str) -> bool:
    words, earlier = text.split(), before.split()
    return len(words) > len(earlier) >= _FEWEST_WORDS and words[: len(earlier)] == earlier
