"""Pages as subjects of work: under which name one is claimed, and which compositions of it no longer count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, literal_column, select, update

from diary_pipeline.catalog.claims import Claim
from diary_pipeline.catalog.tables import attempts as table


def page_subject(author: str, day: date | None) -> str:
    """The name under which a page is worked on."""
    return f"{author}/{day}"


@dataclass(frozen=True)
class Composition:
    """The newest composition of a page; *finished_at* in milliseconds since 1970."""

    subject: str
    author: str
    day: date
    fingerprint: str
    finished_at: int


def compositions(connection: Connection, days: Collection[date] | None) -> list[Composition]:
    """The composition that counts of each page of *days* (all days: None)."""
    c = table.c
    made = and_(c.stage == literal_column("'compose'"), c.outcome == literal_column("'ok'"))  # as the index has it
    rows = connection.execute(select(c.subject, c.fingerprint, c.finished_at).where(made)).all()
    found, wanted = list[Composition](), None if days is None else {day.isoformat() for day in days}
    for subject, fingerprint, finished_at in rows:
        author, _, day = subject.rpartition("/")
        if wanted is None or day in wanted:
            found.append(Composition(subject, author, date.fromisoformat(day), fingerprint, finished_at or 0))
    return found


def supersede_page(connection: Connection, claim: Claim, fingerprint: str) -> None:
    """Mark earlier compositions of the page that *claim* holds as stale, and set the claim's *fingerprint*.

    The fingerprint is that of what is really on the page. Only the newest composition counts: a return to earlier notes
    must compose again.
    """
    c = table.c
    earlier = (c.stage == "compose", c.subject == claim.subject.name, c.outcome == "ok", c.id != claim.token)
    connection.execute(update(table).where(*earlier).values(outcome="stale"))
    connection.execute(update(table).where(c.id == claim.token).values(fingerprint=fingerprint))


def outdate(connection: Connection, pages: Iterable[str]) -> None:
    """Mark these pages as stale, so that they are composed again."""
    made = and_(table.c.stage == "compose", table.c.subject.in_(list(pages)), table.c.outcome == "ok")
    connection.execute(update(table).where(made).values(outcome="stale"))


def outdate_composition(connection: Connection, page: str, fingerprints: Iterable[str]) -> None:
    """The same for one page, if it was last composed with one of *fingerprints*."""
    made = and_(table.c.stage == "compose", table.c.subject == page, table.c.outcome == "ok")
    mine = table.c.fingerprint.in_(list(fingerprints))
    connection.execute(update(table).where(made, mine).values(outcome="stale"))


def is_held(connection: Connection, claim: Claim) -> bool:
    """Whether *claim* still gives the right to write its page."""
    mine = and_(table.c.id == claim.token, table.c.outcome.is_(None))
    return connection.execute(select(table.c.id).where(mine)).first() is not None
