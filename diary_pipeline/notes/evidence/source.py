"""A transcript prepared for judging statements: its segments in order, their readings, and the names in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from diary_pipeline.notes.language.lexicon.speech import NARRATORS
from diary_pipeline.notes.language.names import named_inside
from diary_pipeline.notes.language.reading import Reading, read
from diary_pipeline.notes.language.words import tokens
from diary_pipeline.schema import Segment, Transcript

BEFORE, AFTER = 5, 2
"""How many segments before and after may name what "she" or "it" means in the cited one."""
_ASIDE = 5
"""Most words of a segment between what is said and its correction: "Um, hang on."."""


@dataclass(
    frozen=True, eq=False
)  # readings are cached by identity: comparing thousands of segments costs more than reading them
class SpokenSource:
    """A transcript to judge statements by. *day*: of the recording, where it is known."""

    segments: tuple[Segment, ...]
    language: str | None
    day: date | None = None
    names: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, transcript: Transcript, day: date | None = None) -> "SpokenSource":
        """Prepare a transcript."""
        names = named_inside(
            token for segment in transcript.segments for token in tokens(segment.text, segment.id, transcript.language)
        )
        return cls(transcript.segments, transcript.language, day, names)

    def place(self, identity: str) -> int | None:
        """The index of a segment; "s3", "S03" and "[s03]" are one."""
        return _places(self).get(_number(identity))

    def known(self, identities: Iterable[str]) -> tuple[str, ...]:
        """The identities as the transcript writes them, in order, without those that it lacks."""
        found = sorted({place for identity in identities if (place := self.place(identity)) is not None})
        return tuple(self.segments[place].id for place in found)

    def groups(self) -> list[list[Segment]]:
        """The segments in order, each grouped with those that correct it."""
        groups: list[list[Segment]] = []
        for segment in self.segments:
            if groups and segment.id in self.corrected(groups[-1][-1].id):
                groups[-1].append(segment)
            else:
                groups.append([segment])
        return groups

    def corrected(self, identity: str) -> tuple[str, ...]:
        """The neighbours that correct a segment, or that it corrects."""
        return _corrected(self).get(identity, ())

    def text(self, identities: Sequence[str]) -> str:
        """The text of the segments."""
        wanted = set(identities)
        return " ".join(segment.text for segment in self.segments if segment.id in wanted)

    def window(self, identities: Sequence[str]) -> Reading:
        """The segments, read as one text."""
        return _window(self, tuple(identities))

    def around(self, identities: Sequence[str], before: int = BEFORE, after: int = AFTER) -> tuple[str, ...]:
        """The segments and their neighbours."""
        places = [place for identity in identities if (place := self.place(identity)) is not None]
        near = {n for place in places for n in range(place - before, place + after + 1) if 0 <= n < len(self.segments)}
        return tuple(self.segments[n].id for n in sorted(near))

    def before(self, identities: Sequence[str]) -> frozenset[str]:
        """Keys of the words in the few segments before: what "she" may mean."""
        first = min((place for identity in identities if (place := self.place(identity)) is not None), default=0)
        return self.window(tuple(segment.id for segment in self.segments[max(0, first - BEFORE) : first])).keys

    def last_named(self, identities: Sequence[str]) -> frozenset[str]:
        """Keys of the names in the nearest segment before that has some: whom "he" or "her" may mean."""
        places = [place for identity in identities if (place := self.place(identity)) is not None]
        for n in range(min(places, default=0) - 1, max(-1, min(places, default=0) - 1 - BEFORE), -1):
            found = frozenset(t.key for t in self.window((self.segments[n].id,)).tokens if t.kind == "name")
            if found:
                return found
        return frozenset()

    def read(self, text: str) -> Reading:
        """Read a statement about this transcript; "the speaker" is first person unless the transcript speaks of one."""
        return _statement(self, text)


def _number(identity: str) -> str:
    digits = re.sub(r"\D", "", identity)
    return str(int(digits)) if digits else identity


@lru_cache(maxsize=64)
def _places(spoken: SpokenSource) -> dict[str, int]:
    return {_number(segment.id): place for place, segment in enumerate(spoken.segments)}


@lru_cache(maxsize=4096)
def _window(spoken: SpokenSource, identities: tuple[str, ...]) -> Reading:
    wanted = set(identities) | {other for identity in identities for other in _corrected(spoken).get(identity, ())}
    return read([(s.id, s.text) for s in spoken.segments if s.id in wanted], spoken.language, spoken.names)


@lru_cache(maxsize=512)
def _statement(spoken: SpokenSource, text: str) -> Reading:
    return read([("", text)], spoken.language, spoken.names, narrated=not _speaks_of_a_narrator(spoken))


@lru_cache(maxsize=64)
def _speaks_of_a_narrator(spoken: SpokenSource) -> bool:
    return any(t.low in NARRATORS for segment in spoken.segments for t in spoken.window((segment.id,)).tokens)


@lru_cache(maxsize=64)
def _corrected(spoken: SpokenSource) -> dict[str, tuple[str, ...]]:
    """Segments that are only true together, as "at three." and "No, wait, at four."."""
    together: dict[str, tuple[str, ...]] = {}
    for at in range(len(spoken.segments) - 1):
        for width in (2, 3):
            run = spoken.segments[at : at + width]
            if len(run) == width and all(len(s.text.split()) <= _ASIDE for s in run[1:-1]) and _takes_back(spoken, run):
                for segment in run:
                    others = (s.id for s in run if s is not segment)
                    together[segment.id] = tuple(dict.fromkeys([*together.get(segment.id, ()), *others]))
                break
    return together


def _takes_back(spoken: SpokenSource, run: Sequence[Segment]) -> bool:
    """Whether the last segment of *run* takes back words of the first one."""
    whole = read([(s.id, s.text) for s in run], spoken.language, spoken.names)
    alone = read([(run[0].id, run[0].text)], spoken.language, spoken.names)
    retracted, before = (
        {r.tokens[n].start for n in r.retracted if r.tokens[n].segment == run[0].id} for r in (whole, alone)
    )
    return bool(retracted - before)
