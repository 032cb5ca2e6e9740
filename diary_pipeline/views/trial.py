"""A look before trusting: the note of a transcript, and the verdicts on a model's answer, as the pipeline gives them.

Nothing is stored, and no home, catalog or network is used. A transcript's ids may be of any form: the check counts in
ids of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from diary_pipeline.errors import UserError
from diary_pipeline.notes import extractive
from diary_pipeline.notes.evidence.check import check
from diary_pipeline.notes.note_writer import USABLE
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import (
    MAX_ITEMS,
    AnswerStatement,
    JudgedParts,
    ModelAnswer,
    judge_parts,
    score_of,
)
from diary_pipeline.notes.validate_verbatim import NOT_A_WHOLE_SENTENCE
from diary_pipeline.notes.writer_identity import EXTRACTIVE
from diary_pipeline.schema import Provenance, Transcript, Unsupported
from diary_pipeline.views.trial_input import ANSWER_KEYS, TrialTranscript, unknown_key

KINDS = {
    "statements": "statement",
    "todos": "todo",
    "events": "event",
    "highlights": "highlight",
    "people": "person",
    "places": "place",
    "topics": "topic",
}
"""The kind of a part by its key in an answer; a title and a mood are one part each."""

_CLAIMS = ("statements", "todos", "events", "highlights")
_NAMES = ("people", "places", "topics")
_REASONS = {"title": "not in one segment", "person": "name", "place": "name", "topic": "cover", "mood": "feeling"}
"""Why a part is rejected against which the evidence check alone has nothing."""


def try_note(given: TrialTranscript, style: Style) -> dict[str, Any]:
    """The note of a transcript in the speaker's own words, as `diary show --json` has it."""
    draft = extractive.write(given.transcript, style, given.recorded_at)
    note = draft.note("", EXTRACTIVE, _provenance(given.transcript))
    return dict(_renamed(note.model_dump(mode="json", exclude={"recording", "provenance"}), given))


def judge_answer(given: TrialTranscript, answer: object, style: Style) -> dict[str, Any]:
    """What of a model's *answer* is accepted: each part with its verdict, and what no statement says.

    *answer* has the keys of a note, all of them optional.

    Raises:
        UserError: it is no such answer; the message says where, without its text.
    """
    parsed = _parsed(answer, given)
    judged = judge_parts(parsed, given.transcript, style, given.recorded_at)
    score = score_of(judged.draft)
    stated = bool(judged.draft.statements) or not given.transcript.segments
    too_many = any(len(getattr(parsed, key)) > MAX_ITEMS for key in _CLAIMS)
    answered = {
        "parts": [*_claimed(parsed, judged), *_named(parsed, judged)],
        "also_said": [one.model_dump(mode="json") for one in judged.draft.also_said],
    }
    missing = sorted({cited for claim in _all_claims(parsed) for cited in claim.segments if not _known(judged, cited)})
    return dict(_renamed(answered, given)) | {
        "score": score,
        "used": stated and not too_many and score >= USABLE,
        "missing_segments": [given.given(name) for name in missing],
    }


def _provenance(transcript: Transcript) -> Provenance:
    return transcript.provenance.model_copy(update={"stage": "write", "created_at": datetime.now(UTC)})


def _parsed(answer: object, given: TrialTranscript) -> ModelAnswer:
    if not isinstance(answer, Mapping):
        raise UserError("It is no answer: an answer is a JSON object with the keys of a note, such as statements.")
    if trouble := unknown_key(answer, ANSWER_KEYS, "The answer"):
        raise UserError(trouble)
    for key in _CLAIMS:
        listed = answer.get(key)
        for n, claim in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(claim, Mapping) and (trouble := unknown_key(claim, _PART_KEYS, f"{key}[{n}]")):
                raise UserError(trouble)
    whole = {key: value for key, value in answer.items() if value is not None}
    try:
        parsed = ModelAnswer.model_validate({"statements": (), **whole})
    except ValidationError as error:
        raise UserError(_fault_of(error)) from None
    cited = {
        key: tuple(c.model_copy(update={"segments": tuple(map(given.cited, c.segments))}) for c in getattr(parsed, key))
        for key in _CLAIMS
    }
    return parsed.model_copy(update=cited)


_PART_KEYS = ("text", "segments", "due", "due_kind", "when", "said", "reasons")


def _fault_of(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    wanted = {"missing": "is missing", "string_type": "is no text", "tuple_type": "is no list"}
    said = wanted.get(fault["type"], "is no object with a text and segments" if "model" in fault["type"] else "")
    return f"The answer's {place} {said or 'has the wrong type: ' + fault['msg']}."


@dataclass
class _Rejected:
    """The faults of one key, matched with its claims: by text and citation, else by text."""

    faults: list[Unsupported]

    def reasons(self, text: str, segments: tuple[str, ...]) -> tuple[str, ...]:
        """The reasons against a claim; each fault is given once."""
        same = [fault for fault in self.faults if fault.text.strip() == text.strip()]
        found = next((fault for fault in same if fault.segments == segments), next(iter(same), None))
        if found is None:
            return () if text.strip() else ("no text",)
        self.faults.remove(found)
        return found.reasons


def _claimed(answer: ModelAnswer, judged: JudgedParts) -> Iterator[dict[str, Any]]:
    """The parts that cite segments, in order."""
    for key in _CLAIMS:
        rejected, accepted = _Rejected(list(judged.faults[key])), list(getattr(judged.draft, key))
        for claim in getattr(answer, key):
            reasons = rejected.reasons(claim.text, claim.segments)
            printed = None if reasons else _printed(claim.text, accepted)
            yield _part(KINDS[key], claim.text, printed.segments if printed else claim.segments, reasons) | _moment(
                key, printed
            )


def _printed(text: str, accepted: Sequence[Any]) -> Any:
    plain = text.strip(" .").casefold()
    return next((one for one in accepted if one.text.strip(" .").casefold() == plain), None)


def _moment(key: str, printed: Any) -> dict[str, Any]:
    if key == "todos":
        return {"due": printed.due if printed else None, "due_kind": printed.due_kind if printed else None}
    return {"when": printed.when if printed else None} if key == "events" else {}


def _named(answer: ModelAnswer, judged: JudgedParts) -> Iterator[dict[str, Any]]:
    """The parts that cite nothing: title, names, topics, mood."""
    if answer.title.strip():
        accepted = judged.draft.title.casefold() == answer.title.strip(" .").casefold()
        yield _uncited("title", answer.title, judged, accepted=accepted)
    for key in _NAMES:
        kept = {name.casefold() for name in getattr(judged.draft, key)}
        for name in getattr(answer, key):
            yield _uncited(KINDS[key], name, judged, accepted=name.casefold() in kept)
    if answer.mood:
        accepted = (judged.draft.mood or "").casefold() == answer.mood.casefold()
        yield _uncited("mood", answer.mood, judged, accepted=accepted)


def _uncited(kind: str, text: str, judged: JudgedParts, *, accepted: bool) -> dict[str, Any]:
    spoken = judged.validator.spoken
    keys = spoken.read(text).keys
    places = [s.id for s in spoken.segments if keys and keys <= spoken.window((s.id,)).keys]
    if accepted:
        return _part(kind, text, tuple(places), ())
    every = tuple(segment.id for segment in spoken.segments)
    reasons = check(text, every, spoken).reasons if every else ()
    whole = kind == "title" and judged.validator.style.own_words
    return _part(kind, text, (), reasons or (NOT_A_WHOLE_SENTENCE if whole else _REASONS[kind],))


def _part(kind: str, text: str, segments: Sequence[str], reasons: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": text,
        "segments": list(segments),
        "accepted": not reasons,
        "reasons": list(reasons),
    }


def _all_claims(answer: ModelAnswer) -> list[AnswerStatement]:
    return [claim for key in _CLAIMS for claim in getattr(answer, key)]


def _known(judged: JudgedParts, cited: str) -> bool:
    return judged.validator.spoken.place(cited) is not None


def _renamed(value: Any, given: TrialTranscript) -> Any:
    """Every list of segments in the ids of the transcript as it was given."""
    if isinstance(value, dict):
        return {
            key: [given.given(name) for name in one] if key == "segments" else _renamed(one, given)
            for key, one in value.items()
        }
    return [_renamed(one, given) for one in value] if isinstance(value, list) else value
