"""Facts in SQL: which recordings there are, what was tried with them, and who holds which work right now.

Facts are appended and marked, hardly ever changed; documents (transcripts, notes, pages) live in the store. SQLite by
default, PostgreSQL by URL; both pass the same tests. All SQL about recordings and attempts is in this package: a stage
that has to write in the transaction that closes its claim gets the open `Connection` and passes it to functions of this
package.
"""

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError as ConflictError

from diary_pipeline.catalog.attempts import Attempts
from diary_pipeline.catalog.claims import Claim, Outcome, Subject
from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.derived import DayStamps
from diary_pipeline.catalog.documents import Documents
from diary_pipeline.catalog.finished import Finished, ReadMark
from diary_pipeline.catalog.known_states import KnownStates
from diary_pipeline.catalog.privacy import PrivacyClasses
from diary_pipeline.catalog.queue import Queue
from diary_pipeline.catalog.recordings import Arrival, Recordings
from diary_pipeline.catalog.results import Results
from diary_pipeline.catalog.search import SharedIndex
from diary_pipeline.catalog.unmended import Unmended


class Catalog:
    """The parts of the catalog over one `database`: facts, `results` of attempts, the `queue`, and `documents`.

    `known_states` remembers of which recordings all is done; `days` says what changed since a view was made;
    `shared_index` is None where all of the search index is in the home.
    """

    def __init__(self, database: Database, lease_seconds: float) -> None:
        self.database = database
        self.recordings = Recordings(database)
        self.privacy = PrivacyClasses(database)
        self.attempts = Attempts(database, lease_seconds)
        self.results = Results(database)
        self.known_states = KnownStates(database)
        self.queue = Queue(database, self.attempts)
        self.documents = Documents(database)
        self.days = DayStamps(database)
        self.shared_index = None if database.is_sqlite else SharedIndex(database)
        self.unmended = Unmended(database)
        self.finished = Finished(database)

    @classmethod
    def open(cls, url: str, *, timeout_seconds: float, lease_seconds: float, threads: int = 1) -> "Catalog":
        """Connect to *url*, for so many *threads* at once, and bring its tables up to date.

        Raises:
            UserError: it is no address of a catalog, or the catalog is of a newer version.
            TransientError: it cannot be reached or used.
        """
        database = Database(url, timeout_seconds, threads)
        database.migrate()
        return cls(database, lease_seconds)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


__all__ = [
    "Arrival",
    "Attempts",
    "Catalog",
    "Claim",
    "ConflictError",
    "Connection",
    "Database",
    "Outcome",
    "ReadMark",
    "Recordings",
    "Results",
    "Subject",
]
