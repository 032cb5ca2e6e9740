"""A wired diary: settings, catalog, store, and what makes the engine, the writer and the router."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from diary_pipeline.catalog import Catalog
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import Wanted
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.suspects import SuspectChild
from diary_pipeline.work import Work, no_op

if TYPE_CHECKING:
    from diary_pipeline.llm import Router
    from diary_pipeline.media import MediaReader
    from diary_pipeline.notes.note_writer import NoteWriter
    from diary_pipeline.transcribe.engine import Engine


@dataclass(frozen=True)
class Diary:
    """A wired diary, built by `bootstrap.open_diary`: what every function of this module works on.

    The engine and the writer are made when they are first needed. `on_heartbeat` is called regularly while a stage
    works; it releases what the process does not use. `reopen` opens the same diary in a child process, after
    `free_memory` in this one. As a context manager, a diary closes what it opened.
    """

    settings: Settings
    catalog: Catalog
    store: Store
    fingerprints: Fingerprints
    new_engine: "Callable[[], Engine]"
    new_writer: "Callable[[], NoteWriter]"
    new_router: "Callable[[], Router | None]"
    new_reader: "Callable[[], MediaReader]"
    close_router: Callable[[bool], object]
    run_id: str | None = None
    on_heartbeat: Callable[[], object] = no_op
    reopen: "Callable[[], Diary] | None" = None
    free_memory: Callable[[], object] = no_op

    @property
    def engine(self) -> "Engine":
        """The speech engine."""
        return self.new_engine()

    @property
    def writer(self) -> "NoteWriter":
        """The writer of notes."""
        return self.new_writer()

    @property
    def router(self) -> "Router | None":
        """The router that notes are asked from; None where no model is configured."""
        return self.new_router()

    def of_run(self, run_id: str) -> "Diary":
        """The same diary, working in the name of a run, so that the run's claims can be released if it dies."""
        return replace(self, run_id=run_id)

    def work(self, wanted: Wanted = "pending", only: Collection[str] | None = None, **options: Any) -> Work:
        """The part of the diary that stages need for a run that does what is *wanted*, with *only* these recordings.

        *options* are those of a child that does a stage's work.
        """
        return Work(
            self.settings,
            self.catalog,
            self.store,
            self.fingerprints,
            self.run_id,
            on_heartbeat=self.on_heartbeat,
            child=SuspectChild(self.reopen, {"run_id": self.run_id, **options}, self.free_memory),
            wanted=wanted,
            only=None if only is None else frozenset(only),
        )

    def close(self, *, wait: bool = True) -> None:
        """Close the router, after the calls of models on trial (without *wait*: cancel them), and the catalog."""
        try:
            self.close_router(wait)
        finally:
            self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Close; after an interrupt (Ctrl-C, SIGTERM as `SystemExit`) without waiting."""
        self.close(wait=error is None or isinstance(error, Exception))
