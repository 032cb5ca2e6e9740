"""What has never been done: the question that a sensor asks every few seconds, answered in SQL.

Work that is done but stale (another model, another prompt) is not here: redoing it is a person's decision, by backfill
or command. Once it was submitted to a batch, it is here again when the batch has ended. What a person has corrected is
found by `views.corrections`: settings and files of names are no rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select

from diary_pipeline.catalog.attempts import Attempts, provider_unavailable
from diary_pipeline.catalog.database import Database, now_ms
from diary_pipeline.catalog.known_states import is_open
from diary_pipeline.catalog.lost import waits_for_remake
from diary_pipeline.catalog.tables import attempts, llm_batches, llm_calls, recordings

REST_MS = 300_000  # what failed for the world's sake is left alone for so long
WEEK_MS = 7 * 86_400_000  # an answer that was not collected for so long is left to a person; this also bounds the query


class Queue:
    """Reads what waits."""

    def __init__(self, database: Database, of: Attempts) -> None:
        self._database, self._attempts = database, of

    def new_work(self, basis: str | None = None) -> dict[date, list[tuple[str, int]]]:
        """By day: what was never done, as (recording's id or page, how often it was tried).

        Days without such work are left out. *basis*: under which recordings of which all is done are known.
        """
        found: dict[date, list[tuple[str, int]]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(_unwritten(basis).union_all(_answered_again(), _unpaged(basis))):
                found[row.day].append((row.id, row.tries))
        for author, day in self._attempts.stale_pages(None):
            found[day].append((f"{author}/{day}", 0))
        return {day: sorted(found[day]) for day in sorted(found)}

    def days_with_provider_unavailable(self) -> list[date]:
        """Days with a note for which no provider could be used when it was last asked for."""
        r = recordings.c
        with self._database.reading() as connection:
            return list(
                connection.execute(
                    select(r.day).where(_takes_part(), _provider_unavailable()).distinct().order_by(r.day)
                ).scalars()
            )

    def rested(self, names: Sequence[str]) -> dict[str, int]:
        """Those of the recordings with these ids that did not fail a moment ago, with how often each was tried."""
        r, found = recordings.c, dict[str, int]()
        with self._database.reading() as connection:
            for start in range(0, len(names), 500):
                some = and_(_takes_part(), r.id.in_(names[start : start + 500]), ~_failed_a_moment_ago(r.id))
                found |= {
                    row.id: row.tries
                    for row in connection.execute(select(r.id, _tries(r.id).label("tries")).where(some))
                }
        return found

    def answered(self) -> set[str]:
        """The recordings for which a batch has ended since their note was settled."""
        with self._database.reading() as connection:
            return {str(name) for name in connection.execute(_answered()).scalars()}

    def priorities(self, days: Sequence[date]) -> dict[date, int]:
        """The highest priority of each of these days."""
        r = recordings.c
        query = select(r.day, func.max(r.priority)).where(_takes_part(), r.day.in_(days)).group_by(r.day)
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def arrived(self) -> dict[date, datetime]:
        """By day, when the newest of its recordings arrived for which no note was ever written."""
        r, a = recordings.c, attempts.alias().c
        written = exists().where(a.subject == r.id, a.stage == "write", a.outcome == "ok")
        query = select(r.day, func.max(r.registered_at)).where(_takes_part(), ~written).group_by(r.day)
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def batches_at_providers(self) -> bool:
        """Whether a provider may still have diary text of a batch."""
        there = llm_batches.c.state.in_(("submitting", "submitted", "cancelling", "abandoned"))
        with self._database.reading() as connection:
            return connection.execute(select(llm_batches.c.id).where(there)).first() is not None


def _takes_part() -> ColumnElement[bool]:
    r = recordings.c
    return and_(
        r.day.is_not(None),
        r.quarantine.is_(None),
        r.duplicate_of.is_(None),
        r.hold.is_(None),
        r.superseded_by.is_(None),
    )


def _page() -> ColumnElement[str]:
    return recordings.c.author + "/" + cast(recordings.c.day, String)


def _tries(subject: ColumnElement[str]) -> ColumnElement[int]:
    return select(func.count()).where(attempts.c.subject == subject).scalar_subquery()


def _resting(subject: ColumnElement[str]) -> ColumnElement[bool]:
    a = attempts.alias().c
    failed = exists().where(a.subject == subject, a.outcome == "failed")
    return or_(failed, _failed_a_moment_ago(subject))


def _failed_a_moment_ago(subject: ColumnElement[str]) -> ColumnElement[bool]:
    a = attempts.alias().c
    return exists().where(a.subject == subject, a.outcome.in_(("error", "fault")), a.finished_at > now_ms() - REST_MS)


def _unwritten(basis: str | None) -> Select[tuple[date, str, int]]:
    r, a = recordings.c, attempts.alias().c
    written = exists().where(a.subject == r.id, a.stage == "write", a.outcome == "ok")
    new = and_(is_open(basis), or_(~written, waits_for_remake(r.id)), r.id.not_in(_answered()))
    return _ready(new)


def _answered_again() -> Select[tuple[date, str, int]]:
    return _ready(recordings.c.id.in_(_answered()))


def _ready(these: ColumnElement[bool]) -> Select[tuple[date, str, int]]:
    r = recordings.c
    return select(r.day, r.id, _tries(r.id).label("tries")).where(
        _takes_part(), these, ~_resting(r.id), ~_provider_unavailable()
    )


def _provider_unavailable() -> ColumnElement[bool]:
    """The last that is known of its note: no provider could be used. The night asks again."""
    a, later = attempts.alias().c, attempts.alias().c
    since = exists().where(
        later.subject == a.subject, later.stage == "write", later.outcome.is_not(None), later.id > a.id
    )
    return exists().where(a.subject == recordings.c.id, a.stage == "write", provider_unavailable(a), ~since)


def _answered() -> Select[tuple[str | None]]:
    """Recordings for which a batch ended, well or not, after their note was written last."""
    c, b, w = llm_calls.alias().c, llm_batches.alias().c, attempts.alias().c
    lately = select(b.id).where(b.finished_at > now_ms() - WEEK_MS)
    since = exists().where(
        w.subject == c.recording, w.stage == "write", w.outcome.in_(("ok", "failed")), w.finished_at >= c.finished_at
    )
    known = c.recording.is_not(None)  # else NOT IN says nothing
    return select(c.recording).where(c.batch.in_(lately), known, c.outcome.is_not(None), ~since)


def _unpaged(basis: str | None) -> Select[tuple[date, str, int]]:
    r, w, p = recordings.c, attempts.alias().c, attempts.alias().c
    composed = exists().where(
        p.subject == _page(), p.stage == "compose", p.outcome == "ok", p.finished_at >= w.finished_at
    )
    newly_written = exists().where(
        w.subject == r.id, w.stage == "write", w.outcome.in_(("ok", "interim")), w.document.is_not(None), ~composed
    )
    columns = (r.day, _page().label("id"), _tries(_page()).label("tries"))
    return select(*columns).where(is_open(basis), _takes_part(), newly_written, ~_resting(_page())).distinct()
