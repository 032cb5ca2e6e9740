"""The writer that asks language models: through the router, judged by the evidence, and by the speaker's own words where no model did well.

Belongs here: what is asked for a note, in one pass or by facts, and which of the answers is kept. Does not belong here: whom to ask and
how often (`llm`), what is true (`evidence`), how own words become a note (`extractive`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.llm import Outcome, Request, Router, Verdict
from diary_pipeline.llm.request import Mode
from diary_pipeline.notes import extractive
from diary_pipeline.notes.answer import Accepted, FactsAnswer, NoteAnswer, accept
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.long import MAP_INSTRUCTIONS, Fact, cite_segments, facts_of, facts_prompt, parts, tokens_at_most
from diary_pipeline.notes.prompting import VERSION, system_prompt, user_prompt
from diary_pipeline.notes.style import Style
from diary_pipeline.schema import Recording, Transcript

PURPOSE = "note"
USABLE = 0.5
"""An incomplete answer is kept when at least this share of it stands; below, the speaker's own words make the better page."""

FEWEST_TOKENS, MOST_TOKENS = 800, 8000
"""Bounds of an answer: a short memo still has a title and lists, and no memo's note is longer than a chapter."""


@dataclass(frozen=True)
class Written:
    """A note's content, who wrote it, and figures about it for its provenance: score of the evidence, reasons, version of the prompt."""

    draft: Draft
    writer: str
    counts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NoteWriter:
    """Writes notes, each author's in their own style. Without a router, or without routes, in the speaker's own words."""

    style: Style
    styles: Mapping[str, Style] = field(default_factory=dict)
    router: Router | None = None
    deadline_seconds: float = 120.0
    nightly_deadline_seconds: float = 900.0

    def style_of(self, author: str) -> Style:
        """The author's own style, else the diary's."""
        return self.styles.get(author, self.style)

    @property
    def asks_models(self) -> bool:
        """Whether any model is asked at all."""
        return self.router is not None and bool(self.router.routes)

    def identity(self, routes: Sequence[str] | None = None) -> dict[str, Any]:
        """Everything that decides a note, apart from its transcript and an author's own style; *routes* where no router is at hand."""
        own = {"writer": extractive.WRITER, "version": extractive.VERSION, "style": self.style.name, "style_sha256": self.style.sha256}
        asked = list(routes) if routes is not None else [route.name for route in self.router.routes] if self.router else []
        return own | {"writer": "router", "routes": asked, "prompt": VERSION} if asked else own

    def write(self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None) -> Written:
        """The note of one transcript. Never fails for what a model does: the last resort needs none."""
        style = self.style_of(recording.author)
        own = extractive.write(transcript, style, recording.recorded_at)
        if self.router is None or not self.asks_models or not transcript.segments:
            return Written(own, extractive.WRITER)
        request = self.request(recording, transcript, mode, run_id, own)
        room = self.router.room(recording.privacy)
        if tokens_at_most(request.instructions + request.material) + request.max_tokens <= room or not room:
            outcome = self.router.ask(request, lambda answer: self._verdict(answer, recording, transcript))
        else:
            outcome = self._by_facts(self.router, request, recording, transcript)
        return _best(outcome, style) or Written(own, extractive.WRITER, {"fallback": [f"{a.route}: {a.outcome}" for a in outcome.attempts]})

    def request(self, recording: Recording, transcript: Transcript, mode: Mode, run_id: str | None, own: Draft) -> Request[NoteAnswer]:
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
            names=own.people,
            keep_names=False,
        )

    def _verdict(self, answer: NoteAnswer, recording: Recording, transcript: Transcript, facts: Sequence[Fact] = ()) -> Verdict:
        values = answer.model_dump(mode="json")
        accepted = accept(
            cite_segments(values, facts) if facts else values, transcript, self.style_of(recording.author), recording.recorded_at
        )
        if accepted.complete:
            return Verdict(accepted)
        return Verdict(accepted, reasons=(accepted.complaint(),), codes=accepted.reasons)

    def _by_facts(self, router: Router, request: Request[NoteAnswer], recording: Recording, transcript: Transcript) -> Outcome:
        """Too long for one call: each part's facts with their evidence, then the note from the facts. Each call has the whole deadline."""
        room, facts = router.room(recording.privacy), self._facts(router, request, recording, transcript)
        final = replace(request, material=facts_prompt(facts), max_tokens=min(request.max_tokens, room // 3))
        return router.ask(final, lambda answer: self._verdict(answer, recording, transcript, facts))

    def _facts(self, router: Router, request: Request[NoteAnswer], recording: Recording, transcript: Transcript) -> list[Fact]:
        room = router.room(recording.privacy)
        most = max(FEWEST_TOKENS // 2, room // 3)
        answers = []
        for part in parts(transcript, room - most - tokens_at_most(MAP_INSTRUCTIONS)):
            asked = Request(
                purpose="facts",
                recording=request.recording,
                author=request.author,
                instructions=MAP_INSTRUCTIONS,
                material=user_prompt(part, recording.recorded_at),
                shape=FactsAnswer,
                privacy=request.privacy,
                day=request.day,
                run_id=request.run_id,
                max_tokens=most,
                deadline=request.deadline,
                mode=request.mode,
                names=request.names,
                keep_names=False,
            )
            heard = router.ask(asked, _any_answer)
            answers.append((part, heard.value if isinstance(heard.value, str) else ""))
        return facts_of(answers)


def _any_answer(answer: FactsAnswer) -> Verdict:
    """A part's answer is judged when its facts are taken: what it cannot prove is left out then."""
    return Verdict(answer.model_dump_json())


def _best(outcome: Outcome, style: Style) -> Written | None:
    """The accepted answer, else the best of the rejected ones that is true enough to be used without what is not."""
    answers = [(outcome.route or "", outcome.value)] if outcome.accepted else [(r.route, r.value) for r in outcome.rejected]
    usable = [(route, value) for route, value in answers if isinstance(value, Accepted) and value.draft and value.score >= USABLE]
    if not usable:
        return None
    route, best = max(usable, key=lambda pair: pair[1].score)
    counts = {"evidence_score": best.score, "reasons": list(best.reasons), "prompt": VERSION, "style": style.name}
    return Written(best.draft or Draft(), route, counts)
