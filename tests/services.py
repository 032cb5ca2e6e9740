"""Real servers for the tests: PostgreSQL from the system's binaries, an emulator of Google Cloud Storage, a browser.

They are started, awaited and stopped here, each on a free loopback port for as long as the test session lasts.
Does not belong here: what the diary does with them.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.waiting import until

START_SECONDS = 60.0  # a machine with two busy cores needs five
STOP_SECONDS = 30.0


class Need:
    """What to do when this machine lacks something: skip by name, or fail where `DIARY_REQUIRE` names it."""

    def __init__(self) -> None:
        self.required = set(filter(None, os.environ.get("DIARY_REQUIRE", "").split(",")))

    def missing(self, thing: str, why: str) -> NoReturn:
        """End the test that needs *thing*."""
        if thing in self.required:
            pytest.fail(f"{thing} is required here (DIARY_REQUIRE) and missing: {why}", pytrace=False)
        pytest.skip(f"needs {thing}: {why}")


@pytest.fixture(scope="session")
def need() -> Need:
    """Says what a missing thing means: a skip by name, or a failure."""
    return Need()


@pytest.fixture(scope="session")
def slow() -> None:
    """Request this to be left out by `make test-fast`, directly or through another fixture.

    Fixtures that start a server or load a model request it; a test that does so by itself is marked `slow`.
    """


@pytest.fixture(scope="session")
def chromium(need: Need, slow: None) -> str:
    """Path of a browser of Chromium's family."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or need.missing(
        "chromium", "no chromium, chromium-browser or google-chrome on the PATH; as root: apt-get install chromium"
    )


@pytest.fixture(scope="session")
def postgres_server(need: Need, slow: None) -> Iterator[str]:
    """A PostgreSQL server without durability; gives `user@host:port`."""
    folder = postgres_binaries()
    if folder is None:
        need.missing(
            "postgresql", "no initdb on the PATH or in /usr/lib/postgresql; as root: apt-get install postgresql"
        )
    with postgres(folder) as server:
        yield server


@contextlib.contextmanager
def postgres(binaries: Path) -> Iterator[str]:
    """A PostgreSQL server without durability, from these *binaries*; gives `user@host:port`."""
    port = free_port()
    with _folder_of_the_server() as (data, identity):
        initdb: list[Any] = [
            binaries / "initdb",
            "-D",
            data / "data",
            "-U",
            "diary",
            "--auth=trust",
            "--no-sync",
            "--no-instructions",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        made = subprocess.run(initdb, cwd=data, capture_output=True, text=True, check=False, **identity)
        assert made.returncode == 0, f"initdb failed: {made.stderr}"
        options = (
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=32MB",
            "max_connections=200",
        )
        command = [binaries / "postgres", "-D", data / "data", "-h", "127.0.0.1", "-p", str(port), "-k", data]
        command += [word for option in options for word in ("-c", option)]
        with running(command, port, log=data / "log", stop=signal.SIGINT, cwd=data, **identity):
            ready: list[Any] = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            until(lambda: subprocess.run(ready, check=False).returncode == 0, 30)  # it listens before it lets anyone in
            yield f"diary@127.0.0.1:{port}"


@pytest.fixture
def new_postgres_database(postgres_server: str) -> Callable[[], str]:
    """Makes a database that nobody has used and gives its SQLAlchemy URL, as often as it is called."""
    return lambda: new_database(postgres_server)


def new_database(server: str) -> str:
    """Make a database that nobody has used on a PostgreSQL *server*; its SQLAlchemy URL."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(f"postgresql+psycopg2://{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return f"postgresql+psycopg2://{server}/{name}"


@pytest.fixture
def postgres_url(new_postgres_database: Callable[[], str]) -> str:
    """SQLAlchemy URL of a database of this test's own."""
    return new_postgres_database()


@pytest.fixture(scope="session")
def small_language_model(need: Need, slow: None) -> Path:
    """The folder with a llama.cpp server and the small model that `tests.llama_server` starts."""
    folder = Path(__file__).resolve().parent.parent / ".venv" / ".llm"
    if not (folder / "xllamacpp").is_dir():
        need.missing("llm", "no llama.cpp server and model in .venv/.llm; make llm installs them")
    return folder


@pytest.fixture(scope="session")
def gcs_server(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulator of Google Cloud Storage that keeps everything in memory; gives its address."""
    with gcs(tmp_path_factory.mktemp("gcs")) as server:
        yield server


@contextlib.contextmanager
def gcs(folder: Path) -> Iterator[str]:
    """An emulator of Google Cloud Storage, which logs into *folder*; gives its address."""
    port = free_port()
    command: list[Any] = [sys.executable, "-m", "gcp_storage_emulator", "start", "-M", "-q"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with running(command, port, log=folder / "log", stop=signal.SIGTERM, cwd=folder):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def gcs_bucket(gcs_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh bucket as `gs://NAME`; this process and its children reach the emulator as they would reach the cloud."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_server)
    return new_bucket(gcs_server)


def new_bucket(server: str) -> str:
    """Make a bucket that nobody has used; its URL."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    request = urllib.request.Request(
        f"{server}/storage/v1/b?project=test",
        data=json.dumps({"name": name}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
    return f"gs://{name}"


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: list[Any], port: int, *, log: Path, stop: signal.Signals, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, from when *port* accepts connections until it has ended; *how* goes to `subprocess.Popen`."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **how)
    try:
        _wait_for(process, port, log)
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = process.wait(timeout=0.05)
            raise AssertionError(
                f"{process.args!r} ended with {status} before it listened: {log.read_text(errors='replace')[-2000:]}"
            )
        if time.monotonic() > deadline:
            raise AssertionError(
                f"{process.args!r} did not listen within {START_SECONDS:g} s: {log.read_text(errors='replace')[-2000:]}"
            )


def postgres_binaries() -> Path | None:
    """The folder with initdb and postgres; Debian keeps it off the PATH, a folder per version."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextlib.contextmanager
def _folder_of_the_server() -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder for the data, and its owner: PostgreSQL refuses to run as root, and pytest's folders are private."""
    with tempfile.TemporaryDirectory(prefix="diary-pg-") as name:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            users = {user.pw_name: user for user in pwd.getpwall()}
            user = users.get("postgres") or users["nobody"]
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
            os.chown(name, user.pw_uid, user.pw_gid)
        yield Path(name), identity
