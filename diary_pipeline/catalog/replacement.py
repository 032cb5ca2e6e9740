"""Put a new SQLite catalog in the place of an old one, which is kept beside it under another name.

The new one gets its name when it is complete: whoever is killed in between leaves the old one in its place.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from diary_pipeline.catalog.database import Database
from diary_pipeline.errors import UserError

_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True)
class Replacement:
    """The address at which the new catalog is to be made, and where the old one will be kept (None: there is none)."""

    url: str
    kept: Path | None


@contextmanager
def replacing(url: str, timeout_seconds: float) -> Iterator[Replacement]:
    """Make the catalog at the address that this yields; without an exception it replaces the one at *url*.

    Raises:
        UserError: the catalog is not SQLite's, or somebody works with it.
    """
    database = Database(url, timeout_seconds)
    database.close()
    if not database.is_sqlite or not database.url.database:
        raise UserError(
            "--force keeps the old catalog as a file, which only SQLite has. Make a new database, set DIARY_CATALOG to "
            "it, then run `diary rebuild`."
        )
    old = Path(database.url.database)
    new = old.with_name(f"{old.name}.new")
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    kept = old.with_name(f"{old.name}.before-{stamp}") if old.exists() else None
    _refuse_used(old)
    _remove(new)
    try:
        yield Replacement(f"sqlite:///{new}", kept)
        if kept is not None:
            _keep(old, kept)
        new.replace(old)
    finally:
        _remove(new)


def _refuse_used(file: Path) -> None:
    """Raise `UserError` where a worker holds a claim; what cannot be read is nobody's."""
    if not file.exists():
        return
    with contextlib.suppress(sqlite3.DatabaseError), contextlib.closing(sqlite3.connect(file)) as connection:
        query = "SELECT count(*) FROM attempts WHERE outcome IS NULL AND lease_until >= ?"
        (live,) = connection.execute(query, [datetime.now(UTC).timestamp() * 1000]).fetchone()
        if live:
            raise UserError(
                f"The catalog is in use: {live} claims are open. Stop Dagster and every `diary process`, wait until "
                "DIARY_LEASE_SECONDS have passed, then try again."
            )


def _keep(old: Path, kept: Path) -> None:
    """Give the old catalog a second name, with what SQLite has not moved into it yet."""
    with contextlib.suppress(sqlite3.DatabaseError), contextlib.closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(old, kept)
    except OSError:  # exFAT and some network shares have no hard links
        shutil.copy2(old, kept)
    for ending in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{old}{ending}").replace(f"{kept}{ending}")


def _remove(file: Path) -> None:
    for ending in ("", *_BESIDE, ".migration", ".documents"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
