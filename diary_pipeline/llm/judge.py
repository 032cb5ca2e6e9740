"""Whether an answer may be used: it is JSON of the right shape, keeps its placeholders, and the caller accepts it."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from diary_pipeline.llm.json_answer import answer_of
from diary_pipeline.llm.pseudonyms import PlaceholderError, Pseudonyms
from diary_pipeline.llm.request import Accept, AnswerVerdict, Request
from diary_pipeline.net.failures import Kind


@dataclass(frozen=True)
class Judgement:
    """`kind` None: accepted.

    `text` is the answer as JSON with its names restored, `reasons` are for the model's repair.
    """

    verdict: AnswerVerdict
    text: str = ""
    kind: Kind | None = None
    reasons: tuple[str, ...] = ()
    code: str = ""


def judge(
    request: Request[Any], accept: Accept[Any], text: str, pseudonyms: Pseudonyms | None, reasoning: str = ""
) -> Judgement:
    """Judge one answer, which a model may have written into its *reasoning*.

    Raises what *accept* raises: it is the caller's own fault.
    """
    data = answer_of(request.shape, text, reasoning)
    if data is None:
        return _unusable("schema", ("The answer is not one JSON object.",), "no JSON object")
    if pseudonyms is not None and pseudonyms.names:
        try:
            data = pseudonyms.restore_all(data, every=request.keep_names, spoken=request.material)
        except PlaceholderError as error:
            reason = f"Every placeholder like {pseudonyms.stem}_1 must be kept as it is, and no other may be made up."
            return _unusable("placeholder", (reason,), str(error))
    try:
        value = request.shape.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_input=False)[:20]
        places = [".".join(map(str, fault["loc"])) or "the object" for fault in faults]
        reasons = tuple(f"{place}: {fault['msg']}" for place, fault in zip(places, faults, strict=True))
        return _unusable("schema", reasons, ",".join(dict.fromkeys(fault["type"] for fault in faults)))
    verdict = accept(value)
    canonical = json.dumps(data, ensure_ascii=False)
    if verdict.accepted:
        return Judgement(verdict, canonical)
    kind: Kind = "oversized" if verdict.oversized else "rejected"
    return Judgement(verdict, canonical, kind, verdict.reasons, ",".join(dict.fromkeys(verdict.codes)))


def _unusable(kind: Kind, reasons: tuple[str, ...], code: str) -> Judgement:
    return Judgement(AnswerVerdict(), kind=kind, reasons=reasons, code=code)
