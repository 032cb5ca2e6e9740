"""Diaries whose notes go through batches of the fake providers, for the tests of nightly runs."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_catalog, open_diary, open_store
from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_batches
from diary_pipeline.diary import Diary
from diary_pipeline.llm import Router
from diary_pipeline.llm.routes import build, policy
from diary_pipeline.schema import DiaryNote, Mode, Recording
from diary_pipeline.settings import Settings
from diary_pipeline.testing import Script, ScriptedEngine
from diary_pipeline.views.show import note_of
from tests.wire import Wire
from tests.workers import Trap

KINDS = ("openai", "anthropic", "mistral")
DAY = date(2026, 3, 14)
_LINE = re.compile(r"^\[(s\d+)\] (.*)$", re.MULTILINE)


def said(identity: str) -> list[str]:
    """The words of each memo, different for each, so that they can be recognised."""
    return [f"I watered the plants in greenhouse {identity[:4]}.", "Then I met Helen at the library at three."]


def faithful(body: dict[str, Any]) -> str:
    """The answer of a model that repeats each sentence with its segment."""
    statements = [{"text": text, "segments": [name]} for name, text in _LINE.findall("\n".join(strings(body)))]
    return json.dumps({"title": "I watered the plants", "statements": statements})


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def llm_settings(url: str, *kinds: str) -> dict[str, Any]:
    """Settings whose models are the wire's, at a dollar per million tokens of input and two of output.

    Batches have twelve hours, at whatever time of day the tests run.
    """
    names = [f"{kind}/m" for kind in kinds]
    return {
        "routes": names,
        "providers": {
            kind: {"base_url": f"{url}/{kind}/ok" + "/v1" * (kind == "openai"), "api_key": "sk-test"} for kind in kinds
        },
        "prices": {name: {"input": 1.0, "output": 2.0} for name in names},
        "batch_deadline": (datetime.now(UTC) + timedelta(hours=12)).strftime("%H:%M"),
    }


def settings_of(home: Path, url: str, *kinds: str, **changes: Any) -> Settings:
    """Settings of a diary whose models are the wire's; *changes* are of the models' settings."""
    llm = {**llm_settings(url, *kinds), **changes}
    return Settings.load(home=home, timezone="UTC", settle_seconds=0, watch_seconds=0, llm=llm)


@contextmanager
def a_diary(home: Path, wire: Wire, *kinds: str, script: Script = said, **changes: Any) -> Iterator[Diary]:
    """A diary as one process has it: nothing is known but catalog, store and settings."""
    settings = settings_of(home, wire.url, *kinds, **changes)
    diary = open_diary(settings, ScriptedEngine(script), a_router(settings, str))
    try:
        yield diary
    finally:
        diary.close()


def a_router(settings: Settings, trap: Callable[[str], object]) -> Router:
    """The settings' router, for which the wire is another machine, although it listens on this one."""
    routes = [
        replace(r, provider=Trapped(r.provider, trap), local=False) for r in build(settings.llm, settings.llm_keys)
    ]
    return Router(routes, open_catalog(settings), open_store(settings), policy(settings.llm))


def recordings(diary: Diary) -> list[Recording]:
    """All recordings by time."""
    return [recording for recording, _ in diary.catalog.recordings.all()]


def notes(diary: Diary) -> list[DiaryNote]:
    """The note of each; all have one."""
    found = [note_of(diary, recording) for recording in recordings(diary)]
    assert all(found)
    return [note for note in found if note]


def later(catalog: Catalog, **columns: timedelta) -> None:
    """Move a moment of every batch into the past, as if so much time had passed."""
    with catalog.database.writing() as connection:
        for column, by in columns.items():
            connection.execute(update(llm_batches).values({column: now_ms() - round(by.total_seconds() * 1000)}))


def paid_twice(diary: Diary, wire: Wire) -> list[str]:
    """Recordings that were paid for more than once by the ledger, whose tokens must be those of the provider."""
    assert diary.writer.router is not None
    rows = [row for row in diary.writer.router.ledger.rows() if row["usage"] == "reported"]
    theirs = sorted([*wire.batches.billed.values(), *(seen.billed for seen in wire.seen if seen.billed)])
    assert sorted((row["input_tokens"], row["output_tokens"]) for row in rows) == theirs
    names = [row["recording"] for row in rows]
    return sorted(name for name in set(names) if names.count(name) > 1)


def page(home: Path) -> str:
    """The day's page."""
    return (home / "days" / "me" / f"{DAY}.md").read_text()


class Trapped:
    """A provider whose batch methods send this process a signal."""

    def __init__(self, inner: Any, trap: Callable[[str], object]) -> None:
        self._inner, self._trap = inner, trap

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "batch":
            return Trapped(found, self._trap)
        if name not in ("submit", "find", "state", "results", "cancel", "delete"):
            return found

        async def call(*arguments: Any) -> Any:
            self._trap(f"before-{name}")
            result = await found(*arguments)
            self._trap(f"after-{name}")
            return result

        return call


def work(home: Path, url: str, kind: str, mode: Mode, at: str) -> None:
    """The work of a process of its own that sends itself a signal.

    *at* is POINT:N:SIGNAL; a point lies before or after a method of the batch API, as in `before-submit:1:SIGKILL`.
    """
    settings = settings_of(home, url, kind)
    diary = open_diary(settings, ScriptedEngine(said), a_router(settings, Trap(at)))
    pipeline.process(diary.of_run("dead"), mode=mode)
