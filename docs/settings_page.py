# ruff: noqa: INP001 - a script, started by its path or as a module
"""Writes `settings.md` from what `Settings` says of its own fields: `python -m docs.settings_page`.

Belongs here: how the table looks. Does not belong here: what any setting means; that stands under its field.
"""

from datetime import time
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from diary_pipeline.settings import Settings
from diary_pipeline.settings.llm import LlmSettings
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint

PAGE = Path(__file__).with_name("settings.md")
_COMPUTED = {"home": "`~/diary`", "timezone": "the machine's own"}
_GROUPS: dict[str, type[BaseModel]] = {"speech_endpoint": SpeechEndpoint, "llm": LlmSettings}
_KINDS = {int: "whole number", float: "number", str: "text", time: "time"}
_HEAD = """# Settings

This page is generated: edit the text under the field in `diary_pipeline/settings/`, then run `python -m docs.settings_page`.

A value is looked for in this order: the environment (`DIARY_NAME`), a file `.env` in the folder where the command starts,
`settings.toml` in the home (`name = value`, small letters, without `DIARY_`), the default. `DIARY_HOME` itself cannot stand in the
home's file. A value that cannot be used is refused with its name, before any work is done.

Lists are JSON in the environment: `DIARY_PRIVATE_PHRASES='["private note"]'`. What belongs to an author is written
`DIARY_AUTHORS__mere__timezone=Pacific/Auckland`, or in `settings.toml`:

```toml
[authors.mere]
timezone = "Pacific/Auckland"
language = "en"
```

Language models have a table of their own in the file; without `routes`, none is asked. Each setting there is `DIARY_LLM__NAME` in the
environment:

```toml
[llm]
routes = ["anthropic/claude-haiku-5-5", "local/qwen3:8b"]
budget_month = 5.0

[llm.providers.local]
base_url = "http://127.0.0.1:11434/v1"
context = 8192
```

So has the server that may hear memos (`DIARY_SPEECH_ENDPOINT__NAME`). What lies on another machine hears only memos that are not private,
of authors who have `remote_speech = true`, and only after this machine has heard their first ten seconds; `allowed_hosts` under `[llm]`
names machines that are trusted like this one:

```toml
[speech_endpoint]
url = "http://127.0.0.1:8000/v1"
model = "Systran/faster-whisper-large-v3"
```

| Setting | Default | Meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    fields = {name: field for name, field in Settings.model_fields.items() if name not in _GROUPS}
    for group, model in _GROUPS.items():
        fields |= {f"{group}__{name}": field for name, field in model.model_fields.items()}
    rows = [
        f"| `DIARY_{name.upper()}` | {_default(name, field)} | {_meaning(field)} |" for name, field in fields.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _default(name: str, field: FieldInfo) -> str:
    if name in _COMPUTED:
        return _COMPUTED[name]
    value: Any = field.default
    if value in ("", {}, (), None):
        return "empty"
    shown = (
        ", ".join(value) if isinstance(value, tuple) else f"{value:%H:%M}" if isinstance(value, time) else str(value)
    )
    return f"`{shown}`"


def _meaning(field: FieldInfo) -> str:
    limits = [f"at least {limit.ge}" for limit in field.metadata if isinstance(limit, Ge)]
    limits += [f"above {limit.gt}" for limit in field.metadata if isinstance(limit, Gt)]
    kind = _KINDS.get(field.annotation) if isinstance(field.annotation, type) else None
    said = (field.description or "").replace("|", "\\|")
    return f"{said} ({', '.join([kind or 'value', *limits])})" if limits else said


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
