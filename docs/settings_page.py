# ruff: noqa: INP001 - a script, started by its path or as a module
"""Writes `settings.md` from the descriptions of the fields of `Settings`: `python -m docs.settings_page`."""

from datetime import time
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from diary_pipeline.settings import Settings
from diary_pipeline.settings.descriptions import descriptions
from diary_pipeline.settings.llm import LlmSettings
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint

PAGE = Path(__file__).with_name("settings.md")
_COMPUTED = {"home": "`~/diary`", "timezone": "the machine's own"}
_GROUPS: dict[str, type[BaseModel]] = {"speech_endpoint": SpeechEndpoint, "llm": LlmSettings}
_KINDS = {int: "whole number", float: "number", str: "text", time: "time"}
_HEAD = """# Settings

This page is generated: edit the text under the field in `diary_pipeline/settings/`, then run
`python -m docs.settings_page`.

The first of these that has a value decides: the environment (`DIARY_NAME`), a file `.env` in the folder where the
command starts, `settings.toml` in the home (`name = value`, small letters, without `DIARY_`), the default. `DIARY_HOME`
itself cannot be in the home's file. A value that cannot be used is refused with its name, before any work is done.

Lists are JSON in the environment: `DIARY_PRIVATE_PHRASES='["private note"]'`. A setting of one author is written
`DIARY_AUTHORS__mere__timezone=Pacific/Auckland`, or in `settings.toml`:

```toml
[authors.mere]
timezone = "Pacific/Auckland"
language = "en"
```

Language models have a table of their own in the file; without `routes`, none is asked. In the environment each setting
of it is `DIARY_LLM__NAME`:

```toml
[llm]
routes = ["anthropic/claude-haiku-5-5", "local/qwen3:8b"]
budget_month = 5.0

[llm.providers.local]
base_url = "http://127.0.0.1:11434/v1"
context = 8192
```

The transcription server has one too (`DIARY_SPEECH_ENDPOINT__NAME`). A server on another machine receives only memos
that are not private, of authors with `remote_speech = true`, and only after this machine has transcribed their first
ten seconds. Machines under `allowed_hosts` of `[llm]` are trusted like this one:

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
    meanings = descriptions(Settings)
    for group, model in _GROUPS.items():
        meanings |= {f"{group}__{name}": text for name, text in descriptions(model).items()}
    rows = [
        f"| `DIARY_{name.upper()}` | {_default(name, field)} | {_meaning(field, meanings.get(name, ''))} |"
        for name, field in fields.items()
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


def _meaning(field: FieldInfo, text: str) -> str:
    limits = [f"at least {limit.ge}" for limit in field.metadata if isinstance(limit, Ge)]
    limits += [f"above {limit.gt}" for limit in field.metadata if isinstance(limit, Gt)]
    kind = _KINDS.get(field.annotation) if isinstance(field.annotation, type) else None
    description = " ".join(text.split()).replace("|", "\\|")
    return f"{description} ({', '.join([kind or 'value', *limits])})" if limits else description


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
