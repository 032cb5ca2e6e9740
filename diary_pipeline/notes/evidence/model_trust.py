"""The statements of one answer together: a writer that is out of its depth is believed only where it keeps to the speaker's words.

A small model writes copies, sentences that come from nowhere, and the speaker's words put together anew. One by one the last look like
paraphrases; the others beside them tell what they are. What belongs here: what the answer says of its writer, and what is then asked of
each statement. What does not: whether the words say a statement (`check`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from operator import or_

from diary_pipeline.notes.evidence.check import StatementVerdict, judge
from diary_pipeline.notes.evidence.coverage import COVER
from diary_pipeline.notes.evidence.source import Spoken
from diary_pipeline.notes.language.words import Token

NOT_THE_SPEAKERS_WORDS = "not the speaker's words"
"""The reason for which a statement falls that may not retell."""

KEPT, KEPT_OF_A_LOOP = 0.6, 0.8
"""Share of a statement's words that must be, in their order, words of the cited segments."""
_RUN = 3  # so many words in a row, said once and told twice, are a loop
_FEWEST, _SHARE = 2, 0.2
"""So many statements, and such a share of the answer, that loop or come from nowhere show a writer out of its depth, if one loops."""
_FEWEST_MADE_UP, _SHARE_MADE_UP = 3, 0.4
"""The same where none loops."""
_FROM_NOWHERE = frozenset(("cover", "feeling"))


@dataclass(frozen=True)
class JudgedStatement:
    """A statement with its verdict.

    *repeats*: it tells a run of words more often than it was said; *loops*: so does one of its sentences. *kept*: the
    share of its words that follow the speaker's.
    """

    verdict: StatementVerdict
    repeats: bool
    loops: bool
    kept: float

    @classmethod
    def of(cls, text: str, verdict: StatementVerdict, spoken: Spoken) -> "JudgedStatement":
        """Compare a statement with the words that its verdict cites."""
        told = spoken.read(text).tokens
        said = _words(spoken.window(verdict.segments).tokens) if verdict.segments else []
        once = list(_once(told))
        return cls(verdict, _loops(_words(told), said), _loops(once, said), _kept(once, said))

    @property
    def made_up(self) -> bool:
        """Whether it comes from nowhere."""
        return not _FROM_NOWHERE.isdisjoint(self.verdict.reasons)

    @property
    def keeps_to_the_words(self) -> bool:
        """Whether it follows the speaker's words."""
        return self.kept >= (KEPT_OF_A_LOOP if self.loops else KEPT)


@dataclass
class ModelTrust:
    """Whoever wrote an answer, known by what of it was judged so far."""

    spoken: Spoken
    told: list[JudgedStatement] = field(default_factory=list)

    def judge(self, claims: Iterable[tuple[str, Sequence[str]]], cover: float = COVER) -> list[StatementVerdict]:
        """Judge each claim (text, citation) by itself, and then in the light of all others."""
        new = [JudgedStatement.of(text, judge(text, cited, self.spoken, cover), self.spoken) for text, cited in claims]
        self.told += new
        strict = self.out_of_depth
        freely = [strict and one.verdict.stands and not one.keeps_to_the_words for one in new]
        return [
            replace(one.verdict, reasons=(NOT_THE_SPEAKERS_WORDS,)) if free else one.verdict
            for one, free in zip(new, freely, strict=True)
        ]

    @property
    def out_of_depth(self) -> bool:
        """Whether so much of the answer loops or comes from nowhere that its writer cannot be trusted to retell."""
        made_up, repeats = [one.made_up for one in self.told], [one.repeats for one in self.told]
        signs = sum(map(or_, made_up, repeats))
        some, many = max(_FEWEST, _SHARE * len(self.told)), max(_FEWEST_MADE_UP, _SHARE_MADE_UP * len(self.told))
        return (any(repeats) and signs >= some) or sum(made_up) >= many


def _words(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.kind != "mark"]


def _once(tokens: Iterable[Token]) -> Iterator[Token]:
    """The words without sentences that were told before, to the end or not: those are tedious and not false."""
    sentences: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind != "mark":
            sentences[-1].append(token)
        elif token.low[0] in ".!?…":
            sentences.append([])
    before: list[list[str]] = []
    for sentence in sentences:
        words = [token.low for token in sentence]
        if not any(words == earlier[: len(words)] for earlier in before):
            yield from sentence
        before.append(words)


def _kept(told: Sequence[Token], said: Sequence[Token]) -> float:
    """The longest runs that both have, and between them those that stand in the same order."""
    words, spoken = ([token.low for token in tokens] for tokens in (told, said))
    blocks = SequenceMatcher(None, words, spoken, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(words) if words else 1.0


def _loops(told: Sequence[Token], said: Sequence[Token]) -> bool:
    runs, had = (Counter(_runs(words)) for words in (told, said))
    return any(count > max(1, had[run]) for run, count in runs.items())


def _runs(words: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """Runs in which at least one word says something."""
    for at in range(len(words) - _RUN + 1):
        run = words[at : at + _RUN]
        if any(token.content for token in run):
            yield tuple(token.low for token in run)
