"""All statements of one answer together: an unreliable model is believed only where it keeps to the speaker's words.

A small model writes copies, inventions, and the speaker's words in new combinations. Alone, the last look like
paraphrases; the statements beside them show that they are not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from operator import or_

from diary_pipeline.notes.evidence.check import StatementVerdict, judge
from diary_pipeline.notes.evidence.coverage import COVER
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.words import Token

NOT_THE_SPEAKERS_WORDS = "not the speaker's words"
"""The reason to reject a statement of an unreliable model that does not follow the speaker's words."""

KEPT, KEPT_OF_A_LOOP = 0.6, 0.8
"""Share of a statement's words that must be words of the cited segments, in their order."""
_RUN = 3  # so many words in a row, said once and repeated, are a loop
_FEWEST, _SHARE = 2, 0.2
"""Fewest statements, and least share of the answer, that loop or are made up in an unreliable answer, if one loops."""
_FEWEST_MADE_UP, _SHARE_MADE_UP = 3, 0.4
"""The same where none loops."""
_UNSUPPORTED_REASONS = frozenset(("cover", "feeling"))


@dataclass(frozen=True)
class JudgedStatement:
    """A statement with its verdict.

    *repeats*: it has a run of words more often than the source; *loops*: so has one of its sentences; *kept*: share of
    its words that follow the speaker's words.
    """

    verdict: StatementVerdict
    repeats: bool
    loops: bool
    kept: float

    @classmethod
    def of(cls, text: str, verdict: StatementVerdict, spoken: SpokenSource) -> "JudgedStatement":
        """Compare a statement with the words that its verdict cites."""
        stated = spoken.read(text).tokens
        said = _words(spoken.window(verdict.segments).tokens) if verdict.segments else []
        once = list(_once(stated))
        return cls(verdict, _loops(_words(stated), said), _loops(once, said), _kept(once, said))

    @property
    def made_up(self) -> bool:
        """Whether its words or feelings are not in the source."""
        return not _UNSUPPORTED_REASONS.isdisjoint(self.verdict.reasons)

    @property
    def keeps_to_the_words(self) -> bool:
        """Whether it follows the speaker's words."""
        return self.kept >= (KEPT_OF_A_LOOP if self.loops else KEPT)


@dataclass
class ModelTrust:
    """How far the author of an answer is trusted, by the statements judged so far."""

    spoken: SpokenSource
    judged: list[JudgedStatement] = field(default_factory=list)

    def judge(self, claims: Iterable[tuple[str, Sequence[str]]], cover: float = COVER) -> list[StatementVerdict]:
        """Judge each claim (text, citation) by itself, then by what the other claims show of their author."""
        new = [JudgedStatement.of(text, judge(text, cited, self.spoken, cover), self.spoken) for text, cited in claims]
        self.judged += new
        strict = self.out_of_depth
        freely = [strict and one.verdict.accepted and not one.keeps_to_the_words for one in new]
        return [
            replace(one.verdict, reasons=(NOT_THE_SPEAKERS_WORDS,)) if free else one.verdict
            for one, free in zip(new, freely, strict=True)
        ]

    @property
    def out_of_depth(self) -> bool:
        """Whether too much of the answer loops or is made up to trust its paraphrases."""
        made_up, repeats = [one.made_up for one in self.judged], [one.repeats for one in self.judged]
        signs = sum(map(or_, made_up, repeats))
        some, many = max(_FEWEST, _SHARE * len(self.judged)), max(_FEWEST_MADE_UP, _SHARE_MADE_UP * len(self.judged))
        return (any(repeats) and signs >= some) or sum(made_up) >= many


def _words(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.kind != "mark"]


def _once(tokens: Iterable[Token]) -> Iterator[Token]:
    """The words, without sentences that repeat the beginning of an earlier one: those are tedious, not false."""
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


def _kept(stated: Sequence[Token], said: Sequence[Token]) -> float:
    """Share of the words in runs that both have, in the same order."""
    words, spoken = ([token.low for token in tokens] for tokens in (stated, said))
    blocks = SequenceMatcher(None, words, spoken, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(words) if words else 1.0


def _loops(stated: Sequence[Token], said: Sequence[Token]) -> bool:
    runs, had = (Counter(_runs(words)) for words in (stated, said))
    return any(count > max(1, had[run]) for run, count in runs.items())


def _runs(words: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """Runs with at least one content word."""
    for at in range(len(words) - _RUN + 1):
        run = words[at : at + _RUN]
        if any(token.content for token in run):
            yield tuple(token.low for token in run)
