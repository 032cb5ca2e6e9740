"""Judges each part of a model's answer by the evidence; rejected parts are recorded with their reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.check import check
from diary_pipeline.notes.evidence.model_trust import ModelTrust
from diary_pipeline.notes.evidence.quotes import is_said
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.evidence.symbols import adds_symbols
from diary_pipeline.notes.extract.clauses import Sentence, sentences
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.extract.events import resolved
from diary_pipeline.notes.extract.todos import wishes
from diary_pipeline.notes.extract.topics import is_topic
from diary_pipeline.notes.language.words import key_of
from diary_pipeline.notes.style import Style
from diary_pipeline.schema import Event, Statement, Todo, Transcript, Unsupported

_MIN_SIMILARITY = 0.6
"""Share of a to-do's words that the spoken duty must hold: "buy apples" is not "buy eggs"."""
_COVERED = 0.3
"""Share of a segment's words that the statements citing it must hold to cover it."""


class Claimed(Protocol):
    """A claim of a model: a text and the segments that should say it."""

    @property
    def text(self) -> str:
        """What is claimed."""

    @property
    def segments(self) -> tuple[str, ...]:
        """The cited segments."""


@dataclass
class PartsValidator:
    """Judges the parts of one answer in free words; `faults` are the rejected ones.

    `model_trust` is earned by the statements, so they are judged before the events.
    """

    spoken: SpokenSource
    transcript: Transcript
    style: Style
    spoken_at: datetime | None
    faults: list[Unsupported] = field(default_factory=list)
    model_trust: ModelTrust = field(init=False)

    def __post_init__(self) -> None:
        self.model_trust = ModelTrust(self.spoken)

    def fault(self, claim: Claimed, *reasons: str) -> None:
        """Record that a claim is rejected."""
        self.faults.append(Unsupported(text=claim.text, segments=tuple(claim.segments), reasons=reasons))

    def without_symbols(self, claims: Iterable[Claimed]) -> tuple[Claimed, ...]:
        """The claims without those that have symbols which nobody said; these are faults."""
        kept = []
        for claim in claims:
            cited = self.spoken.known(claim.segments) if self.style.own_words else ()
            if self.adds_symbols(claim.text, self.spoken.text(cited) if cited else None):
                self.fault(claim, "symbol")
            else:
                kept.append(claim)
        return tuple(kept)

    def adds_symbols(self, text: str, said: str | None = None) -> bool:
        """Whether *text* has a symbol that was not *said*; without it, that is nowhere in the transcript."""
        words = " ".join(segment.text for segment in self.spoken.segments) if said is None else said
        return adds_symbols(text, words, own_words=self.style.own_words)

    def statements(self, claims: Iterable[Claimed]) -> tuple[Statement, ...]:
        """The accepted statements, each once, in the order of the answer."""
        kept: dict[str, Statement] = {}
        judged = [claim for claim in claims if claim.text.strip()]
        verdicts = self.model_trust.judge([(claim.text, claim.segments) for claim in judged])
        for claim, verdict in zip(judged, verdicts, strict=True):
            if not verdict.accepted:
                self.fault(claim, *verdict.reasons)
            else:
                kept.setdefault(claim.text.casefold(), Statement(text=claim.text.strip(), segments=verdict.segments))
        return tuple(kept.values())

    def title(self, title: str, extractive_draft: Draft) -> str:
        """The title, if one segment says all of it; else that of the *extractive_draft*."""
        keys = self.spoken.read(title).keys
        for segment in self.spoken.segments if keys and len(title.split()) <= self.style.title_words + 3 else ():
            if keys <= self.spoken.window((segment.id,)).keys and not check(title, (segment.id,), self.spoken).reasons:
                return title.strip(" .")
        return extractive_draft.title

    def todos(self, claims: Iterable[Claimed], extractive_draft: Draft) -> tuple[Todo, ...]:
        """The to-dos that match a spoken duty or wish of the speaker; due days are taken from the spoken words."""
        kept: dict[tuple[str, str | None], Todo] = {}
        for claim in claims:
            keys = self.spoken.read(claim.text).keys
            candidates = [*extractive_draft.todos, *wishes(self.sentences_of([s.id for s in self.spoken.segments]))]
            best = max(candidates, key=lambda todo: self.similarity(keys, todo, claim), default=None)
            if best is None or not keys or self.similarity(keys, best, claim) < _MIN_SIMILARITY:
                self.fault(claim, "no duty of the speaker")
            elif reasons := [
                r
                for r in check(claim.text, best.segments, self.spoken).reasons
                if r in ("number", "name", "taken back", "quote")
            ]:
                self.fault(claim, *reasons)
            else:
                kept.setdefault((best.text, best.due), best.model_copy(update={"text": claim.text.strip(" .")}))
        return tuple(kept.values())

    def similarity(self, keys: frozenset[str], todo: Todo, claim: Claimed) -> float:
        """Share of the claim's words that the to-do's words hold, slightly more where the claim cites them."""
        held = self.spoken.read(f"{todo.text}. {todo.said}").keys
        names = {t.key for t in self.spoken.window(todo.segments).tokens if t.kind == "name"}
        held |= names  # "speak to him" may be claimed with his name
        cited = set(self.spoken.known(claim.segments)) & set(todo.segments)
        return len(keys & held) / max(1, len(keys)) + (0.01 if cited else 0.0)

    def events(self, claims: Iterable[Claimed]) -> tuple[Event, ...]:
        """The accepted events; their moments are read from the cited words."""
        kept, judged = [], list(claims)
        verdicts = self.model_trust.judge([(claim.text, claim.segments) for claim in judged])
        for claim, verdict in zip(judged, verdicts, strict=True):
            if not verdict.accepted:
                self.fault(claim, *verdict.reasons)
                continue
            cited = self._with_corrections(verdict.segments)
            said, when = self._moment(cited, self.spoken.read(claim.text).keys)
            kept.append(Event(text=claim.text.strip(), when=when, said=said, segments=cited))
        return tuple(kept)

    def _with_corrections(self, cited: Sequence[str]) -> tuple[str, ...]:
        """The cited segments with those that correct them."""
        return self.spoken.known([*cited, *(other for one in cited for other in self.spoken.corrected(one))])

    def _moment(self, cited: Sequence[str], keys: frozenset[str]) -> tuple[str, str | None]:
        """The words and the moment of the cited clause that is most similar to the claim."""
        found = []
        for sentence in self.sentences_of(cited):
            for moment in sentence.moments(sentence.first, sentence.end):
                start, end = sentence.clause(moment.first)
                common = len(keys & {t.key for t in sentence.reading.tokens[start:end]})
                found.append(
                    (common, sentence.verbatim(sentence.said(start, end)), resolved(moment, sentence, start, end))
                )
        best = max(found, key=lambda one: one[0], default=None)
        return (best[1], best[2]) if best and best[0] else (self.spoken.text(cited), None)

    def sentences_of(self, cited: Sequence[str]) -> list[Sentence]:
        """The sentences of the cited segments with their moments; none in other languages than English."""
        wanted = set(cited)
        groups = [group for group in self.spoken.groups() if wanted & {segment.id for segment in group}]
        return (
            sentences(groups, "en", self.spoken.names, self.spoken_at) if self.spoken.language in (None, "en") else []
        )

    def names(self, claimed: Iterable[str]) -> tuple[str, ...]:
        """The names of which every word was said."""
        said = {token.low for s in self.spoken.segments for token in self.spoken.window((s.id,)).tokens}
        kept = {
            name.casefold(): name
            for name in claimed
            if name and all(t.low in said for t in self.spoken.read(name).tokens if t.kind != "mark")
        }
        capital = self.spoken.names | {
            token.low
            for s in self.spoken.segments
            for token in self.spoken.window((s.id,)).tokens
            if token.kind == "name"
        }
        return tuple(
            name
            for key, name in kept.items()
            if any(word in capital or not word.istitle() for word in (key, *name.split()))
        )

    def people(self, claimed: Iterable[str], extractive_draft: Draft) -> tuple[str, ...]:
        """The people whose names were said."""
        del extractive_draft
        return self.names(claimed)

    def topics(self, claimed: Iterable[str], extractive_draft: Draft) -> tuple[str, ...]:
        """The topics that are in the lexicon or were said."""
        del extractive_draft
        said = {token.key for s in self.spoken.segments for token in self.spoken.window((s.id,)).tokens}
        return tuple(
            dict.fromkeys(
                topic
                for topic in claimed
                if is_topic(topic) or (topic and all(key_of(w) in said for w in topic.lower().split()))
            )
        )

    def mood(self, claimed: str | None, said: str | None) -> str | None:
        """The speaker's word for the feeling, in the model's spelling where it is the same."""
        return claimed if claimed and said and claimed.casefold() == said.casefold() else said

    def highlights(self, claims: Iterable[Claimed]) -> tuple[Statement, ...]:
        """The highlights that were said in these words."""
        kept = []
        for claim in claims:
            cited = self.spoken.known(claim.segments)
            places = (
                [cited]
                if cited and is_said(claim.text, self.spoken.text(cited), self.spoken.language)
                else [(s.id,) for s in self.spoken.segments if is_said(claim.text, s.text, self.spoken.language)]
            )
            if places:
                kept.append(Statement(text=claim.text.strip(), segments=places[0]))
            else:
                self.fault(claim, "quote")
        return tuple(kept)

    def not_covered(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """The segments that no statement covers: not cited, or cited with too few of their words."""
        stated: dict[str, set[str]] = {}
        for statement in statements:
            for cited in statement.segments:
                stated.setdefault(cited, set()).update(self.spoken.read(statement.text).keys)
        missing = []
        for group in self.spoken.groups():
            ids = tuple(segment.id for segment in group)
            keys = self.spoken.window(ids).keys
            covered = any(one in stated and len(keys & stated[one]) >= _COVERED * len(keys) for one in ids)
            cleaned = (clean(one.text, language=one.language or self.spoken.language) for one in group)
            if not covered and (text := " ".join(filter(None, cleaned))):
                missing.append(Statement(text=text, segments=ids))
        return tuple(missing)


def kinds(faults: Sequence[Unsupported]) -> tuple[str, ...]:
    """The reasons of *faults*, most frequent first; no diary text."""
    reasons = [reason for fault in faults for reason in fault.reasons]
    return tuple(sorted(set(reasons), key=lambda reason: -reasons.count(reason)))
