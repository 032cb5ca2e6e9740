"""The writer that asks language models: through the router, judged by the evidence, and by the speaker's own words where no model did well.

Belongs here: what is asked for a note, in one pass or by facts, and which of the answers is kept. Does not belong here: whom to ask and
how often (`llm`), what is true (`evidence`), how own words become a note (`extractive`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.llm import AnswerVerdict, Outcome, Request, Router
from diary_pipeline.llm.pseudonyms import ways_to_write
from diary_pipeline.notes import extractive
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extract.ner import installed
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
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import FactsAnswer, NoteAnswer, Validation, validate_answer
from diary_pipeline.schema import Mode, Recording, Transcript

PURPOSE = "note"
USABLE = 0.5
"""An incomplete answer is kept when at least this share of it stands; below, the speaker's own words make the better page."""

FEWEST_TOKENS, MOST_TOKENS = 800, 8000
"""Bounds of an answer: a short memo still has a title and lists, and no memo's note is longer than a chapter."""


_CAREFUL = 0.9
"""Share of the spare room that a part's words may take: marks and line ends come on top."""


@dataclass(frozen=True)
class Written:
    """A note's content, who wrote it, and figures about it for its provenance: score of the evidence, reasons, version of the prompt.

    *unreached* names the routes that could not be used, where that is why nobody better wrote it.
    """

    draft: Draft
    writer: str
    counts: dict[str, Any] = field(default_factory=dict)
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoteWriter:
    """Writes notes, each author's in their own style. Without a router, or without routes, in the speaker's own words.

    *spellings* gives the names that a recording's author means by heard words; *vocabulary* the names that an author
    wrote down, which pseudonyms hide like the people that were found.
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

    def identity(self, routes: Sequence[str] | None = None) -> dict[str, Any]:
        """Everything that decides a note, apart from its transcript and an author's own style; *routes* where no router is at hand."""
        own: dict[str, Any] = {
            "writer": extractive.WRITER,
            "version": extractive.VERSION,
            "style": self.style.name,
            "style_sha256": self.style.sha256,
        }
        own["names"] = installed()
        asked = (
            list(routes) if routes is not None else [route.name for route in self.router.routes] if self.router else []
        )
        return own | {"writer": "router", "routes": asked, "prompt": VERSION} if asked else own

    def write(self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None) -> Written:
        """The note of one transcript, names as the author spells them.

        Never fails for what a model does: the last resort needs none.
        """
        written = self._write(recording, transcript, mode, run_id)
        return replace(written, draft=respelt(written.draft, self.spellings(recording)))

    def _write(self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None) -> Written:
        style = self.style_of(recording.author)
        own = extractive.write(transcript, style, recording.recorded_at)
        if self.router is None or not self.asks_models or not transcript.segments:
            return Written(own, extractive.WRITER)
        request = self.request(recording, transcript, mode, run_id, own)
        if self.router.spare(request) < 0:
            return self._by_facts(self.router, request, recording, transcript, own)
        outcome = self.router.ask(request, lambda answer: self._verdict(answer, recording, transcript))
        return _best(outcome, style) or _last_resort(own, outcome)

    def request(
        self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None, own: Draft
    ) -> Request[NoteAnswer]:
        """What is asked in one pass."""
        spoken = user_prompt(transcript, recording.recorded_at)
        room = self.router.room(recording.privacy) if self.router else 0
        wanted = min(max(FEWEST_TOKENS, 400 + 2 * tokens_at_most(spoken)), MOST_TOKENS)
        return Request(
            purpose=PURPOSE,
            recording=recording.id,
            author=recording.author,
            instructions=system_prompt(self.style_of(recording.author)),
            material=spoken,
            shape=NoteAnswer,
            privacy=recording.privacy,
            day=recording.day,
            run_id=run_id,
            max_tokens=min(wanted, room // 2) if room else wanted,
            deadline=self.nightly_deadline_seconds if mode == "nightly" else self.deadline_seconds,
            mode=mode,
            names=ways_to_write([*own.people, *self.vocabulary(recording.author)]),
            version=str(VERSION),
        )

    def estimate(self, recording: Recording, transcript: Transcript) -> int | None:
        """Billionths of a dollar that the first route which may see the words would take; None where it has no price."""
        if self.router is None:
            return 0
        own = extractive.write(transcript, self.style_of(recording.author), recording.recorded_at)
        return self.router.estimate(self.request(recording, transcript, "interactive", None, own))

    def _verdict(
        self, answer: NoteAnswer, recording: Recording, transcript: Transcript, facts: Sequence[Fact] = ()
    ) -> AnswerVerdict:
        values = answer.model_dump(mode="json")
        accepted = validate_answer(
            cite_segments(values, facts) if facts else values,
            transcript,
            self.style_of(recording.author),
            recording.recorded_at,
        )
        omitted = left_out(accepted.draft, transcript) if accepted.draft else None
        if accepted.complete:
            return AnswerVerdict(accepted, score=accepted.score, omitted=omitted)
        return AnswerVerdict(accepted, (accepted.complaint(),), accepted.reasons, accepted.score, omitted)

    def _by_facts(
        self, router: Router, request: Request[NoteAnswer], recording: Recording, transcript: Transcript, own: Draft
    ) -> Written:
        """Too long for one call: each part's facts with their evidence, then the note from the facts.

        Each call has the whole deadline.

        Facts that are still too many for one call are the note themselves, with what the speaker's own words say is to
        be done.
        """
        style, (facts, route) = self.style_of(recording.author), self._facts(router, request, recording, transcript)
        final = replace(request, material=facts_prompt(facts))
        if route is not None and router.spare(final) < 0:
            claims = [{"text": fact.text, "segments": fact.segments} for fact in facts]
            told = validate_answer({"title": "", "statements": claims}, transcript, style, recording.recorded_at)
            if told.draft is not None:
                found = {name: getattr(own, name) for name in ("todos", "events", "people", "places", "topics", "mood")}
                return Written(told.draft.model_copy(update=found), route, _figures(told, style))
        outcome = router.ask(final, lambda answer: self._verdict(answer, recording, transcript, facts))
        return _best(outcome, style) or _last_resort(own, outcome)

    def _facts(
        self, router: Router, request: Request[NoteAnswer], recording: Recording, transcript: Transcript
    ) -> tuple[list[Fact], str | None]:
        """The facts of all parts, and the route that told the last of them."""
        empty = _part_request(request, "", router.room(recording.privacy) // 3)
        whole = replace(empty, material=request.material)
        spare = router.spare(empty)
        per_token = max(1.0, (spare - router.spare(whole)) / tokens_at_most(request.material))
        answers, route = [], None
        for part in parts(transcript, int(spare / per_token * _CAREFUL)):
            heard = router.ask(replace(empty, material=user_prompt(part, recording.recorded_at)), _any_answer)
            route = heard.route or route
            answers.append((part, heard.value if isinstance(heard.value, str) else ""))
        return facts_of(answers, recording.recorded_at.date() if recording.recorded_at else None), route


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
    )


def left_out(draft: Draft, transcript: Transcript) -> float:
    """The share of what was spoken, by segments, that no statement tells: what is printed as also said."""
    told = {name for statement in draft.also_said for name in statement.segments}
    return round(len(told) / max(1, len(transcript.segments)), 3)


def _last_resort(own: Draft, outcome: Outcome) -> Written:
    tried = [f"{attempt.route}: {attempt.outcome}" for attempt in outcome.attempts]
    return Written(own, extractive.WRITER, {"fallback": tried}, outcome.unreached)


def _figures(accepted: Validation, style: Style) -> dict[str, Any]:
    return {"evidence_score": accepted.score, "reasons": list(accepted.reasons), "prompt": VERSION, "style": style.name}


def _any_answer(answer: FactsAnswer) -> AnswerVerdict:
    """A part's answer is judged when its facts are taken: what it cannot prove is left out then."""
    return AnswerVerdict(answer.model_dump_json())


def _best(outcome: Outcome, style: Style) -> Written | None:
    """The accepted answer, else the best of the rejected ones that is true enough to be used without what is not."""
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
    return Written(best.draft or Draft(), route, _figures(best, style))
