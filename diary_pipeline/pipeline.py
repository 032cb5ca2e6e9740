"""The table of contents: discover, ingest, transcribe, write notes, compose days; and all of them in a row.

Every face (CLI, library, Dagster, later the API) calls these functions and nothing below them. Each is safe to call
from any number of processes at once: work is claimed in the catalog, and done once. The stages are imported where they
are called, so that a command that only reads does not pay for speech and language.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from diary_pipeline.catalog import Catalog
from diary_pipeline.errors import UserError
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.observability.traces import span
from diary_pipeline.relocation import relocate
from diary_pipeline.schema import Mode, Privacy, Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.work import Fault, Report, Work, no_op

if TYPE_CHECKING:
    from diary_pipeline.llm import Router
    from diary_pipeline.media import MediaReader
    from diary_pipeline.notes.note_writer import NoteWriter
    from diary_pipeline.recordings.discover import Discovery
    from diary_pipeline.transcribe.engine import Engine

log = logging.getLogger("diary.pipeline")

SHORTEST_BATCH = timedelta(minutes=15)
"""With less time until the deadline, notes are written at once: most batches take minutes, few take less than ten."""

OnTranscribed = Callable[[str], None]


def no_progress(_: str) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class Diary:
    """A wired diary, built by `bootstrap.open_diary`: what every function of this module works on.

    The engine and the writer are made when they are first needed. `on_heartbeat` is called regularly while a stage
    works; it releases what the process does not use. As a context manager, a diary closes what it opened.
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

    def work(self) -> Work:
        """The part of the diary that stages need."""
        return Work(
            self.settings,
            self.catalog,
            self.store,
            self.fingerprints,
            self.run_id,
            on_heartbeat=self.on_heartbeat,
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


@dataclass
class Summary:
    """What a whole run did. `days` are those whose page was composed."""

    attempts: int = 0
    ingested: int = 0
    transcribed: int = 0
    written: int = 0
    days: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many recordings and pages ended with a fault."""
        return len({fault.subject for fault in self.faults})


def discover(diary: Diary, settled: Sequence[str] = ()) -> "Discovery":
    """Register what is new in the inbox. Cheap. The paths in *settled* are known to be complete."""
    from diary_pipeline.recordings.discover import discover as discover_stage

    with diary.new_reader() as reader:
        found = discover_stage(diary.settings, diary.catalog, reader, frozenset(settled))
    relocate(diary.catalog, diary.store)
    return found


def ingest(diary: Diary, days: Sequence[date] | None = None) -> Report:
    """Discover, then copy complete files into the store. Files that are still being written get one chance to settle.

    The report's faults also name what discovery refused.
    """
    from diary_pipeline.recordings.ingest import ingest as ingest_stage

    with _stage(diary, "ingest") as finished:
        found = discover(diary)
        if found.growing:
            time.sleep(diary.settings.settle_seconds)
            found.add(discover(diary))
        with diary.new_reader() as reader:
            report = ingest_stage(diary.work(), reader, days)
        report.faults += found.refused
        return finished(report)


def set_privacy(diary: Diary, recording: str, privacy: Privacy) -> list[str]:
    """Keep a recording and all copies of its bytes on this machine, or let this one recording leave it.

    Returns the ids of the recordings whose class changed.

    Raises:
        UserError: there is no such recording, or it cannot become standard before it was ingested.
    """
    from diary_pipeline.recordings.reclassify import reclassify

    found = diary.catalog.recordings.get([recording])
    if not found:
        raise UserError(f"There is no recording {recording!r}. `diary status --json` lists them with their ids.")
    changed = reclassify(diary.settings, diary.catalog, found[0], privacy)
    relocate(diary.catalog, diary.store)
    poll_batches(diary)
    return changed


def plan_transcription(diary: Diary, days: Sequence[date] | None = None) -> list[list[str]]:
    """Divide the ids of the recordings to be transcribed into even batches, for runs that work on several at once."""
    from diary_pipeline.transcribe.stage import plan

    return plan(diary.work(), days, diary.settings.batch_minutes * 60)


def transcribe(
    diary: Diary,
    days: Sequence[date] | None = None,
    progress: OnTranscribed = no_progress,
    only: Collection[str] | None = None,
) -> Report:
    """Transcribe the ingested recordings of all *days* together; with *only*, those with these ids.

    *progress* is called with the id of each recording that is done.
    """
    from diary_pipeline.recordings.staged import fetch_from_inbox
    from diary_pipeline.transcribe.stage import transcribe as transcribe_stage

    with _stage(diary, "transcribe") as finished:
        fetch_from_inbox(diary.work(), days)
        return finished(transcribe_stage(diary.work(), diary.engine, diary.new_reader, days, progress, only))


def learn_names(diary: Diary, days: Sequence[date] | None = None) -> int:
    """Remember the names that the authors of *days* corrected on their newest pages; returns how many.

    Notes can be written without them, so a page or a file that cannot be read is only logged.
    """
    from diary_pipeline.notes.learned_names import learn_names as learn_names_stage

    authors = sorted({r.author for r, _ in diary.catalog.recordings.all(days)}) if diary.settings.learn_names else []
    try:
        return learn_names_stage(diary.work(), authors)
    except Exception as error:  # noqa: BLE001 - its message could quote the diary
        log.warning("names could not be learned", extra={"ctx": {"error": type(error).__name__}})
        return 0


def write_notes(diary: Diary, days: Sequence[date] | None = None, mode: Mode = "interactive") -> Report:
    """Turn transcripts into notes. With *mode* nightly the cheapest way, through providers' batches where possible.

    Results of earlier batches are used first. A note that waits for a batch is left alone; its page has a placeholder
    note in the speaker's own words.
    """
    from diary_pipeline.notes.write_stage import write_notes as write_notes_stage

    learn_names(diary, days)
    poll_batches(diary)
    until = next_batch_deadline(diary.settings) if mode == "nightly" and diary.settings.llm.batches else None
    worth_it = until is not None and until - datetime.now(UTC) > SHORTEST_BATCH
    with _stage(diary, "write") as finished:
        return finished(write_notes_stage(diary.work(), diary.writer, days, mode, until if worth_it else None))


def poll_batches(diary: Diary) -> int:
    """Poll the open batches of notes once; returns how many are still running. `write_notes` uses what has ended."""
    if diary.router is None or not (diary.router.routes or diary.catalog.queue.batches_at_providers()):
        return 0
    from diary_pipeline.llm.batch_rows import OPEN

    return sum(progress.state in OPEN for progress in diary.router.batches.poll())


def next_batch_deadline(settings: Settings) -> datetime:
    """The next moment at which notes that wait for a batch are written at once."""
    now, due = datetime.now(ZoneInfo(settings.timezone)), settings.llm.batch_deadline
    moment = now.replace(hour=due.hour, minute=due.minute, second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)


def compose_days(diary: Diary, days: Sequence[date] | None = None) -> Report:
    """Compose the pages of *days* from their notes."""
    from diary_pipeline.notes.pages import compose_pages

    with _stage(diary, "compose") as finished:
        return finished(compose_pages(diary.work(), days))


def process(
    diary: Diary,
    days: Sequence[date] | None = None,
    progress: OnTranscribed = no_progress,
    mode: Mode = "interactive",
) -> Summary:
    """Everything that is pending, from the inbox to the pages. *mode*: see `write_notes`."""
    ingested, transcribed = ingest(diary, days), transcribe(diary, days, progress)
    written, composed = write_notes(diary, days, mode), compose_days(diary, days)
    reports = [ingested, transcribed, written, composed]
    return Summary(
        attempts=sum(report.attempts for report in reports),
        ingested=len(ingested.done),
        transcribed=len(transcribed.done),
        written=len(written.done),
        days=sorted(composed.done),
        faults=[fault for report in reports for fault in report.faults],
    )


def release_run(diary: Diary, run_id: str, only: Collection[str] | None = None) -> int:
    """Release the claims of a dead run, or *only* those on these recordings; returns how many there were."""
    return diary.catalog.attempts.release_run(run_id, only)


def retry(diary: Diary) -> int:
    """Forget failures, so that the next run retries them; returns how many attempts were forgotten."""
    diary.catalog.recordings.forget_quarantine()
    return diary.catalog.attempts.forget_failures()


@contextmanager
def _stage(diary: Diary, stage: Stage) -> Iterator[Callable[[Report], Report]]:
    """A stage's span. The function that it yields puts the counts of the stage's report into the span and the log.

    Before and after it, what became private is brought home.
    """
    relocate(diary.catalog, diary.store)
    with span("diary.stage", {"diary.stage": stage, "diary.run": diary.run_id}) as active:

        def finished(report: Report) -> Report:
            relocate(diary.catalog, diary.store)
            counts = {"attempts": report.attempts, "done": len(report.done), "faults": len(report.faults)}
            seconds = {"audio_seconds": round(report.audio_seconds, 1), "seconds": round(report.seconds, 2)}
            log.info("stage finished", extra={"ctx": {"stage": stage} | counts | seconds})
            active.add(
                {f"diary.{name}": count for name, count in counts.items()}
                | {"diary.audio.seconds": seconds["audio_seconds"]}
            )
            return report

        yield finished
