"""Writes notes: asks models through the router, judges answers by the evidence, falls back to the extractive draft.

It decides what is asked for a note, in one pass or by facts, and which of the answers is kept. Which models are asked,
and how often, is decided in `llm`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.llm import AnswerVerdict, Outcome, Request, Router
from diary_pipeline.llm.pseudonyms import with_name_parts
from diary_pipeline.llm.request import Reuse
from diary_pipeline.notes import extractive
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extract.spelling import respelt
from diary_pipeline.notes.long import (
    MAP_INSTRUCTIONS,
    Fact,
    cite_segments,
    facts_of,
    facts_prompt,
    parts,
    tokens_at_most,
)
from diary_pipeline.notes.prompting import VERSION, system_prompt, user_prompt
from diary_pipeline.notes.reliable import reliable
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.unwritten import Unwritten
from diary_pipeline.notes.validate_answer import FactsAnswer, NoteAnswer, Validation, validate_answer
from diary_pipeline.notes.writer_identity import EXTRACTIVE, writer_identity
from diary_pipeline.schema import Mode, Recording, Transcript

PURPOSE = "note"
USABLE = 0.5
"""An incomplete answer is kept when at least this share of it is accepted; below, the extractive draft makes the
better page."""

MIN_TOKENS = 800
"""Of an answer's `max_tokens`: a short memo has a title and lists too."""

MIN_PART_TOKENS = 200
"""A route that has less left for a part of a long memo is not asked for its facts."""

_PART_SHARE = 0.9
"""Share of the spare tokens that a part's words may take; marks and line ends need the rest."""

_FINDINGS = ("todos", "events", "people", "places", "topics", "mood")


@dataclass(frozen=True)
class Written:
    """A note's content, its writer, and the counts of its provenance: evidence score, reasons, version of the prompt.

    *unwritten*: why no model wrote it, where models were asked.
    """

    draft: Draft
    writer: str
    counts: dict[str, Any] = field(default_factory=dict)
    unwritten: Unwritten | None = None


@dataclass(frozen=True)
class NoteWriter:
    """Writes notes, each author's in their own style; without a router or routes, from the speaker's own words only.

    *spellings* gives the names that the recording's author wants for recognised words; *vocabulary* the names that an
    author wrote down, which pseudonyms hide like the people that were found.
    """

    style: Style
    styles: Mapping[str, Style] = field(default_factory=dict)
    router: Router | None = None
    deadline_seconds: float = 120.0
    nightly_deadline_seconds: float = 900.0
    spellings: Callable[[Recording], Mapping[str, str]] = lambda _: {}
    vocabulary: Callable[[str], Sequence[str]] = lambda _: ()

    def style_of(self, author: str) -> Style:
        """The author's own style, else the diary's."""
        return self.styles.get(author, self.style)

    @property
    def asks_models(self) -> bool:
        """Whether any model is asked at all."""
        return self.router is not None and bool(self.router.routes)

    def cancel(self) -> None:
        """End the calls to models of all threads."""
        if self.router is not None:
            self.router.cancel()

    def identity(self, routes: Sequence[str] | None = None) -> dict[str, Any]:
        """Everything that decides a note besides its transcript and the author's style; *routes* without a router."""
        asked = [route.name for route in self.router.routes] if self.router else []
        return writer_identity(self.style, asked if routes is None else routes)

    def write(
        self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None, reuse: Reuse = "any"
    ) -> Written:
        """The note of one transcript, with names as the author spells them. No failure of a model fails it."""
        written = self._write(recording, transcript, mode, run_id, reuse)
        return replace(written, draft=respelt(written.draft, self.spellings(recording)))

    def _write(
        self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None, reuse: Reuse
    ) -> Written:
        style = self.style_of(recording.author)
        extractive_draft = extractive.write(transcript, style, recording.recorded_at)
        if self.router is None or not self.asks_models or not reliable(transcript).segments:
            return Written(extractive_draft, EXTRACTIVE)
        asked: list[Outcome] = []
        while True:
            request = replace(self.request(recording, transcript, mode, run_id, extractive_draft), reuse=reuse)
            if self.router.spare_tokens(request) < 0:
                return self._write_by_facts(self.router, request, recording, transcript, extractive_draft, asked)
            asked.append(self.router.ask(request, lambda answer: self._verdict(answer, recording, transcript)))
            if best := _best_answer(asked[-1], style):
                return best
            if len(asked) > 1 or not _too_long(
                asked[-1]
            ):  # once more: by facts, where a server holds less than it said
                return _fallback(extractive_draft, self.router, asked)

    def request(
        self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None, extractive_draft: Draft
    ) -> Request[NoteAnswer]:
        """The request that asks for the note in one pass."""
        material = user_prompt(reliable(transcript), recording.recorded_at)
        largest_context = self.router.largest_context(recording.privacy) if self.router else 0
        max_tokens = max(MIN_TOKENS, 400 + 2 * tokens_at_most(material))
        return Request(
            purpose=PURPOSE,
            recording=recording.id,
            author=recording.author,
            instructions=system_prompt(self.style_of(recording.author)),
            material=material,
            shape=NoteAnswer,
            privacy=recording.privacy,
            day=recording.day,
            run_id=run_id,
            max_tokens=min(max_tokens, largest_context // 2) if largest_context else max_tokens,
            deadline=self.nightly_deadline_seconds if mode == "nightly" else self.deadline_seconds,
            mode=mode,
            names=with_name_parts([*extractive_draft.people, *self.vocabulary(recording.author)]),
            version=str(VERSION),
        )

    def estimate(self, recording: Recording, transcript: Transcript) -> int | None:
        """The expected cost on the first allowed route, in billionths of a dollar; None where it has no price."""
        if self.router is None:
            return 0
        extractive_draft = extractive.write(transcript, self.style_of(recording.author), recording.recorded_at)
        return self.router.estimate(self.request(recording, transcript, "interactive", None, extractive_draft))

    def _verdict(
        self, answer: NoteAnswer, recording: Recording, transcript: Transcript, facts: Sequence[Fact] = ()
    ) -> AnswerVerdict:
        values = answer.model_dump(mode="json")
        style, spoken_at = self.style_of(recording.author), recording.recorded_at
        validation = validate_answer(cite_segments(values, facts) if facts else values, transcript, style, spoken_at)
        omitted = omitted_share(validation.draft, transcript) if validation.draft else None
        if validation.complete:
            return AnswerVerdict(validation, score=validation.score, omitted=omitted)
        verdict = AnswerVerdict(validation, (validation.complaint(),), validation.reasons, validation.score, omitted)
        return replace(verdict, oversized=validation.oversized)

    def _write_by_facts(
        self,
        router: Router,
        request: Request[NoteAnswer],
        recording: Recording,
        transcript: Transcript,
        extractive_draft: Draft,
        before: Sequence[Outcome],
    ) -> Written:
        """A transcript too long for one call: the facts of each part with their evidence, then the note from the facts.

        Each call has the whole deadline. Facts that are too many for one call become the statements themselves, and the
        findings are those of the extractive draft.
        """
        style, (facts, asked) = self.style_of(recording.author), self._facts(router, request, recording, transcript)
        route = next((outcome.route for outcome in reversed(asked) if outcome.route), None)
        final = replace(request, material=facts_prompt(facts))
        if route is not None and router.spare_tokens(final) < 0:
            claims = [{"text": fact.text, "segments": fact.segments} for fact in facts]
            values = {"title": "", "statements": claims}
            validation = validate_answer(values, transcript, style, recording.recorded_at)
            if validation.draft is not None:
                findings = {name: getattr(extractive_draft, name) for name in _FINDINGS}
                draft = validation.draft.model_copy(update=findings)
                return Written(draft, route, _counts(validation, style))
        outcome = router.ask(final, lambda answer: self._verdict(answer, recording, transcript, facts))
        return _best_answer(outcome, style) or _fallback(extractive_draft, router, [*before, *asked, outcome])

    def _facts(
        self, router: Router, request: Request[NoteAnswer], recording: Recording, transcript: Transcript
    ) -> tuple[list[Fact], list[Outcome]]:
        """The facts of all parts, and how each part's ask ended."""
        told = reliable(transcript)
        empty = _part_request(request, "", router.largest_context(recording.privacy) // 3)
        whole = replace(empty, material=request.material)
        spare_tokens = router.spare_tokens(empty)
        per_token = max(1.0, (spare_tokens - router.spare_tokens(whole)) / tokens_at_most(request.material))
        answers, asked = [], list[Outcome]()
        most_tokens = int(spare_tokens / per_token * _PART_SHARE)
        for part in parts(told, most_tokens) if most_tokens >= MIN_PART_TOKENS else [told]:
            if most_tokens < MIN_PART_TOKENS or (asked and _too_long(asked[-1])):
                answers.append((part, ""))
                continue
            outcome = router.ask(replace(empty, material=user_prompt(part, recording.recorded_at)), _accept_any)
            asked.append(outcome)
            answers.append((part, outcome.value if isinstance(outcome.value, str) else ""))
        return facts_of(answers, recording.recorded_at.date() if recording.recorded_at else None), asked


def _part_request(request: Request[NoteAnswer], material: str, max_tokens: int) -> Request[FactsAnswer]:
    return Request(
        purpose="facts",
        recording=request.recording,
        author=request.author,
        instructions=MAP_INSTRUCTIONS,
        material=material,
        shape=FactsAnswer,
        privacy=request.privacy,
        day=request.day,
        run_id=request.run_id,
        max_tokens=max_tokens,
        deadline=request.deadline,
        mode=request.mode,
        names=request.names,
        keep_names=False,
        version=request.version,
        reuse=request.reuse,
    )


def omitted_share(draft: Draft, transcript: Transcript) -> float:
    """The share of the segments of which something is printed as also said."""
    omitted = {name for statement in draft.also_said for name in statement.segments}
    return round(len(omitted) / max(1, len(transcript.segments)), 3)


def _too_long(outcome: Outcome) -> bool:
    """Whether a route could not hold what it was sent."""
    return any(attempt.outcome == "context" for attempt in outcome.attempts)


def _fallback(extractive_draft: Draft, router: Router, outcomes: Sequence[Outcome]) -> Written:
    tried = [f"{attempt.route}: {attempt.outcome}" for outcome in outcomes for attempt in outcome.attempts]
    unwritten = Unwritten.of(outcomes, router.terms.digest)
    return Written(extractive_draft, EXTRACTIVE, {"fallback": tried}, unwritten)


def _counts(validation: Validation, style: Style) -> dict[str, Any]:
    score, reasons = validation.score, list(validation.reasons)
    return {"evidence_score": score, "reasons": reasons, "prompt": VERSION, "style": style.name}


def _accept_any(answer: FactsAnswer) -> AnswerVerdict:
    """Accept a part's answer: `facts_of` judges it fact by fact."""
    return AnswerVerdict(answer.model_dump_json())


def _best_answer(outcome: Outcome, style: Style) -> Written | None:
    """The accepted answer, else the best of the rejected ones of which enough is accepted to use the rest."""
    answers = (
        [(outcome.route or "", outcome.value)] if outcome.accepted else [(r.route, r.value) for r in outcome.rejected]
    )
    usable = [
        (route, value)
        for route, value in answers
        if isinstance(value, Validation) and value.draft and value.score >= USABLE
    ]
    if not usable:
        return None
    route, best = max(usable, key=lambda pair: pair[1].score)
    return Written(best.draft or Draft(), route, _counts(best, style))
