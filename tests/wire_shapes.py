"""Bodies of answers, streams and errors in each provider's wire format."""

import json
import time
from typing import Any

GOOD = json.dumps({"title": "A day", "lines": ["I watered the plants.", "I called Emma."]})
BAD_SHAPE = json.dumps({"heading": 3})
_STOPS = {"trunc": "length", "cfilter": "content_filter"}


def envelope(provider: str, model: str, text: str, scenario: str, usage: tuple[int, int]) -> dict[str, Any]:
    """A 200's body, in the shape of the provider."""
    return {"openai": responses, "anthropic": message}.get(provider, completion)(model, text, scenario, usage)


def responses(model: str, text: str, scenario: str, usage: tuple[int, int]) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
    if scenario == "refusal":
        part = {"type": "refusal", "refusal": text}
    reason = {"trunc": "max_output_tokens", "cfilter": "content_filter"}.get(scenario)
    thought = [{"type": "reasoning_text", "text": text}] if scenario == "thought" else []
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": int(time.time()),
        "model": model,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": [{"type": "reasoning", "id": "rs_1", "summary": [], "content": thought}]
        + [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}]
        * (scenario not in ("empty", "thought")),
        "usage": {
            "input_tokens": usage[0],
            "output_tokens": usage[1],
            "total_tokens": sum(usage),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def message(model: str, text: str, scenario: str, usage: tuple[int, int]) -> dict[str, Any]:
    stop = {"trunc": "max_tokens", "refusal": "refusal", "cfilter": "refusal"}.get(scenario, "end_turn")
    block = {"type": "thinking", "thinking": text, "signature": "x"} if scenario == "thought" else {"text": text}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", **block}] * (scenario != "empty"),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage[0],
            "output_tokens": usage[1],
            "cache_read_input_tokens": 0,
            "cache_creation_input_tokens": 0,
        },
    }


def completion(model: str, text: str, scenario: str, usage: tuple[int, int]) -> dict[str, Any]:
    content: Any = text
    if scenario == "thought":
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "finish_reason": _STOPS.get(scenario, "stop"),
    }
    return {
        "id": "cmpl_1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [choice] * (scenario != "empty"),
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)},
    }


def sse(model: str, text: str, scenario: str, usage: tuple[int, int] | None) -> list[bytes]:
    """A streamed chat completion: deltas, the finish, the usage, the end."""
    frame = {"id": "cmpl_1", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    field = {"refusal": "refusal", "thought": "reasoning_content"}.get(scenario, "content")
    parts = [text[n : n + 12] for n in range(0, len(text), 12)]
    rows: list[dict[str, Any]] = [
        {**frame, "choices": [{"index": 0, "delta": {"role": "assistant", field: part}, "finish_reason": None}]}
        for part in parts
    ]
    rows.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": _STOPS.get(scenario, "stop")}]})
    if usage is not None:
        counted = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        rows.append({**frame, "choices": [], "usage": counted})
    return [f"data: {json.dumps(row)}\n\n".encode() for row in rows] + [b"data: [DONE]\n\n"]


def error_body(provider: str, code: str, text: str) -> dict[str, Any]:
    """An error's body; the message quotes the prompt, as some providers do."""
    text = f"{text}: I watered the plants."
    if provider == "anthropic":
        return {"type": "error", "error": {"type": code, "message": text}, "request_id": "req_1"}
    if provider == "mistral":
        return {
            "object": "error",
            "message": text,
            "type": code,
            "param": None,
            "code": "3051" if code.startswith("context") else code,
        }
    return {"error": {"message": text, "type": code, "param": None, "code": code}}
