"""What each stage has made of each subject: the newest result, what failed, and which document is in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, exists, literal_column, select, update

from diary_pipeline.catalog.attempts import documents
from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.history import SETTLED
from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.schema import Stage


@dataclass(frozen=True)
class StageResult:
    """One successful attempt. `token` is its row's id; `inputs` None: it is of a version that did not keep them.

    `error`: why no model wrote it.
    """

    token: int
    fingerprint: str
    inputs: str | None
    document: str | None
    run_id: str | None = None
    error: str | None = None


@dataclass
class Made:
    """What was made of one subject: its newest result; by fingerprint, what failed, and the documents.

    `lost`: a document was made after the newest result, and cannot be read any more. `last` is the newest attempt that
    settled it (0: none), `last_run` that attempt's run.
    """

    newest: StageResult | None = None
    failed: set[str] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    last: int = 0
    last_run: str | None = None


NOT_MADE = Made()


class Results:
    """Reads what attempts made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, stage: Stage, names: Sequence[str]) -> Mapping[str, Made]:
        """What was made of each of *names*; those of which nothing was made, and nothing failed, are left out."""
        with self._database.reading() as connection:
            return made_of(connection, stage, names)

    def documents(self, stage: Stage, names: Sequence[str]) -> dict[str, str]:
        """The document in use of each of *names*; see `documents_in_use`."""
        with self._database.reading() as connection:
            return documents_in_use(connection, stage, names)

    def document(self, stage: Stage, name: str) -> str | None:
        """The document in use of one subject."""
        return self.documents(stage, [name]).get(name)

    def without_inputs(self, stage: Stage) -> dict[str, StageResult]:
        """By subject, the newest results whose inputs are not known: they are of a version that did not keep them."""
        c = table.c
        later = table.alias().c
        ok: ColumnElement[str] = literal_column("'ok'")  # as the index has it
        since = exists().where(later.subject == c.subject, later.stage == stage, later.outcome == ok, later.id > c.id)
        without = and_(c.outcome == ok, c.inputs.is_(None), c.stage == stage)
        query = select(c.subject, c.id, c.fingerprint, c.document).where(without, ~since)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {row.subject: StageResult(row.id, row.fingerprint, None, row.document) for row in rows}

    def unwritten(self) -> list[str]:
        """The recordings whose newest note no model wrote, with a reason that is kept."""
        c, later = table.c, table.alias().c
        write: ColumnElement[str] = literal_column("'write'")  # as the index has it
        ok: ColumnElement[str] = literal_column("'ok'")
        since = exists().where(later.subject == c.subject, later.stage == write, later.outcome == ok, later.id > c.id)
        reasoned = and_(c.stage == write, c.outcome == ok, c.error.is_not(None))
        with self._database.reading() as connection:
            return sorted(connection.execute(select(c.subject).where(reasoned, ~since)).scalars())

    def adopt(self, inputs: Mapping[int, str]) -> None:
        """Set the inputs of results that have none, by token."""
        with self._database.writing() as connection:
            for token, value in inputs.items():
                mine = and_(table.c.id == token, table.c.inputs.is_(None))
                connection.execute(update(table).where(mine).values(inputs=value))


def made_of(connection: Connection, stage: Stage, names: Sequence[str]) -> dict[str, Made]:
    """Like `Results.of`, on a connection that is open already."""
    c, found = table.c, dict[str, Made]()
    columns = (c.id, c.subject, c.fingerprint, c.inputs, c.document, c.outcome, c.run_id, c.error)
    for start in range(0, len(names), 500):
        some = and_(c.stage == stage, c.subject.in_(names[start : start + 500]), c.outcome.in_((*SETTLED, "lost")))
        for row in connection.execute(select(*columns).where(some).order_by(c.id)):
            made = found.setdefault(row.subject, Made())
            made.lost = row.outcome == "lost" or (made.lost and row.outcome == "failed")
            if row.outcome == "lost":
                continue
            made.last, made.last_run = row.id, row.run_id
            if row.outcome == "failed":
                made.failed.add(row.fingerprint)
                continue
            made.newest = StageResult(row.id, row.fingerprint, row.inputs, row.document, row.run_id, row.error)
            if row.document:
                made.documents[row.fingerprint] = row.document
    return found


def documents_in_use(connection: Connection, stage: Stage, names: Sequence[str]) -> dict[str, str]:
    """The one document of each subject that stages, pages and views use: its newest result, else a placeholder."""
    newest = {name: made.newest for name, made in made_of(connection, stage, names).items() if made.newest}
    found = {name: result.document for name, result in newest.items() if result.document}
    rest = [name for name in names if name not in found]
    placeholders = {name: path for (name, _), path in documents(connection, stage, rest, "interim").items() if path}
    return placeholders | found
