"""The ledger: money is reserved before a call and settled after it, in the catalog, which all processes share.

A budget is checked and changed by one conditional update of its sum, in one transaction with the call's row. A call
whose process died keeps its whole reservation. Without a reservation nothing is sent: an unreachable catalog ends the
ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, func, insert, select, tuple_, update

from diary_pipeline.catalog import Database
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.catalog.tables import llm_spending as spending
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.net.failures import Usage

UsageSource = Literal["reported", "assumed", "none"]
DEAD_AFTER_MS = 3_600_000  # no live call lasts for an hour: its process died


@dataclass(frozen=True)
class LedgerEntry:
    """A call, or a decision not to call, as it is known beforehand."""

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
class Settlement:
    """How a call ended, and its cost in billionths.

    *source*: the usage was reported, assumed (the whole reservation), or there is none.

    Of an answer that was judged: *score* is the share of it that is accepted, *omitted* the share of the spoken words
    that it omits.
    """

    outcome: str
    reason: str = ""
    usage: Usage | None = None
    source: UsageSource = "none"
    cost: int = 0
    latency: float | None = None
    score: float | None = None
    omitted: float | None = None


class OverBudgetError(Exception):
    """A budget does not allow the call; its scope is the message.

    `left` is what the budget has left, `held` what calls under way hold of it: some of that will be released.
    """

    def __init__(self, scope: str, left: int = 0, held: int = 0) -> None:
        super().__init__(scope)
        self.left, self.held = left, held


class Ledger:
    """Reserves, settles and records. Synchronous: the router calls it from one thread of its own."""

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
        """Like `reserve`, on an open connection; when it raises, the caller rolls back."""
        self._sweep(connection)
        today = _today(connection)
        for scope, name, limit in self._budgets.scopes(entry.run_id, entry.author, today):
            if amount and not self._add(connection, scope, name, amount, limit):
                held = self._held(connection, scope, entry, today)
                spent = self._spent(connection, scope, name)
                raise OverBudgetError(scope, limit - spent, held)
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

    def settle(self, reservation: Reservation, settlement: Settlement) -> bool:
        """Close a call with its cost, and release the rest of the reservation. False when it was closed before."""
        with self.database.writing() as connection:
            return self.settle_on(connection, reservation.id, settlement)

    def settle_on(self, connection: Connection, call: int, settlement: Settlement) -> bool:
        """Like `settle`, on an open connection."""
        row = (
            connection.execute(select(calls).where(calls.c.id == call, calls.c.outcome.is_(None)).with_for_update())
            .mappings()
            .first()
        )
        if row is None:
            return False
        connection.execute(
            update(calls).where(calls.c.id == call).values(**_settlement_columns(settlement), settled=settlement.cost)
        )
        if difference := settlement.cost - row["reserved"]:
            for scope, name, _ in self._budgets.scopes(row["run_id"], row["author"], row["spent_on"]):
                self._add(connection, scope, name, difference, None)
        return True

    def record(self, entries: Sequence[tuple[LedgerEntry, Settlement]]) -> None:
        """Record decisions that cost nothing: routes that were not asked, and answers from the cache."""
        with self.database.writing() as connection:
            self.record_on(connection, entries)

    def record_on(self, connection: Connection, entries: Sequence[tuple[LedgerEntry, Settlement]]) -> None:
        """Like `record`, on an open connection."""
        for entry, settlement in entries:
            row = {
                **vars(entry),
                **_settlement_columns(settlement),
                "reserved": 0,
                "settled": 0,
                "started_at": now_ms(),
            }
            connection.execute(insert(calls).values(**row))

    def spent(self) -> dict[tuple[str, str], int]:
        """The sums that budgets limit, in billionths, by (scope, name)."""
        with self.database.reading() as connection:
            return {(row.scope, row.name): row.spent for row in connection.execute(select(spending))}

    def left(self, author: str, run_id: str | None) -> dict[str, int]:
        """What is left of each budget that a call now would count against, in billionths, by scope."""
        with self.database.reading() as connection:
            scopes = self._budgets.scopes(run_id, author, _today(connection))
            names = tuple_(spending.c.scope, spending.c.name).in_([(scope, name) for scope, name, _ in scopes])
            query = select(spending.c.scope, spending.c.spent).where(names)
            spent = {row.scope: row.spent for row in connection.execute(query)}
        return {scope: limit - spent.get(scope, 0) for scope, _, limit in scopes}

    def latencies(self, route: str, limit: int = 100) -> list[float]:
        """Seconds that the route's latest good answers took."""
        good = and_(calls.c.route == route, calls.c.outcome.in_(("ok", "rejected")), calls.c.latency_ms.is_not(None))
        query = select(calls.c.latency_ms).where(good).order_by(calls.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [row.latency_ms / 1000 for row in connection.execute(query)]

    def usages(self, route: str, limit: int = 100) -> list[Usage]:
        """The tokens that the route's latest answers took, the newest first."""
        c = calls.c
        good = and_(c.route == route, c.outcome.in_(("ok", "rejected", "answered")), c.usage == "reported")
        query = select(c.input_tokens, c.output_tokens).where(good).order_by(c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [Usage(row.input_tokens, row.output_tokens) for row in connection.execute(query)]

    def cut_off(self, route: str, limit: int = 50) -> bool:
        """Whether one of the route's latest answers was cut off."""
        c = calls.c
        latest = select(c.outcome).where(c.route == route, c.outcome.is_not(None)).order_by(c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return "truncated" in connection.execute(latest).scalars().all()

    def account_block(self, provider: str, account: str, seconds: float) -> str | None:
        """The outcome of the account's latest call of the last *seconds*, if a person must act on it (auth, quota)."""
        mine = calls.c.route.startswith(f"{provider}/", autoescape=True)
        query = select(calls.c.outcome, calls.c.reason, calls.c.finished_at).where(
            mine, calls.c.reserved > 0, calls.c.outcome.is_not(None)
        )
        with self.database.reading() as connection:
            row = connection.execute(query.order_by(calls.c.id.desc()).limit(1)).first()
            now = connection.execute(select(now_ms())).scalar_one()
        if row is None or now - row.finished_at >= seconds * 1000:
            return None
        blocked = row.outcome in ("auth", "quota") and (row.reason or "").endswith(f" {account}")
        return str(row.outcome) if blocked else None

    def recent_outcomes(self, provider: str, seconds: float, limit: int = 20) -> list[str]:
        """The outcomes of the provider's live calls of the last *seconds*, oldest first."""
        c = calls.c
        live = and_(
            c.route.startswith(f"{provider}/", autoescape=True),
            c.kind.not_in(("batch", "cache")),
            c.outcome != "skipped",
        )
        query = (
            select(c.outcome)
            .where(live, c.outcome.is_not(None), c.finished_at > now_ms() - round(seconds * 1000))
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

    def _spent(self, connection: Connection, scope: str, name: str) -> int:
        one = and_(spending.c.scope == scope, spending.c.name == name)
        return int(connection.execute(select(spending.c.spent).where(one)).scalar() or 0)

    def _held(self, connection: Connection, scope: str, entry: LedgerEntry, today: date) -> int:
        """What calls under way hold of a budget; not batches, which take hours."""
        c = calls.c
        live = and_(c.outcome.is_(None), c.batch.is_(None), c.started_at > now_ms() - DEAD_AFTER_MS)
        same = {
            "run": c.run_id == entry.run_id if entry.run_id else and_(c.run_id.is_(None), c.spent_on == today),
            "day": c.spent_on == today,
            "month": c.spent_on >= today.replace(day=1),
            "author": and_(c.author == entry.author, c.spent_on >= today.replace(day=1)),
        }[scope]
        return int(connection.execute(select(func.coalesce(func.sum(c.reserved), 0)).where(live, same)).scalar_one())

    def _sweep(self, connection: Connection) -> None:
        """Close, once per process, calls whose process died; their reservations stay spent: they may be billed."""
        if self._swept:
            return
        self._swept = True
        late = and_(calls.c.outcome.is_(None), calls.c.batch.is_(None), calls.c.started_at < now_ms() - DEAD_AFTER_MS)
        closed = {"outcome": "died", "usage": "assumed", "settled": calls.c.reserved, "finished_at": now_ms()}
        connection.execute(update(calls).where(late).values(**closed))


def _settlement_columns(settlement: Settlement) -> dict[str, Any]:
    usage = settlement.usage
    return {
        "outcome": settlement.outcome,
        "reason": settlement.reason[:200] or None,
        "usage": settlement.source,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cached_tokens": usage.cached_tokens if usage else None,
        "score": settlement.score,
        "omitted": settlement.omitted,
        "latency_ms": None if settlement.latency is None else round(settlement.latency * 1000),
        "finished_at": now_ms(),
    }


def _today(connection: Connection) -> date:
    milliseconds = connection.execute(select(now_ms())).scalar_one()
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()
