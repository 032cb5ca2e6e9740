"""A model's answer becomes a draft: it is parsed, each part is judged by the evidence, and what it omits is added.

`ANSWER_SCHEMA` is what a model is asked for, `validate_answer` judges its answer. What the transcript does not support
goes to `unsupported`, with reasons; what no statement says goes to `also_said`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.reliable import reliable, with_doubtful
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_parts import PartsValidator, kinds
from diary_pipeline.notes.validate_verbatim import VerbatimValidator
from diary_pipeline.schema import Transcript, Unsupported

MAX_ITEMS = 400
"""Of statements, to-dos and events each, in a memo of up to `MAX_ITEMS / ITEMS_A_SEGMENT` segments."""

ITEMS_A_SEGMENT = 3
"""Of statements, to-dos and events each, for each segment of a longer memo: above it the model repeats itself."""

TOO_MUCH = "more than anybody said"


def _identities(value: Any) -> Any:
    """Ids as a list of strings, from all forms that models write: 3, "s3", "s03, s04"."""
    values = value if isinstance(value, list | tuple) else [value]
    return [part for one in values if one is not None for part in str(one).replace(",", " ").split()]


def _texts(value: Any) -> Any:
    """Names as strings, also where a model wrote objects."""
    values = value if isinstance(value, list | tuple) else [value]
    return [
        str(one.get("name") or one.get("text") or "") if isinstance(one, dict) else str(one) for one in values if one
    ]


Identities = Annotated[tuple[str, ...], BeforeValidator(_identities)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class _AnswerPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class AnswerStatement(_AnswerPart):
    """A statement or highlight as a model gives it."""

    text: str
    segments: Identities = ()


class TimedAnswerStatement(AnswerStatement):
    """A to-do or event as a model gives it.

    Its *due* and *when* are not used: moments are read from the spoken words.
    """

    due: str | None = None
    when: str | None = None
    said: str | None = None


class ModelAnswer(_AnswerPart):
    """A model's answer."""

    title: str = ""
    statements: tuple[AnswerStatement, ...]
    todos: tuple[TimedAnswerStatement, ...] = ()
    events: tuple[TimedAnswerStatement, ...] = ()
    people: Texts = ()
    places: Texts = ()
    topics: Texts = ()
    mood: str | None = None
    highlights: tuple[AnswerStatement, ...] = ()


@dataclass(frozen=True)
class Validation:
    """The result of judging an answer.

    *draft* is None when nothing of it is accepted; *reasons* are the kinds of what was rejected, without diary text.
    *score* is the share of the answer's statements, to-dos and events that are accepted.
    """

    draft: Draft | None
    reasons: tuple[str, ...] = ()
    score: float = 0.0

    @property
    def oversized(self) -> bool:
        """Whether it was not judged at all, because there is too much of it."""
        return self.reasons == (TOO_MUCH,)

    @property
    def complete(self) -> bool:
        """Whether all of it is accepted, so that no repair is needed."""
        return self.draft is not None and not self.draft.unsupported

    def complaint(self) -> str:
        """The reasons for the model that is asked to repair its answer. Holds diary text: never log it."""
        if self.draft is None:
            return "The answer could not be used: " + "; ".join(self.reasons)
        lines = [
            f"- {fault.text!r} cites {', '.join(fault.segments) or 'nothing'}: {', '.join(fault.reasons)}"
            for fault in self.draft.unsupported
        ]
        return (
            "These are not what the cited segments say. Correct or leave them out, and give the whole answer again:\n"
            + "\n".join(lines)
        )


def validate_answer(
    answer: str | Mapping[str, Any], transcript: Transcript, style: Style, spoken_at: datetime | None = None
) -> Validation:
    """Judge a model's *answer* about *transcript*. Never raises for what the model wrote."""
    parsed = _parsed(answer, max(MAX_ITEMS, ITEMS_A_SEGMENT * len(transcript.segments)))
    if isinstance(parsed, str):
        return Validation(None, (parsed,))
    judged = judge_parts(parsed, transcript, style, spoken_at)
    if not judged.draft.statements and reliable(transcript).segments:
        return Validation(None, ("no statement stands", *kinds(judged.faults.get("statements", ()))), 0.0)
    return Validation(judged.draft, kinds(judged.draft.unsupported), score_of(judged.draft))


@dataclass(frozen=True)
class JudgedParts:
    """An answer's parts, judged together.

    *draft* is what is accepted, *faults* what is rejected, by the answer's key. *validator* has judged them.
    """

    draft: Draft
    faults: Mapping[str, tuple[Unsupported, ...]]
    validator: PartsValidator


def judge_parts(
    answer: ModelAnswer, transcript: Transcript, style: Style, spoken_at: datetime | None = None
) -> JudgedParts:
    """Judge every part of a parsed answer, also where no statement is accepted."""
    kind = VerbatimValidator if style.own_words else PartsValidator
    certain = reliable(transcript)
    spoken = SpokenSource.of(certain, spoken_at.date() if spoken_at else None)
    judge = kind(spoken, certain, style, spoken_at)
    extractive_draft = write(transcript, style, spoken_at)
    made: dict[str, Any] = {}
    faults: dict[str, tuple[Unsupported, ...]] = {}
    for key, accepted in _by_key(judge, answer, extractive_draft):
        before = sum(map(len, faults.values()))
        made[key] = accepted()
        faults[key] = tuple(judge.faults[before:])
    people, places, topics, titles = (
        [text for text in texts if not judge.adds_symbols(text)]
        for texts in (answer.people, answer.places, answer.topics, (answer.title,))
    )
    draft = Draft(
        title=judge.title("".join(titles), extractive_draft),
        people=judge.people(people, extractive_draft),
        places=judge.names(places),
        topics=judge.topics(topics, extractive_draft),
        mood=judge.mood(answer.mood, extractive_draft.mood),
        also_said=with_doubtful(judge.not_covered(made["statements"]), transcript),
        unsupported=tuple(judge.faults),
        **made,
    )
    return JudgedParts(draft, faults, judge)


def _by_key(
    judge: PartsValidator, answer: ModelAnswer, extractive_draft: Draft
) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The parts that may be at fault, in the order in which they are judged: by the statements a model is trusted."""
    return (
        ("statements", lambda: judge.statements(judge.without_symbols(answer.statements))),
        ("todos", lambda: judge.todos(judge.without_symbols(answer.todos), extractive_draft)),
        ("events", lambda: judge.events(judge.without_symbols(answer.events))),
        ("highlights", lambda: judge.highlights(judge.without_symbols(answer.highlights))),
    )


def score_of(draft: Draft) -> float:
    """The share of the answer's statements, to-dos and events that are accepted."""
    kept = len(draft.statements) + len(draft.todos) + len(draft.events)
    judged = kept + len(draft.unsupported)
    return round(kept / judged, 3) if judged else 1.0


def _parsed(answer: str | Mapping[str, Any], most: int) -> ModelAnswer | str:
    """The parsed answer, or the reason why it is rejected; it may have *most* statements, to-dos and events each."""
    try:
        values = json.loads(_without_fence(answer)) if isinstance(answer, str) else answer
    except (ValueError, RecursionError):
        return "not JSON"
    try:
        parsed = ModelAnswer.model_validate(values)
    except ValidationError as error:
        return f"not the shape asked for: {error.errors()[0]['loc']} {error.errors()[0]['type']}"
    if max(len(parsed.statements), len(parsed.todos), len(parsed.events)) > most:
        return TOO_MUCH
    return parsed


def _without_fence(text: str) -> str:
    """*text* without the Markdown fence that some models put around JSON."""
    bare = text.strip()
    return bare.split("\n", 1)[-1].rsplit("```", 1)[0] if bare.startswith("```") else bare


_SEGMENTS = {"type": "array", "items": {"type": "string", "maxLength": 8}, "minItems": 1, "maxItems": 12}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: Any, most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


_TEXT, _WORD = {"type": "string", "maxLength": 600}, {"type": "string", "maxLength": 60}
_DAY = {"type": ["string", "null"], "maxLength": 32}
ANSWER_SCHEMA: dict[str, Any] = _object(
    title={"type": "string", "maxLength": 120},
    statements=_list(_object(text=_TEXT, segments=_SEGMENTS), MAX_ITEMS),
    todos=_list(
        _object(
            text=_TEXT,
            due=_DAY,
            due_kind={"type": ["string", "null"], "enum": ["on", "before", None]},
            said=_TEXT,
            segments=_SEGMENTS,
        ),
        60,
    ),
    events=_list(_object(text=_TEXT, when=_DAY, said=_TEXT, segments=_SEGMENTS), 60),
    people=_list(_WORD, 60),
    places=_list(_WORD, 60),
    topics=_list(_WORD, 12),
    mood={"type": ["string", "null"], "maxLength": 40},
    highlights=_list(_object(text=_TEXT, segments=_SEGMENTS), 12),
)
"""JSON Schema of an answer: closed, everything required, bounded, no ids in an enum, so that strict modes and
grammars support it."""

FACTS_SCHEMA: dict[str, Any] = _object(statements=_list(_object(text=_TEXT, segments=_SEGMENTS), MAX_ITEMS))
"""JSON Schema of the answer about one part of a long memo."""


class NoteAnswer(ModelAnswer):
    """The answer in one pass.

    Its schema is closed and bounded for strict modes and grammars; parsing is more lenient.
    """

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """`ANSWER_SCHEMA`."""
        return ANSWER_SCHEMA


class FactsAnswer(_AnswerPart):
    """The answer about one part of a long memo."""

    statements: tuple[AnswerStatement, ...]

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """`FACTS_SCHEMA`."""
        return FACTS_SCHEMA
