"""One process at a time over one catalog, for what is done outside its transactions."""

import fcntl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from diary_pipeline.catalog.database import Database

_PAUSE_SECONDS = 0.05


@contextmanager
def exclusively(database: Database, what: str, wait_seconds: float) -> Iterator[bool]:
    """Whether the caller alone does *what* as long as the context lasts; False where another was at it for too long.

    The end of a process ends its turn, however it dies.
    """
    with (
        _sqlite(database, what, wait_seconds)
        if database.is_sqlite
        else _postgresql(database, what, wait_seconds) as mine
    ):
        yield mine


@contextmanager
def _sqlite(database: Database, what: str, wait_seconds: float) -> Iterator[bool]:
    until = time.monotonic() + wait_seconds
    with Path(f"{database.url.database}.{what}").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
                time.sleep(_PAUSE_SECONDS)
            else:
                yield True
                return


@contextmanager
def _postgresql(database: Database, what: str, wait_seconds: float) -> Iterator[bool]:
    key, until = zlib.crc32(f"diary {what}".encode()), time.monotonic() + wait_seconds
    with database.reading() as connection:
        while not (mine := bool(connection.execute(select(func.pg_try_advisory_xact_lock(key))).scalar())):
            if time.monotonic() >= until:
                break
            time.sleep(_PAUSE_SECONDS)
        yield mine
