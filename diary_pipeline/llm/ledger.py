"""The ledger: money is reserved before a call and settled after it, in the catalog, so that every process sees the same sums.

A budget is one conditional update of a sum, in one transaction with the call's row: there is no moment between looking and spending. A call
that never came back keeps its whole reservation. What cannot be written is not spent: an unreachable catalog ends the ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, insert, select, update

from diary_pipeline.catalog import Database
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.catalog.tables import llm_spending as spending
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.net.failures import Usage

Known = Literal["reported", "assumed", "none"]
DEAD_AFTER_MS = 3_600_000  # no live call lasts for an hour: whoever made it died


@dataclass(frozen=True)
class LedgerEntry:
    """What is known of a call, or of a decision not to call, before it is made."""

    ask: str
    recording: str
    purpose: str
    author: str
    day: date | None
    run_id: str | None
    kind: str
    route: str
    prompt_sha256: str
    prompt: str | None = None


@dataclass(frozen=True)
class Reservation:
    """Money set aside for one call."""

    id: int
    amount: int


@dataclass(frozen=True)
class Spent:
    """How a call ended, and what it cost: the usage as reported, or assumed because nobody told, or none because it was refused.

    Of an answer that was judged: *score* is the share of it that stands, *omitted* the share of what was spoken that it
    left out.
    """

    outcome: str
    reason: str = ""
    usage: Usage | None = None
    known: Known = "none"
    cost: int = 0
    latency: float | None = None
    score: float | None = None
    omitted: float | None = None


class OverBudgetError(Exception):
    """A budget does not allow the call; its scope is the message."""


class Ledger:
    """Reserves, settles and remembers. Synchronous: the router calls it from one thread of its own."""

    def __init__(self, database: Database, budgets: Budgets) -> None:
        self.database, self._budgets = database, budgets
        self._swept = False

    def reserve(
        self, entry: LedgerEntry, amount: int, *, batch: int | None = None, item: str | None = None
    ) -> Reservation:
        """Set *amount* aside. Raises `OverBudgetError`, having changed nothing, when any budget would be passed."""
        with self.database.writing() as connection:
            return self.reserve_on(connection, entry, amount, batch=batch, item=item)

    def reserve_on(
        self,
        connection: Connection,
        entry: LedgerEntry,
        amount: int,
        *,
        batch: int | None = None,
        item: str | None = None,
    ) -> Reservation:
        """Like `reserve`, on a connection that is open already; what a refusal began is the caller's to roll back."""
        self._sweep(connection)
        today = _today(connection)
        for scope, name, limit in self._budgets.scopes(entry.run_id, entry.author, today):
            if amount and not self._add(connection, scope, name, amount, limit):
                raise OverBudgetError(scope)
        row = {
            **vars(entry),
            "reserved": amount,
            "spent_on": today,
            "batch": batch,
            "item": item,
            "started_at": now_ms(),
        }
        key = connection.execute(insert(calls).values(**row)).inserted_primary_key
        return Reservation(int(key[0]) if key else 0, amount)

    def settle(self, reservation: Reservation, spent: Spent) -> bool:
        """Close a call with what it cost, and give the rest back.

        False, changing nothing, when it was closed before.
        """
        with self.database.writing() as connection:
            return self.settle_on(connection, reservation.id, spent)

    def settle_on(self, connection: Connection, call: int, spent: Spent) -> bool:
        """Like `settle`, on a connection that is open already."""
        row = (
            connection.execute(select(calls).where(calls.c.id == call, calls.c.outcome.is_(None)).with_for_update())
            .mappings()
            .first()
        )
        if row is None:
            return False
        connection.execute(update(calls).where(calls.c.id == call).values(**_closed(spent), settled=spent.cost))
        if difference := spent.cost - row["reserved"]:
            for scope, name, _ in self._budgets.scopes(row["run_id"], row["author"], row["spent_on"]):
                self._add(connection, scope, name, difference, None)
        return True

    def note(self, entries: Sequence[tuple[LedgerEntry, Spent]]) -> None:
        """Record decisions that cost nothing: routes that were not asked, and answers from the cache."""
        with self.database.writing() as connection:
            self.note_on(connection, entries)

    def note_on(self, connection: Connection, entries: Sequence[tuple[LedgerEntry, Spent]]) -> None:
        """Like `note`, on a connection that is open already."""
        for entry, spent in entries:
            row = {**vars(entry), **_closed(spent), "reserved": 0, "settled": 0, "started_at": now_ms()}
            connection.execute(insert(calls).values(**row))

    def spent(self) -> dict[tuple[str, str], int]:
        """The sums that budgets are judged by, in billionths, by (scope, name)."""
        with self.database.reading() as connection:
            return {(row.scope, row.name): row.spent for row in connection.execute(select(spending))}

    def latencies(self, route: str, limit: int = 100) -> list[float]:
        """Seconds that the route's latest good answers took."""
        good = and_(calls.c.route == route, calls.c.outcome.in_(("ok", "rejected")), calls.c.latency_ms.is_not(None))
        query = select(calls.c.latency_ms).where(good).order_by(calls.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [row.latency_ms / 1000 for row in connection.execute(query)]

    def barred(self, provider: str, account: str, seconds: float) -> str | None:
        """Why the account's latest call says that a person must act (auth, quota), if it was so lately."""
        mine = calls.c.route.startswith(f"{provider}/", autoescape=True)
        query = select(calls.c.outcome, calls.c.reason, calls.c.finished_at).where(
            mine, calls.c.reserved > 0, calls.c.outcome.is_not(None)
        )
        with self.database.reading() as connection:
            row = connection.execute(query.order_by(calls.c.id.desc()).limit(1)).first()
            now = connection.execute(select(now_ms())).scalar_one()
        lately = row is not None and now - row.finished_at < seconds * 1000
        stuck = (
            row is not None
            and lately
            and row.outcome in ("auth", "quota")
            and (row.reason or "").endswith(f" {account}")
        )
        return str(row.outcome) if row is not None and stuck else None

    def lately(self, provider: str, seconds: float, limit: int = 20) -> list[str]:
        """How the provider's last live calls ended, oldest first, those of the last *seconds*."""
        c, known = calls.c, calls.c.outcome.is_not(None)
        live = and_(
            c.route.startswith(f"{provider}/", autoescape=True),
            c.kind.not_in(("batch", "cache")),
            c.outcome != "skipped",
        )
        query = (
            select(c.outcome)
            .where(live, known, c.finished_at > now_ms() - round(seconds * 1000))
            .order_by(c.id.desc())
            .limit(limit)
        )
        with self.database.reading() as connection:
            return [str(row.outcome) for row in connection.execute(query)][::-1]

    def rows(self, recording: str | None = None) -> list[Mapping[str, Any]]:
        """The ledger's rows, oldest first, or those of one recording."""
        query = select(calls).order_by(calls.c.id)
        with self.database.reading() as connection:
            found = connection.execute(query if recording is None else query.where(calls.c.recording == recording))
            return [dict(row) for row in found.mappings()]

    def _add(self, connection: Connection, scope: str, name: str, amount: int, limit: int | None) -> bool:
        """Add to a sum, unless it would pass its limit; the row's lock makes it safe between processes."""
        if limit is not None and amount > limit:
            return False
        new = self.database.insert(spending).values(scope=scope, name=name, spent=amount)
        fits = None if limit is None else spending.c.spent + amount <= limit
        change = new.on_conflict_do_update(
            index_elements=["scope", "name"], set_={"spent": spending.c.spent + amount}, where=fits
        )
        return connection.execute(change).rowcount == 1

    def _sweep(self, connection: Connection) -> None:
        """Close, once per process, calls whose caller died: they keep their reservation, because they may have been billed."""
        if self._swept:
            return
        self._swept = True
        late = and_(calls.c.outcome.is_(None), calls.c.batch.is_(None), calls.c.started_at < now_ms() - DEAD_AFTER_MS)
        closed = {"outcome": "died", "usage": "assumed", "settled": calls.c.reserved, "finished_at": now_ms()}
        connection.execute(update(calls).where(late).values(**closed))


def _closed(spent: Spent) -> dict[str, Any]:
    usage = spent.usage
    return {
        "outcome": spent.outcome,
        "reason": spent.reason[:200] or None,
        "usage": spent.known,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cached_tokens": usage.cached_tokens if usage else None,
        "score": spent.score,
        "omitted": spent.omitted,
        "latency_ms": None if spent.latency is None else round(spent.latency * 1000),
        "finished_at": now_ms(),
    }


def _today(connection: Connection) -> date:
    milliseconds = connection.execute(select(now_ms())).scalar_one()
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()
