"""Whether an answer may be used: it is JSON, its names come back, it has the shape, and the caller accepts what it says."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from diary_pipeline.llm.pseudonyms import PlaceholderError, Pseudonyms
from diary_pipeline.llm.request import Accept, AnswerVerdict, Request
from diary_pipeline.net.failures import Kind


@dataclass(frozen=True)
class Judgement:
    """`kind` None: accepted.

    `text` is the answer as JSON with its names back, `reasons` what the model is told in a repair.
    """

    verdict: AnswerVerdict
    text: str = ""
    kind: Kind | None = None
    reasons: tuple[str, ...] = ()
    code: str = ""


def judge(request: Request[Any], accept: Accept[Any], text: str, hidden: Pseudonyms | None) -> Judgement:
    """Judge one answer. What *accept* raises goes up: it is the caller's own fault."""
    data = _object(text)
    if data is None:
        return Judgement(
            AnswerVerdict(), kind="schema", reasons=("The answer is not one JSON object.",), code="no JSON object"
        )
    if hidden is not None and hidden.names:
        try:
            data = hidden.restore_all(data, every=request.keep_names, spoken=request.material)
        except PlaceholderError as error:
            told = f"Every placeholder like {hidden.stem}_1 must be kept as it is, and no other may be made up."
            return Judgement(AnswerVerdict(), kind="placeholder", reasons=(told,), code=str(error))
    try:
        value = request.shape.model_validate(data)
    except ValidationError as error:
        faults = [
            (".".join(map(str, fault["loc"])), fault["msg"], fault["type"])
            for fault in error.errors(include_input=False)[:20]
        ]
        told_all = tuple(f"{place or 'the object'}: {message}" for place, message, _ in faults)
        return Judgement(
            AnswerVerdict(),
            kind="schema",
            reasons=told_all,
            code=",".join(dict.fromkeys(kind for _, _, kind in faults)),
        )
    verdict = accept(value)
    canonical = json.dumps(data, ensure_ascii=False)
    if verdict.accepted:
        return Judgement(verdict, canonical)
    return Judgement(verdict, canonical, "rejected", verdict.reasons, ",".join(dict.fromkeys(verdict.codes)))


def _object(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
