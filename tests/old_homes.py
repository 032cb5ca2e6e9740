"""Homes that older versions made (data/homes), put up again as they were: in a folder, over a bucket, over PostgreSQL.

Every connection that this process makes is noted in `connected`. The homes are restored, asked by the commands and
compared with the recorded answers here; what must hold is in `test_old_home.py`.
"""

import json
import logging
import os
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine
from typer.testing import CliRunner
from upath import UPath

from diary_pipeline.cli.commands import app
from diary_pipeline.notes.extract.ner import installed
from diary_pipeline.settings import SETTINGS_FILE, Settings
from diary_pipeline.testing import ScriptedEngine
from tests.wire import Wire

HOMES = Path(__file__).parent / "data" / "homes"
SHAPES = ("folder", "bucket", "postgresql")
MODELS, BUCKET = "https://models.invalid/v1", "gs://the-diary/diary"

RETIRED = {"seconds_spent": 0.0}
"""Fields of answers that no version writes any more, with the one value that they ever had."""

ADDED = {"status": "notices", "explain": "privacy"}
"""By command, the field that its answer has gained since."""

connected: list[Any] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        connected.append(arguments[1])


sys.addaudithook(_listen)


@dataclass(frozen=True)
class OldHome:
    """A home as it was left, in *root*; its models are on *wire*, another machine. *store*: root of its documents."""

    kept: Path
    shape: str
    root: Path
    store: str
    wire: Wire

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What was written down when it was made."""
        return facts_of(self.kept)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What each command answered then."""
        return answers_of(self.kept, self.shape)

    def documents(self) -> dict[str, bytes]:
        """Every file of the home but its catalog and kept views, and every object of the bucket but the day tables."""
        found = {
            f"HOME/{f.relative_to(self.root).as_posix()}": f.read_bytes() for f in self.root.rglob("*") if f.is_file()
        }
        found |= self.objects()
        derived = ("HOME/catalog.db", "HOME/search.db", "HOME/tables/", "STORE/tables/")
        return {name: data for name, data in found.items() if not name.startswith(derived)}

    def objects(self) -> dict[str, bytes]:
        """Every object of the bucket; nothing where there is none."""
        files = UPath(self.store).rglob("*") if self.shape == "bucket" else ()
        return {str(file).replace(self.store, "STORE"): file.read_bytes() for file in files if file.is_file()}

    def pages(self, name: str) -> list[UPath]:
        """Where a page lies: with private memos on it at two places, where the documents are in a bucket."""
        places = {root: UPath(root) / "days" / f"{name}.md" for root in (str(self.root), self.store)}
        return [place for place in places.values() if place.exists()]

    def ask(self, command: str) -> Any:
        """What `diary COMMAND --json` answers now; places are spelt as they were then."""
        done = CliRunner().invoke(app, [*shlex.split(command), "--json"])
        logging.getLogger("diary").handlers = [logging.NullHandler()]  # the command's own ends with it
        assert done.exit_code == 0, (command, done.output, done.exception)
        answer = json.loads(done.stdout.replace(str(self.root), "HOME").replace(self.store, "STORE"))
        if added := ADDED.get(command.partition(" ")[0]):
            assert answer.pop(added) == [], command
        return answer

    def settings(self) -> Settings:
        """The home's own settings."""
        return Settings.load(home=self.root)

    def called_nobody(self) -> bool:
        """Whether this process has connected to nobody but the bucket since the home was put up."""
        allowed = {urlsplit(os.environ["STORAGE_EMULATOR_HOST"]).port} if self.shape == "bucket" else set()
        return not self.wire.contacts and {to[1] for to in connected if isinstance(to, tuple)} <= allowed


def without_names() -> None:
    """Skip the test where the extra `names` is installed: with it every note is another one."""
    if installed() is not None:
        pytest.skip("needs an environment without the extra `names`: with it every note is another one")


def facts_of(kept: Path) -> dict[str, Any]:
    """What was written down when the home was made."""
    found: dict[str, Any] = json.loads((kept / "expected.json").read_text("utf-8"))
    return found


def answers_of(kept: Path, shape: str) -> dict[str, Any]:
    """What each command answered then."""
    return {row["command"]: _current(row["answer"]) for row in facts_of(kept)["answers"] if shape in row["shapes"]}


def _current(answer: Any) -> Any:
    """*answer* without the fields that were retired since; each said the same in every answer, so nothing is lost."""
    if isinstance(answer, dict):
        return {name: _current(value) for name, value in answer.items() if (name, value) not in RETIRED.items()}
    return [_current(value) for value in answer] if isinstance(answer, list) else answer


def holds(now: Any, then: Any) -> bool:
    """Whether an answer says all that it said, and nothing else but fields that are new."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(name in now and holds(now[name], value) for name, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(now) == len(then) and all(map(holds, now, then))
    return bool(now == then)


@dataclass
class Hearing(ScriptedEngine):
    """A scripted engine with the identity of the one that the home's transcripts name."""

    named: Mapping[str, Any] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`."""
        return dict(self.named)


def put_up(kept: Path, shape: str, root: Path, wire: Wire, *, store: str = "", catalog: str = "") -> OldHome:
    """Copy the home of this shape to *root*, its objects to the bucket *store*, its rows to the database *catalog*."""
    shutil.copytree(kept / "bucket" / "home" if shape == "bucket" else kept / "home", root, dirs_exist_ok=True)
    shutil.copytree(kept / "home" / "inbox", root / "inbox", dirs_exist_ok=True)
    home = OldHome(kept, shape, root, store or str(root), wire)
    for path, modified in home.facts["modified"].items():
        os.utime(root / "inbox" / path, ns=(modified, modified))
    elsewhere = (
        f"{wire.url.replace('127.0.0.1', '0.0.0.0')}/openai/ok/v1"  # not a loopback address, so not this machine
    )
    settings = (root / SETTINGS_FILE).read_text("utf-8").replace(MODELS, elsewhere).replace(BUCKET, store)
    (root / SETTINGS_FILE).write_text(f"catalog = {json.dumps(catalog)}\n{settings}" if catalog else settings, "utf-8")
    objects = kept / "bucket" / "objects"
    for file in objects.rglob("*") if shape == "bucket" else ():
        if file.is_file():
            (UPath(store) / file.relative_to(objects).as_posix()).write_bytes(file.read_bytes())
    _restore((kept / f"catalog.{shape}.sql").read_text("utf-8"), catalog or f"sqlite:///{root / 'catalog.db'}")
    connected.clear()
    return home


def _restore(dump: str, url: str) -> None:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(dump)
        connection.close()
        return
    engine = create_engine(url)
    with engine.begin() as postgres:
        postgres.exec_driver_sql(dump.replace("%", "%%"))
    engine.dispose()


def lost(then: Any, now: Any, place: str = "$") -> Iterator[str]:
    """What stood in *then* and does not stand in *now*; fields that were added since are no loss."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name, value in then.items():
            yield from lost(value, now[name], f"{place}.{name}") if name in now else [f"{place}.{name} is gone"]
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from lost(one, other, f"{place}[{number}]")
    elif then != now:
        yield f"{place} was {then!r} and is {now!r}"
