"""Batches in the catalog: what was submitted, under which name, and which items are not settled.

A batch is written down before it is submitted, so that after a crash between the two it can be looked for at the
provider. States: submitting, submitted, cancelling; done (collected), failed (not submitted), lost (the provider has no
such batch), abandoned (it did not end in time), forgotten (abandoned, and deleted at the provider since).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, exists, insert, select, update

from diary_pipeline.catalog import Database
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_batches as batches
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.llm.provider import BatchHandle, Route

State = Literal["submitting", "submitted", "cancelling", "done", "failed", "lost", "abandoned", "forgotten"]
OPEN: tuple[State, ...] = ("submitting", "submitted", "cancelling")


@dataclass(frozen=True)
class BatchRow:
    """One batch.

    `late` is the seconds since its deadline (negative: before it), `age` the seconds since it was begun. `origin`: see
    `Provider.origin`; empty for batches of earlier versions.
    """

    id: int
    token: str
    route: str
    handle: BatchHandle | None
    state: State
    items: int
    started_at: float
    age: float
    late: float
    origin: Mapping[str, str]


@dataclass(frozen=True)
class WaitingItem:
    """One call of a batch that is not settled: its row in the ledger, its name at the provider, its recording."""

    call: int
    item: str
    recording: str
    reserved: int


@dataclass(frozen=True)
class BatchWait:
    """What a recording waits for: a batch on a route, and until when (aware)."""

    route: str
    until: datetime


class BatchRows:
    """Reads and writes batches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, token: str, route: Route, items: int, run_id: str | None, deadline: datetime) -> int:
        """Write down a batch that is about to be submitted; returns its number."""
        row = {"token": token, "route": route.name, "items": items, "run_id": run_id, "state": "submitting"}
        row["files"] = json.dumps({"files": [], "origin": dict(route.provider.origin)})
        with self._database.writing() as connection:
            moment = round(deadline.timestamp() * 1000)
            key = connection.execute(
                insert(batches).values(**row, deadline=moment, started_at=now_ms())
            ).inserted_primary_key
            return int(key[0]) if key else 0

    def mark(self, batch: int, state: State, handle: BatchHandle | None = None) -> None:
        """Set a batch's state, and the provider's name of it. A batch that is finished keeps its state."""
        values: dict[str, object] = {"state": state}
        if state not in OPEN:
            values["finished_at"] = now_ms()
        with self._database.writing() as connection:
            if handle is not None:
                kept = connection.execute(select(batches.c.files).where(batches.c.id == batch)).scalar()
                files = {"files": handle.files, "origin": _files(kept or "[]")[1]}
                values |= {"handle": handle.id, "files": json.dumps(files)}
            movable = batches.c.state.in_(("abandoned",) if state == "forgotten" else OPEN)
            connection.execute(update(batches).where(batches.c.id == batch, movable).values(**values))

    def open(self) -> list[BatchRow]:
        """The batches that are not finished, oldest first."""
        return self._rows(batches.c.state.in_(OPEN))

    def abandoned(self) -> list[BatchRow]:
        """The batches that were given up, and whose diary text is not deleted at the provider yet."""
        return self._rows(batches.c.state == "abandoned")

    def _rows(self, which: ColumnElement[bool]) -> list[BatchRow]:
        query = select(batches, now_ms().label("now")).where(which).order_by(batches.c.id)
        with self._database.reading() as connection:
            return [
                BatchRow(
                    row.id,
                    row.token,
                    row.route,
                    BatchHandle(row.handle, _files(row.files)[0]) if row.handle else None,
                    row.state,
                    row.items,
                    row.started_at / 1000,
                    (row.now - row.started_at) / 1000,
                    (row.now - row.deadline) / 1000,
                    _files(row.files)[1],
                )
                for row in connection.execute(query)
            ]

    def waits(self) -> dict[str, BatchWait]:
        """By recording, the batch that holds its unsettled item.

        What has become private meanwhile waits for none: the answer is not used.
        """
        private = exists().where(recordings.c.id == calls.c.recording, recordings.c.privacy != "standard")
        query = select(calls.c.recording, batches.c.route, batches.c.deadline).join(
            batches, batches.c.id == calls.c.batch
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.where(calls.c.outcome.is_(None), ~private).order_by(calls.c.id))
            return {
                row.recording: BatchWait(row.route, datetime.fromtimestamp(row.deadline / 1000, UTC)) for row in rows
            }

    def unsettled(self, batch: int) -> list[WaitingItem]:
        """The items of a batch that are not settled."""
        mine = and_(calls.c.batch == batch, calls.c.outcome.is_(None))
        query = select(calls.c.id, calls.c.item, calls.c.recording, calls.c.reserved).where(mine).order_by(calls.c.id)
        with self._database.reading() as connection:
            return [WaitingItem(row.id, row.item, row.recording, row.reserved) for row in connection.execute(query)]


def _files(kept: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """A batch's files at the provider and the provider's origin; earlier versions kept the files alone."""
    found = json.loads(kept)
    return (tuple(found["files"]), found["origin"]) if isinstance(found, dict) else (tuple(found), {})
