"""Worlds in which a diary cannot work as usual: each is made in a fresh home and has a sentence that helps."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.memos import tone

Make = Callable[[Path], object]


@dataclass(frozen=True)
class World:
    """A broken world: how it is made, the variables it has, and words of the sentence that its commands end with.

    `codes`: how `diary status` may end; with 0 the words are not asked for. `says`: words of the sentence.
    """

    says: str = ""
    make: Make = lambda _: None
    env: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[int, ...] = (1, 2)


def settings(text: str | bytes) -> Make:
    """Writes the home's settings file."""
    data = text if isinstance(text, bytes) else text.encode()
    return lambda home: (home / "settings.toml").write_bytes(data)


def instead(name: str, data: bytes = b"this is my shopping list\n") -> Make:
    """Puts a file of these bytes where the home has something else."""

    def make(home: Path) -> None:
        place = home / name
        if place.is_dir():
            place.rmdir()
        place.write_bytes(data)

    return make


def folder(name: str) -> Make:
    """Puts a folder where the home has a file."""

    def make(home: Path) -> None:
        (home / name).unlink(missing_ok=True)
        (home / name).mkdir()

    return make


def loop(name: str) -> Make:
    """Puts a link that leads to itself where the home has something else."""

    def make(home: Path) -> None:
        if (home / name).is_dir():
            (home / name).rmdir()
        (home / name).unlink(missing_ok=True)
        (home / name).symlink_to(name)

    return make


def of_another_program(home: Path) -> None:
    """A database with a table of ours and none of our versions."""
    (home / "catalog.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(home / "catalog.db")) as catalog, catalog:
        catalog.execute("CREATE TABLE recordings (title TEXT)")


def of_a_browser(home: Path) -> None:
    """Another program's database in the catalog's place."""
    (home / "catalog.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(home / "catalog.db")) as catalog, catalog:
        catalog.execute("CREATE TABLE places (url TEXT)")


def version(number: str) -> Make:
    """Lets the catalog say that it is of this version."""

    def make(home: Path) -> None:
        with closing(sqlite3.connect(home / "catalog.db")) as catalog, catalog:
            catalog.execute("UPDATE diary_version SET version_num = ?", (number,))

    return make


def damaged(home: Path) -> None:
    """Overwrites the middle of the catalog."""
    data = bytearray((home / "catalog.db").read_bytes())
    data[4096 : len(data) // 2] = os.urandom(len(data) // 2 - 4096)
    (home / "catalog.db").write_bytes(data)


def odd_files(home: Path) -> None:
    """A pipe, links in a circle, folders called like memos, names that steer a terminal or are no text."""
    inbox = home / "inbox"
    os.mkfifo(inbox / "memo.wav")
    (inbox / "a.wav").symlink_to("b.wav")
    (inbox / "b.wav").symlink_to("a.wav")
    (inbox / "2026-03-14.wav").mkdir()
    tone(inbox / os.fsdecode(b"2001-01-01 caf\xe9 [/b]\x1b]0;x\x07.wav"))


SETTINGS = {
    "a syntax error": World("line 2", settings('timezone = "UTC"\nlanguage = de\n')),
    "a name twice": World("line 2", settings('timezone = "UTC"\ntimezone = "UTC"\n')),
    "settings in Latin-1": World("Save it as UTF-8", settings('timezone = "Zoë"'.encode("latin-1"))),
    "settings in UTF-16": World("Save it as UTF-8", settings('timezone = "UTC"'.encode("utf-16"))),
    "settings that are a folder": World("is a folder", folder("settings.toml")),
    "settings that cannot be read": World("cannot be read", loop("settings.toml")),
    "settings with a byte order mark": World(make=settings(b'\xef\xbb\xbftimezone = "UTC"\r\n'), codes=(0,)),
    "empty settings": World(make=settings(""), codes=(0,)),
    "zeros as settings": World("is not TOML", settings(bytes(64))),
    "a number as zone": World("DIARY_TIMEZONE", settings("timezone = 1")),
    "a zone that is none": World("Mars/Phobos", settings('timezone = "Mars/Phobos"')),
    "a zone of an author that is none": World("DIARY_AUTHORS__ZOE__TIMEZONE", settings('[authors.zoe]\ntimezone="x"')),
    "a list of routes that is text": World("DIARY_LLM__ROUTES", settings('[llm]\nroutes = "openai"')),
    "a route that is none": World("provider/model", settings('[llm]\nroutes = ["openai"]')),
    "an unknown setting of a group": World("Did you mean llm.routes?", settings('[llm]\nroute = ["a/b"]')),
    "a table that is text": World("DIARY_LLM", settings('llm = "none"')),
    "a misspelt setting": World("Did you mean timezone?", settings('timezoen = "UTC"')),
}
VARIABLES = {
    "a level that is none": World("write DEBUG, INFO", env={"DIARY_LOG_LEVEL": "LOUD"}),
    "a level in small letters": World(env={"DIARY_LOG_LEVEL": "warning"}, codes=(0,)),
    "a word as number": World("DIARY_BEAM_SIZE", env={"DIARY_BEAM_SIZE": "many"}),
    "a number below its bound": World("DIARY_BATCH_SIZE", env={"DIARY_BATCH_SIZE": "0"}),
    "a number without end": World("DIARY_LEASE_SECONDS", env={"DIARY_LEASE_SECONDS": "inf"}),
    "a number that is none": World("DIARY_SETTLE_SECONDS", env={"DIARY_SETTLE_SECONDS": "nan"}),
    "a number of 30 digits": World("DIARY_THREADS", env={"DIARY_THREADS": "9" * 30}),
    "a day that is none": World("DIARY_START_DATE", env={"DIARY_START_DATE": "soon"}),
    "a time that is none": World("DIARY_DAY_START", env={"DIARY_DAY_START": "25:00"}),
    "a list that is no JSON": World("DIARY_PRIVATE_PHRASES", env={"DIARY_PRIVATE_PHRASES": "psst"}),
    "authors that are no JSON": World("DIARY_AUTHORS", env={"DIARY_AUTHORS": "anna"}),
    "a budget below nothing": World("DIARY_LLM__BUDGET_RUN", env={"DIARY_LLM__BUDGET_RUN": "-1"}),
    "an executor that is none": World("DIARY_EXECUTOR", env={"DIARY_EXECUTOR": "slurm"}),
    "a speech server that is none": World("url is no address", env={"DIARY_SPEECH_ENDPOINT__URL": "here"}),
    "a model for nobody": World(env={"DIARY_WHISPER_MODEL": "enormous"}, codes=(0, 2)),
    "a style that is none": World(env={"DIARY_NOTE_STYLE": "baroque"}, codes=(0, 2)),
    "a home of nobody": World("Set DIARY_HOME", env={"DIARY_HOME": "~nobody-at-all/diary"}),
    "a home below a file": World("DIARY_HOME", env={"DIARY_HOME": "/dev/null/home"}),
    "a home in a file system of the kernel": World("DIARY_HOME", env={"DIARY_HOME": "/proc/diary"}),
    "a home without a name": World(env={"DIARY_HOME": "", "HOME": "{}"}, codes=(0, 2)),  # 2: nothing to read yet
    "a home with marks in its name": World(env={"DIARY_HOME": "{}/who? me & 100% #1"}, codes=(0, 2)),
    "a home whose name is no text": World("is no UTF-8 text", env={"DIARY_HOME": "{}/caf\udce9"}),
}
PLACES = {
    "an inbox that is a file": World(make=instead("inbox"), codes=(0,)),
    "an inbox that is a link to itself": World(make=loop("inbox"), codes=(0,)),
    "no inbox": World(make=lambda home: (home / "inbox").rmdir(), codes=(0,)),
    "an inbox that nobody can make": World(env={"DIARY_INBOX": "/proc/inbox"}, codes=(0,)),
    "an inbox at no known address": World(env={"DIARY_INBOX": "carrier-pigeon://loft"}, codes=(0,)),
    "an inbox that holds the home": World("lies in the inbox", env={"DIARY_INBOX": "{}"}),
    "an inbox that holds all": World("lies in the inbox", env={"DIARY_INBOX": "/"}),
    "an inbox among the audio": World("'audio' of the diary", env={"DIARY_INBOX": "{}/audio/new"}),
    "an inbox that holds the store": World(
        "lies in the inbox", env={"DIARY_INBOX": "{}/inbox", "DIARY_STORE": "{}/inbox/store"}
    ),
    "a store that is a file": World(make=instead("store"), env={"DIARY_STORE": "{}/store"}, codes=(0,)),
    "a store that nobody can make": World(env={"DIARY_STORE": "/proc/store"}, codes=(0,)),
    "a store at no known address": World("carrier-pigeon://loft", env={"DIARY_STORE": "carrier-pigeon://loft"}),
    "days that are a file": World(make=instead("days"), codes=(0,)),
    "audio that is a file": World(make=instead("audio"), codes=(0,)),
    "models that are a file": World(make=instead("models"), codes=(0,)),
    "odd files in the inbox": World(make=odd_files, codes=(0,)),
    "vocabulary that is a folder": World(make=folder("vocabulary.txt"), codes=(0,)),
    "vocabulary in Latin-1": World(make=instead("vocabulary.txt", "Zoë\n".encode("latin-1")), codes=(0,)),
    "a record of models that is none": World(make=instead("models.json"), codes=(0,)),
}
CATALOGS = {
    "a catalog that is text": World("move it away", instead("catalog.db")),
    "a catalog of zeros": World("catalog.db", instead("catalog.db", bytes(8192)), codes=(0, 1)),
    "an empty catalog": World(make=instead("catalog.db", b""), codes=(0,)),
    "a damaged catalog": World("move it away", damaged),
    "a catalog that is a folder": World("check that it is a file", folder("catalog.db")),
    "a catalog that is a link to itself": World("catalog.db", loop("catalog.db")),
    "a catalog of another program": World("another program", of_another_program),
    "a catalog that is a browser's": World("not made by diary-pipeline", of_a_browser),
    "a catalog of a later version": World("newer version", version("9999")),
    "a catalog of no version": World("Set DIARY_CATALOG", version("")),
    "a catalog that is no address": World("Write one like", env={"DIARY_CATALOG": "my diary"}),
    "a catalog in another kind of database": World("Write one like", env={"DIARY_CATALOG": "mysql://u:p@host/diary"}),
    "a catalog with a driver that is not there": World(
        "Write one like", env={"DIARY_CATALOG": "postgresql+asyncpg://u:p@host/diary"}
    ),
    "a catalog in memory": World("Write one like", env={"DIARY_CATALOG": "sqlite://"}),
    "a catalog at a port that is none": World("Write one like", env={"DIARY_CATALOG": "postgresql://host:x/diary"}),
    "a catalog that nobody serves": World(
        "check DIARY_CATALOG and that it runs", env={"DIARY_CATALOG": "postgres://u:secret@127.0.0.1:9/diary"}
    ),
    "a catalog in a folder that nobody can make": World(
        "Set DIARY_CATALOG", env={"DIARY_CATALOG": "sqlite:////proc/x/catalog.db"}
    ),
}
WORLDS: Mapping[str, World] = SETTINGS | VARIABLES | PLACES | CATALOGS
