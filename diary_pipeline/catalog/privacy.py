"""Why bytes are private. Evidence belongs to the bytes: whoever brings them again, under any name, they stay private.

Evidence is only added, and only tightens. A person alone may loosen, for one recording; what is found later tightens it
again. A catalog made before there was evidence has it in the recordings' own classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.pages import outdate, page_subject
from diary_pipeline.catalog.tables import attempts, recordings
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.catalog.tables import privacy_evidence as table
from diary_pipeline.schema import Privacy

Row = Mapping[str, Any]
MARK_LETTERS = 12
"""Letters of a transcript's hash in its place beside a recording."""
TEXTS = ("vtt", "srt", "txt", "json")
"""What stands for the codec of a memo without audio."""
Source = Literal["folder", "sidecar", "spoken", "person", "earlier", "home"]
"""Where evidence comes from:

- folder: a path with a folder named `private`;
- sidecar: a sidecar of the file;
- spoken: the memo opens with a private phrase;
- person: `diary privacy`; the only source that may say standard;
- earlier: the recording was local_only when evidence began to be kept;
- home: no evidence, but the note that no document of the recording is left outside the home.
"""


@dataclass(frozen=True)
class PrivateBytes:
    """Bytes that are local_only, and by which source."""

    sha256: str
    source: Source


class PrivacyClasses:
    """Reads and sets classes and their evidence, in transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def explain(self, recording: str) -> list[dict[str, Any]]:
        """All evidence about a recording's bytes, oldest first: class, source, recording, moment."""
        with self._database.reading() as connection:
            sha256 = connection.execute(select(recordings.c.sha256).where(recordings.c.id == recording)).scalar()
            rows = _memo(connection, sha256).evidence if sha256 else ()
        names = ("recording", "privacy", "source")
        return [{name: row[name] for name in names} | {"found_at": row["found_at"].isoformat()} for row in rows]

    def now(self, recording: str) -> Privacy:
        """The recording's class at this moment; of one that is not known, the stricter one."""
        with self._database.reading() as connection:
            return current(connection, recording)

    def once_spoken(self, recording: str, sha256: str, *, private: bool) -> Privacy:
        """The recording's class once it is known whether it opens privately.

        A phrase that was found in these bytes before is no news: a person may have loosened the recording since.
        """
        known = select(table.c.id).where(table.c.sha256 == sha256, table.c.source == "spoken")
        with self._database.reading() as connection:
            if private and not connection.execute(known).first():
                return "local_only"
            return current(connection, recording)

    def decide(self, recording: str, privacy: Privacy, sha256: str | None) -> list[str]:
        """A person's word: this recording is standard, or everything with its bytes is local_only.

        Returns the recordings whose class changed.
        """
        with self._database.writing() as connection:
            if privacy == "standard":
                return loosen(connection, recording)
            row = connection.execute(select(recordings).where(recordings.c.id == recording)).mappings().one()
            mine = [] if row["privacy"] == "local_only" else [recording]
            _set(connection, [dict(row)], "local_only")
            if sha256 is None:
                return mine
            record(connection, sha256, "local_only", "person", recording)
            return mine + tighten(connection, sha256)

    def outside(self) -> list[str]:
        """The recordings that are local_only and may have documents outside the home."""
        loosened = table.alias().c
        since = exists().where(
            loosened.recording == table.c.recording,
            loosened.source == "person",
            loosened.privacy == "standard",
            loosened.id > table.c.id,
        )
        home = exists().where(table.c.recording == recordings.c.id, table.c.source == "home", ~since)
        private = (recordings.c.privacy == "local_only", recordings.c.audio.is_not(None))
        query = select(recordings.c.id).where(*private, ~home).order_by(recordings.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def came_home(self, recording: str) -> bool:
        """Record that no document of the recording is outside the home; False while somebody works on it.

        Whoever claimed it before its class was tightened may still write outside, also one who collects the answers of
        a batch; the next claim sees the class.
        """
        c = recordings.c
        with self._database.writing() as connection:
            row = connection.execute(select(c.author, c.day, c.sha256).where(c.id == recording)).one()
            subjects = (recording, page_subject(row.author, row.day))
            claims = and_(attempts.c.subject.in_(subjects), attempts.c.outcome.is_(None))
            batches = and_(calls.c.recording == recording, calls.c.batch.is_not(None), calls.c.outcome.is_(None))
            busy = select(attempts.c.id).where(claims).union_all(select(calls.c.id).where(batches))
            if connection.execute(busy).first():
                return False
            _add(connection, row.sha256, "local_only", "home", recording)
            return True


def current(connection: Connection, identity: str) -> Privacy:
    """The recording's class as it is in the open transaction; of one that is not known, the stricter one."""
    found = connection.execute(select(recordings.c.privacy).where(recordings.c.id == identity)).scalar()
    return "standard" if found == "standard" else "local_only"


def record(connection: Connection, sha256: str, privacy: Privacy, source: Source, recording: str | None = None) -> None:
    """Add evidence about these bytes; nothing where it is known and nobody has loosened anything since."""
    memo = _memo(connection, sha256)
    for identity in memo.earlier():
        _add(connection, sha256, "local_only", "earlier", identity)
    if source == "person" or not memo.knows(sha256, privacy, source, recording):
        _add(connection, sha256, privacy, source, recording)


def class_of(connection: Connection, sha256: str, recording: str | None = None) -> Privacy:
    """The class of these bytes: the tightest of all evidence. For a *recording*, from a person's loosening of it on."""
    return _memo(connection, sha256).class_of(recording)


def tighten(connection: Connection, sha256: str) -> list[str]:
    """Give every recording of these bytes its class, which may become tighter; returns those that became private.

    To be called whenever evidence was recorded, a recording got its bytes, or one version superseded another.
    """
    memo = _memo(connection, sha256)
    rows = [r for r in memo.recordings if r["privacy"] == "standard" and memo.class_of(r["id"]) == "local_only"]
    _set(connection, rows, "local_only")
    return [row["id"] for row in rows]


def loosen(connection: Connection, recording: str) -> list[str]:
    """A person's word that this one recording is standard, against all evidence so far; its id if it was private."""
    row = dict(connection.execute(select(recordings).where(recordings.c.id == recording)).mappings().one())
    if row["privacy"] == "standard":
        return []
    record(connection, row["sha256"], "standard", "person", recording)
    _set(connection, [row], "standard")
    return [recording]


@dataclass(frozen=True)
class _Memo:
    """All recordings that have the same bytes, or are newer or older versions of those; and all evidence about them."""

    recordings: Sequence[Row]
    evidence: Sequence[Row]

    def class_of(self, recording: str | None) -> Privacy:
        loosened = max(
            (row["id"] for row in self.evidence if _loosens(row) and row["recording"] == recording), default=0
        )
        private = (row["privacy"] == "local_only" and row["id"] > loosened for row in self.evidence if _counts(row))
        return "local_only" if any(private) or self.earlier() else "standard"

    def earlier(self) -> list[str]:
        """The recordings that were private before evidence began to be kept."""
        if any(map(_counts, self.evidence)):
            return []
        return [row["id"] for row in self.recordings if row["privacy"] == "local_only"]

    def knows(self, sha256: str, privacy: Privacy, source: Source, recording: str | None) -> bool:
        """Whether this evidence is no news: known since a person last loosened anything; what is spoken, for good."""
        loosened = max((row["id"] for row in self.evidence if _loosens(row)), default=0)
        same = [row for row in self.evidence if (row["sha256"], row["source"]) == (sha256, source)]
        if source == "spoken":
            return bool(same)
        return any(r["id"] > loosened and (r["recording"], r["privacy"]) == (recording, privacy) for r in same)


def _memo(connection: Connection, sha256: str) -> _Memo:
    """A transcript that came beside a recording ties it to the recordings that are the same text alone."""
    c, hashes, marks = recordings.c, {sha256}, set[str]()
    rows = _rows(connection, c.sha256 == sha256)
    while True:
        hashes |= {row["sha256"] for row in rows.values() if row["sha256"]}
        marks |= {mark for row in rows.values() if (mark := _mark(row))}
        texts = hashes - {row["sha256"] for row in rows.values() if row["codec"] not in (None, *TEXTS)}
        newer = {row["superseded_by"] for row in rows.values()} - {None}
        beside = [c.transcript.like(f"%.transcript-{text[:MARK_LETTERS]}.%") for text in sorted(texts)]
        linked = (c.sha256.in_(hashes), c.superseded_by.in_(rows), c.id.in_(newer), *_begin_with(c.sha256, marks))
        found = _rows(connection, or_(*linked, *beside))
        if len(found) == len(rows):
            break
        rows = found
    about = or_(table.c.sha256.in_(hashes), *_begin_with(table.c.sha256, marks))
    evidence = connection.execute(select(table).where(about).order_by(table.c.id)).mappings()
    return _Memo(list(rows.values()), [dict(row) for row in evidence])


def _rows(connection: Connection, which: ColumnElement[bool]) -> dict[str, Row]:
    c = recordings.c
    columns = (c.id, c.author, c.day, c.privacy, c.sha256, c.superseded_by, c.transcript, c.codec)
    return {row["id"]: dict(row) for row in connection.execute(select(*columns).where(which)).mappings()}


def _mark(row: Row) -> str:
    """The first letters of the hash of the transcript that came beside the recording, as its place has them."""
    return str(row["transcript"] or "").rpartition("/")[2].partition(".transcript-")[2].partition(".")[0]


def _begin_with(column: ColumnElement[Any], marks: set[str]) -> list[ColumnElement[bool]]:
    return [column.between(mark, f"{mark}g") for mark in sorted(marks)]  # by the index: g comes after all digits


def _counts(row: Row) -> bool:
    return bool(row["source"] != "home")


def _loosens(row: Row) -> bool:
    return (row["source"], row["privacy"]) == ("person", "standard")


def _set(connection: Connection, rows: Sequence[Row], privacy: Privacy) -> None:
    for row in rows:
        connection.execute(update(recordings).where(recordings.c.id == row["id"]).values(privacy=privacy))
    outdate(connection, {page_subject(row["author"], row["day"]) for row in rows})


def _add(connection: Connection, sha256: str, privacy: Privacy, source: Source, recording: str | None) -> None:
    values = {"sha256": sha256, "privacy": privacy, "source": source, "recording": recording}
    connection.execute(insert(table).values(**values, found_at=datetime.now(UTC)))
