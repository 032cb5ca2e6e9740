"""Judges an answer in the style of own words: what is printed was spoken, as a whole and by itself.

Statements, titles and highlights are whole sentences, every other sentence is also said. To-dos, events, names and
topics pass the evidence check without any reason, and have no word that was not said there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.check import check
from diary_pipeline.notes.evidence.coverage import VERBATIM_COVER
from diary_pipeline.notes.evidence.model_trust import NOT_THE_SPEAKERS_WORDS
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.extract.dated import plain
from diary_pipeline.notes.language.days import LANGUAGES, day_named
from diary_pipeline.notes.language.words import stem_of
from diary_pipeline.notes.validate_parts import Claimed, PartsValidator
from diary_pipeline.notes.verbatim.copies import SpokenSentences
from diary_pipeline.notes.verbatim.names import is_person, said_together
from diary_pipeline.notes.verbatim.spoken import bare_words
from diary_pipeline.notes.verbatim.tasks import continues_task, is_happening, is_task, leads_into_task
from diary_pipeline.schema import DueKind, Event, Statement, Todo

NOT_A_WHOLE_SENTENCE = "not a whole sentence"
"""The reason to reject a statement that is no whole sentence, in words that were all said."""
_MORE_WORDS = 3
"""So many words more than the style asks for a title may have."""
_LONGEST_TITLE = 2
"""So many times as long as the style asks for is a title that the diary chooses itself at most."""
_FEWEST_WORDS = 3
_SIMILAR = 0.6
"""Share of a to-do's words that a duty found by rule must hold to give it its day."""


@dataclass
class VerbatimValidator(PartsValidator):
    """Judges the parts of one answer in the speaker's own words."""

    sentences: SpokenSentences = field(init=False)
    stated: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sentences = SpokenSentences(self.spoken)

    @property
    def language(self) -> str:
        """The transcript's language; English where it is unknown."""
        return self.spoken.language or "en"

    def statements(self, claims: Iterable[Claimed]) -> tuple[Statement, ...]:
        """The statements that are whole sentences, each once, in the order of the answer."""
        kept: dict[str, Statement] = {}
        judged = [claim for claim in claims if claim.text.strip()]
        verdicts = self.model_trust.judge([(claim.text, claim.segments) for claim in judged], VERBATIM_COVER)
        for claim, verdict in zip(judged, verdicts, strict=True):
            cited = self.spoken.known([*claim.segments, *verdict.segments])
            found = self.sentences.copied(claim.text, cited)
            if found is None:
                self.fault(claim, *(verdict.reasons or (self._no_copy(claim.text, cited),)))
            elif "taken back" in verdict.reasons:
                self.fault(claim, "taken back")
            else:
                self.stated |= set(found)
                statement = Statement(text=claim.text.strip(), segments=self.sentences.segments(found))
                kept.setdefault(claim.text.casefold(), statement)
        return tuple(kept.values())

    def _no_copy(self, text: str, cited: Sequence[str]) -> str:
        said = set(bare_words(self.spoken.text(cited)))
        return NOT_A_WHOLE_SENTENCE if said.issuperset(bare_words(text)) else NOT_THE_SPEAKERS_WORDS

    def title(self, title: str, extractive_draft: Draft) -> str:
        """The title, if it is a whole sentence; else one that is; empty where all are too long."""
        most, longest = self.style.title_words + _MORE_WORDS, self.style.title_words * _LONGEST_TITLE
        if _length(title) <= most and self._is_title(title):
            return title.strip(" .")
        if self._is_title(extractive_draft.title):
            return extractive_draft.title
        whole = [text for n in range(len(self.sentences.sentences)) if (text := self._title_of(n))]
        fitting = (text for text in whole if _length(text) <= most and self._is_title(text))
        short = (t for t in sorted(whole, key=_length) if _length(t) <= longest and self._is_title(t))
        return next(fitting, "") or next(short, "")

    def _is_title(self, title: str) -> bool:
        found = self.sentences.copied(title) if title.strip() else None
        return found is not None and not self._taken_back(title, found)

    def _title_of(self, at: int) -> str:
        """The sentence as a title; empty where it is none."""
        text = clean(self.sentences.text(self.sentences.whole(at)), language=self.spoken.language).strip(" .,")
        return text[:1].upper() + text[1:] if len(bare_words(text)) >= _FEWEST_WORDS else ""

    def _taken_back(self, text: str, found: range) -> bool:
        return "taken back" in check(text, self.sentences.segments(found), self.spoken).reasons

    def todos(self, claims: Iterable[Claimed], extractive_draft: Draft) -> tuple[Todo, ...]:
        """The to-dos that are what one sentence says the speaker has to do; due days are taken from the words."""
        kept: dict[tuple[str, str | None], Todo] = {}
        for claim in claims:
            found = self._task(claim, extractive_draft)
            if found is None:
                self.fault(claim, "no duty of the speaker")
            elif reasons := self._reasons(claim.text, found.segments, "I have to", "I will"):
                self.fault(claim, *reasons)
            else:
                kept.setdefault((found.text, found.due), found)
        return tuple(kept.values())

    def _reasons(self, text: str, cited: tuple[str, ...], *frames: str) -> tuple[str, ...]:
        """The reasons against *text*, none where there is none after one of the *frames* of the sentence."""
        said = " ".join(bare_words(self.spoken.text(cited)))
        ways = [text] + [f"{frame} {text[:1].lower()}{text[1:]}" for frame in frames if self.language == "en" and said]
        found = [check(way, cited, self.spoken, VERBATIM_COVER).reasons for way in ways]
        return () if not all(found) else found[0]

    def _task(self, claim: Claimed, extractive_draft: Draft) -> Todo | None:
        for run in self._runs(claim.segments):
            text = self.sentences.text(run)
            whole = leads_into_task(text, self.language) and self._is_copy(claim.text, run)
            if whole or is_task(claim.text, text, self.language) or self._goes_on_as(claim.text, run):
                return self._todo(claim, run, extractive_draft)
        return None

    def _is_copy(self, text: str, run: range) -> bool:
        return self.sentences.copied(text, self.sentences.segments(run)) == run

    def _runs(self, cited: Sequence[str]) -> Iterator[range]:
        """The cited sentences with what belongs to them, and by themselves where only a further task follows."""
        known = set(self.spoken.known(cited))
        for n, sentence in enumerate(self.sentences.sentences):
            if known & set(sentence.segments):
                whole = self.sentences.whole(n)
                yield whole
                before_is_open = n > whole.start
                following = self.sentences.sentences[n + 1].text if n + 1 < whole.stop else ""
                if not before_is_open and continues_task(following, self.language):
                    yield range(n, n + 1)

    def _goes_on_as(self, text: str, run: range) -> bool:
        """Whether *text* is the last of several sentences that name one task each."""
        *before, last = [self.sentences.sentences[n].text for n in run]
        return (
            bool(before)
            and leads_into_task(before[0], self.language)
            and all(continues_task(one, self.language) for one in [*before[1:], last])
            and is_happening(text, last, self.language)
        )

    def _todo(self, claim: Claimed, run: range, extractive_draft: Draft) -> Todo:
        cited, text = self.sentences.segments(run), claim.text.strip(" .")
        keys = self.spoken.read(claim.text).keys
        known = [todo for todo in extractive_draft.todos if set(todo.segments) <= set(cited)]
        best = max(known, key=lambda todo: self.similarity(keys, todo, claim), default=None)
        if best is not None and self.similarity(keys, best, claim) > _SIMILAR:
            return best.model_copy(update={"text": text})
        due, kind = self._due(run)
        return Todo(text=text, due=due, due_kind=kind, said=self.sentences.text(run), segments=cited)

    def _due(self, run: range) -> tuple[str | None, DueKind | None]:
        """The one day that the sentence names."""
        cited = self.sentences.segments(run)
        found = [m for one in self.sentences_of(cited) for m in one.moments(one.first, one.end)]
        if len(found) == 1 and (due := found[0].iso(self.spoken_at)):
            return due, found[0].kind
        day = self._day(self.sentences.text(run))
        return day, "on" if day else None

    def _day(self, text: str) -> str | None:
        if self.spoken_at is None or self.language not in LANGUAGES:
            return None
        return day_named(plain(text, self.language), self.language, self.spoken_at)

    def events(self, claims: Iterable[Claimed]) -> tuple[Event, ...]:
        """The events that are what one sentence says will be; their moments are read from its words."""
        kept, stated = [], {}
        for claim in claims:
            runs = [self.sentences.copied(claim.text, self.spoken.known(claim.segments)), *self._runs(claim.segments)]
            run = next((run for run in runs if run is not None and self._happens(claim.text, run)), None)
            if run is None:
                self.fault(claim, NOT_A_WHOLE_SENTENCE)
            elif reasons := self._reasons(claim.text, self.sentences.segments(run)):
                self.fault(claim, *reasons)
            else:
                kept.append(Statement(text=claim.text, segments=self.sentences.segments(run)))
                stated[claim.text.strip()] = getattr(claim, "when", None)
        made = []
        for event in super().events(kept):
            when = event.when or self._day(event.said)
            if self._is_that_day(stated[event.text], when, event):
                made.append(event.model_copy(update={"when": when}))
            else:
                self.fault(event, "date")
        return tuple(made)

    def _is_that_day(self, stated: str | None, when: str | None, event: Event) -> bool:
        """Whether the moment that the model gives is the one that was said, as far as that is known."""
        if not stated:
            return True
        if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T.*)?", stated):
            return when is None or all(a == b for a, b in zip(stated[:16], when[:16], strict=False))
        said, words = bare_words(self.spoken.text(event.segments)), bare_words(stated)
        return {stem_of(word, self.language) for word in words} <= {stem_of(word, self.language) for word in said}

    def _happens(self, text: str, run: range) -> bool:
        said = self.sentences.text(run)
        return is_happening(text, said, self.language) or self._is_copy(text, run)

    def people(self, claimed: Iterable[str], extractive_draft: Draft) -> tuple[str, ...]:
        """The people whose names were said as names of people."""
        return tuple(name for name in self.names(claimed) if is_person(name, self.spoken, extractive_draft.people))

    def names(self, claimed: Iterable[str]) -> tuple[str, ...]:
        """The names that were said in a row, and not taken back."""
        return tuple(name for name in super().names(claimed) if self._said(name))

    def _said(self, text: str) -> bool:
        """Whether a segment says it, and the evidence check has nothing against it there."""
        return any(
            said_together(text, segment.text, self.language) and not check(text, (segment.id,), self.spoken).reasons
            for segment in self.spoken.segments
        )

    def topics(self, claimed: Iterable[str], extractive_draft: Draft) -> tuple[str, ...]:
        """The topics that were said, or that the words show by rule."""
        kept = [topic for topic in claimed if topic.casefold() in extractive_draft.topics or self._said(topic)]
        return tuple(dict.fromkeys(kept))

    def highlights(self, claims: Iterable[Claimed]) -> tuple[Statement, ...]:
        """The highlights that are whole sentences."""
        kept = []
        for claim in claims:
            found = self.sentences.copied(claim.text)
            if found is None:
                self.fault(claim, "quote")
            else:
                kept.append(Statement(text=claim.text.strip(), segments=self.sentences.segments(found)))
        return tuple(kept)

    def not_covered(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """The sentences that no statement holds whole; neighbours of one segment together."""
        del statements
        missing: list[list[int]] = []
        groups = {segment.id: n for n, group in enumerate(self.spoken.groups()) for segment in group}
        for n, sentence in enumerate(self.sentences.sentences):
            if n in self.stated:
                continue
            before = missing[-1][-1] if missing else None
            together = before == n - 1 and groups[sentence.segments[0]] == groups[self._segment(before)]
            missing.append([*missing.pop(), n] if together else [n])
        made = [
            Statement(
                text=clean(self.sentences.text(run), language=self.spoken.language),
                segments=self.sentences.segments(run),
            )
            for run in missing
        ]
        return tuple(one for one in made if one.text)

    def _segment(self, at: int | None) -> str:
        return self.sentences.sentences[at or 0].segments[0]


def _length(text: str) -> int:
    return len(text.split())
