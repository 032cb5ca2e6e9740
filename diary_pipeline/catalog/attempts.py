"""Attempts, which are also the claims: who works on what, until when, and how it ended.

A claim is a row without an outcome. A partial unique index allows one such row for each stage and subject. The lease is
judged by the database's clock. The row's id is the fencing token: a worker that was declared dead finds its row closed
and commits nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, literal_column, select, update

from diary_pipeline.catalog.claims import Claim, Outcome, ProviderUnavailable, Subject, UnderWay
from diary_pipeline.catalog.database import Database, now_ms
from diary_pipeline.catalog.history import SETTLED, History, histories
from diary_pipeline.catalog.lost import is_lost, mark_lost
from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.schema import Stage

LEASE_RAN_OUT = "The process that worked on it died or lost its claim. It is tried again, alone."
RUN_DIED = "The run that worked on it died. It is tried again, alone."
_CLOSED = {"finished_at": now_ms(), "progress": None, "done_by": None}


class Attempts:
    """Claims work and records how it ended."""

    def __init__(self, database: Database, lease_seconds: float) -> None:
        self._database, self._lease = database, int(lease_seconds * 1000)

    def claim(
        self, stage: Stage, subjects: Sequence[Subject], worker: str, run_id: str | None, limit: int
    ) -> list[Claim]:
        """Claim up to *limit* of *subjects* that nobody holds, nobody finished and that have not failed for good.

        A suspect (see `history`) comes last and alone, in a claim of its own.
        """
        claims: list[Claim] = []
        with self._database.writing() as connection:
            self._expire(connection)
            past = histories(connection, stage, subjects)
            known = [(s, past.get((s.name, s.fingerprint), History())) for s in subjects]
            for subject, history in sorted(known, key=lambda pair: pair[1].suspect):
                if len(claims) >= limit or (claims and history.suspect):
                    break
                if history.settled or (token := self._insert(connection, stage, subject, worker, run_id)) is None:
                    continue
                claims.append(Claim(token, stage, subject, suspect=history.suspect))
                if history.suspect:
                    break
        return claims

    def history(self, claim: Claim) -> History:
        """What was tried before with the subject of *claim*."""
        with self._database.reading() as connection:
            past = histories(connection, claim.stage, [claim.subject])
        return past.get((claim.subject.name, claim.subject.fingerprint), History())

    def renew(self, worker: str) -> int:
        """Prolong all claims that *worker* still holds; returns how many."""
        mine = and_(table.c.worker == worker, table.c.outcome.is_(None))
        with self._database.writing() as connection:
            return connection.execute(update(table).where(mine).values(lease_until=now_ms() + self._lease)).rowcount

    def record_progress(self, claim: Claim, share: float, seconds_left: float | None) -> None:
        """Write down how far *claim* is; nothing, when it is closed."""
        mine = and_(table.c.id == claim.token, table.c.outcome.is_(None))
        done_by = None if seconds_left is None else now_ms() + int(seconds_left * 1000)
        with self._database.writing() as connection:
            connection.execute(update(table).where(mine).values(progress=share, done_by=done_by))

    def under_way(self) -> list[UnderWay]:
        """Long work that is being done at this moment; a claim whose lease ran out is nobody's."""
        c = table.c
        live = and_(c.outcome.is_(None), c.lease_until >= now_ms(), c.progress.is_not(None))
        query = select(c.subject, c.stage, c.progress, (c.done_by - now_ms()).label("left")).where(live).order_by(c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            UnderWay(r.subject, r.stage, r.progress, None if r.left is None else max(0, r.left) / 1000) for r in rows
        ]

    def finish(
        self,
        claim: Claim,
        outcome: Outcome,
        *,
        document: str | None = None,
        error: str | None = None,
        also: Callable[[Connection], bool] | None = None,
    ) -> bool:
        """Close *claim* with its outcome, together with what *also* does in the same transaction.

        Returns False, changing nothing, when the claim was lost (another worker took it over) or *also* returns False.
        """
        with self._database.writing() as connection:
            mine = and_(table.c.id == claim.token, table.c.outcome.is_(None))
            values = {"outcome": outcome, "document": document, "error": error, **_CLOSED}
            if connection.execute(update(table).where(mine).values(**values)).rowcount != 1:
                return False
            if also is not None and not also(connection):
                connection.rollback()
                return False
            return True

    def release(self, worker: str) -> int:
        """Give back all claims that *worker* still holds, unfinished; returns how many."""
        return self._close(table.c.worker == worker, "released", None)

    def release_run(self, run_id: str, only: Collection[str] | None = None, *, died: bool = True) -> int:
        """Let others take over at once what a run still holds, or what it holds of *only* these subjects.

        Returns how many claims there were. With *died* its subjects become suspects; a cancelled run leaves none.
        """
        mine = table.c.run_id == run_id
        if only is not None:
            mine = and_(mine, table.c.subject.in_(list(only)))
        return self._close(mine, *(("died", RUN_DIED) if died else ("released", None)))

    def forget_failures(self) -> int:
        """Let everything that failed be tried again; suspects stay suspects. Returns how many were forgotten."""
        with self._database.writing() as connection:
            over = table.c.outcome.in_(("failed", "crashed", "error", "fault"))
            forgotten = connection.execute(update(table).where(over).values(outcome="retried")).rowcount
            return (
                forgotten
                + connection.execute(update(table).where(provider_unavailable(table.c)).values(error=None)).rowcount
            )

    def of(self, subjects: Iterable[str] | None = None) -> list[Mapping[str, Any]]:
        """All attempts, oldest first, or those on *subjects*."""
        query = select(table).order_by(table.c.id)
        names = None if subjects is None else sorted(subjects)
        parts = (
            [query]
            if names is None
            else [query.where(table.c.subject.in_(names[i : i + 500])) for i in range(0, len(names), 500)]
        )
        with self._database.reading() as connection:
            return [dict(row) for part in parts for row in connection.execute(part).mappings()]

    def finished(self, stage: Stage, names: Sequence[str]) -> set[tuple[str, str]]:
        """Which of *names* have an attempt that settles them (ok or failed), as (name, fingerprint)."""
        c, found = table.c, set[tuple[str, str]]()
        with self._database.reading() as connection:
            for start in range(0, len(names), 500):
                some = and_(
                    c.stage == stage, c.subject.in_(names[start : start + 500]), c.outcome.in_(("ok", "failed"))
                )
                found |= {
                    (row.subject, row.fingerprint)
                    for row in connection.execute(select(c.subject, c.fingerprint).where(some))
                }
        return found

    def succeeded(self, stage: Stage, names: Sequence[str]) -> dict[tuple[str, str], str | None]:
        """The documents of *names*' successful attempts, by (name, fingerprint)."""
        with self._database.reading() as connection:
            return documents(connection, stage, names)

    def provider_unavailable(self, stage: Stage, subjects: Sequence[Subject]) -> dict[str, ProviderUnavailable]:
        """For which of *subjects*, by name, no provider could be used; attempts with other inputs do not count."""
        c, found = table.c, dict[str, ProviderUnavailable]()
        inputs = {subject.name: subject.inputs for subject in subjects}
        names = list(inputs)
        with self._database.reading() as connection:
            for start in range(0, len(names), 500):
                some = and_(c.stage == stage, c.subject.in_(names[start : start + 500]), c.outcome.is_not(None))
                query = select(c.subject, c.inputs, c.outcome, c.error).where(some).order_by(c.id)
                for row in connection.execute(query):
                    if row.inputs in (None, inputs[row.subject]):
                        before = found.get(row.subject, ProviderUnavailable((), newest=False)).reasons
                        unmet = row.outcome == "interim" and row.error is not None
                        reasons = (*before, row.error) if unmet else before
                        found[row.subject] = ProviderUnavailable(reasons, newest=unmet)
        return {name: unavailable for name, unavailable in found.items() if unavailable.reasons}

    def mark_lost(self, stage: Stage, name: str, document: str, why: str) -> bool:
        """Count what made *document* as not done, so that it is made again; False where that was known before."""
        with self._database.writing() as connection:
            return mark_lost(connection, stage, name, document, why)

    def perhaps_suspect(self, stage: Stage) -> set[str]:
        """The subjects over which a process ever died at this stage; `history` says whether they are suspects now."""
        deaths = and_(table.c.stage == stage, table.c.outcome.in_(("died", "crashed")))
        with self._database.reading() as connection:
            return set(connection.execute(select(table.c.subject).where(deaths).distinct()).scalars())

    def is_lost(self, claim: Claim) -> bool:
        """Whether the document that *claim* makes was there before and is lost."""
        with self._database.reading() as connection:
            return is_lost(connection, claim.stage, claim.subject.name, claim.subject.fingerprint)

    def stale_pages(self, days: Sequence[date] | None) -> list[tuple[str, date]]:
        """(author, day) of the pages whose newest composition is stale."""
        c, later = table.c, table.alias().c
        since = exists().where(later.subject == c.subject, later.stage == "compose", later.id > c.id)
        is_stale = and_(c.outcome == literal_column("'stale'"), c.stage == "compose")  # as the index has it
        query = select(c.subject).where(is_stale, ~since)
        with self._database.reading() as connection:
            names = [row.subject.rpartition("/") for row in connection.execute(query)]
        pages = [(author, date.fromisoformat(day)) for author, _, day in names]
        return [page for page in pages if days is None or page[1] in days]

    def _close(self, whose: ColumnElement[bool], outcome: Outcome, error: str | None) -> int:
        closed = update(table).where(whose, table.c.outcome.is_(None)).values(outcome=outcome, error=error, **_CLOSED)
        with self._database.writing() as connection:
            return connection.execute(closed).rowcount

    def _expire(self, connection: Connection) -> None:
        late = and_(table.c.outcome.is_(None), table.c.lease_until < now_ms())
        connection.execute(update(table).where(late).values(outcome="died", error=LEASE_RAN_OUT, **_CLOSED))

    def _insert(
        self, connection: Connection, stage: Stage, subject: Subject, worker: str, run_id: str | None
    ) -> int | None:
        row = {
            "subject": subject.name,
            "stage": stage,
            "fingerprint": subject.fingerprint,
            "inputs": subject.inputs,
            "run_id": run_id,
            "worker": worker,
        }
        times = {"lease_until": now_ms() + self._lease, "started_at": now_ms()}
        new = self._database.insert(table).values(**row, **times).on_conflict_do_nothing()
        token: int | None = connection.execute(new.returning(table.c.id)).scalar()
        if token is None:
            return None
        # The holder before may have finished between our look and our insert: look again, now that nobody else can.
        c = table.c
        since = c.fingerprint == subject.fingerprint if subject.since is None else c.id > subject.since
        done = and_(c.stage == stage, c.subject == subject.name, since, c.outcome.in_(SETTLED))
        if connection.execute(select(c.id).where(done)).first():
            connection.execute(delete(table).where(c.id == token))
            return None
        return token


def documents(
    connection: Connection, stage: Stage, names: Sequence[str], outcome: Outcome | Literal["lost"] = "ok"
) -> dict[tuple[str, str], str | None]:
    """The documents of *names*' attempts with this outcome, by (name, fingerprint), oldest first."""
    c, found = table.c, dict[tuple[str, str], str | None]()
    for start in range(0, len(names), 500):
        some = and_(c.stage == stage, c.subject.in_(names[start : start + 500]), c.outcome == outcome)
        some = and_(some, c.document.is_not(None)) if outcome == "interim" else some
        query = select(c.subject, c.fingerprint, c.document).where(some).order_by(c.id)
        found |= {(row.subject, row.fingerprint): row.document for row in connection.execute(query)}
    return found


def provider_unavailable(columns: Any) -> ColumnElement[bool]:
    """Of a table of attempts: those for which no provider could be used."""
    return and_(columns.outcome == "interim", columns.error.is_not(None))
