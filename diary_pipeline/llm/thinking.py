"""Models that think before they answer: how each is asked to think least, and how much room its thoughts need.

A diary note needs no deliberation, and thoughts are paid for like answers. What a model does not accept is left out at
the next call (`tuning.py`), so an entry that is wrong costs one rejected request.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROOM = 2048
"""Tokens of thoughts before a short answer: 1,152 and 1,408 were reported of models with their usual effort."""


@dataclass(frozen=True)
class Thinking:
    """Fields of the request that let a model think least, the best first, and the tokens that its thoughts need."""

    options: tuple[Mapping[str, Any], ...] = ()
    room: int = 0


def _effort(*levels: str) -> tuple[Mapping[str, Any], ...]:
    return tuple({"reasoning": {"effort": level}} for level in levels)


_OFF: Mapping[str, Any] = {"reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": False}}
_LOW: Mapping[str, Any] = {"reasoning_effort": "low", "chat_template_kwargs": {"reasoning_effort": "low"}}
_FAMILIES: Mapping[str, tuple[tuple[str, Thinking], ...]] = {
    "openai": (
        (r"gpt-\d+(\.\d+)?-chat", Thinking()),
        (r"gpt-\d+(\.\d+)?-pro", Thinking(room=4 * ROOM)),
        (r"gpt-5(?!\.)", Thinking(_effort("minimal", "low"), ROOM)),
        (r"gpt-([5-9]|\d\d)", Thinking(_effort("none", "low"), ROOM)),
        (r"o\d", Thinking(_effort("low"), ROOM)),
    ),
    "anthropic": (
        (
            r"claude-([a-z]+-)?([5-9]|\d\d)\b|claude-[a-z]+-4-[6-9]",
            Thinking(({"thinking": {"type": "disabled"}},), ROOM),
        ),
    ),
    "mistral": (
        (r"magistral", Thinking(room=ROOM)),
        (r"mistral-[a-z]+-(2[6-9]|[3-9]\d)\d\d", Thinking(({"reasoning_effort": "none"},), ROOM)),
    ),
    "local": (
        (r"gpt-oss", Thinking((_LOW,), ROOM)),
        (r"qwen-?3|deepseek|glm-|magistral|gemma-?[4-9]|think|reason|r1\b|nemotron", Thinking((_OFF,), ROOM)),
        (r"", Thinking()),
    ),
}


def thinking_of(api: str, model: str) -> Thinking:
    """What is known of a *model*, by its name, at a provider that speaks *api*."""
    name = model.lower().rsplit("/", 1)[-1]
    found = (known for pattern, known in _FAMILIES.get(api, ()) if _matches(api, pattern, name))
    return next(found, Thinking())


def _matches(api: str, pattern: str, name: str) -> bool:
    """A hosted model's name begins with its family; a server of one's own may call it anything."""
    return bool(re.search(pattern, name) if api == "local" else re.match(pattern, name))
