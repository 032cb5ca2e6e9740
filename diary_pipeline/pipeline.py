"""The table of contents: discover, ingest, transcribe, write notes, compose days; and all of them in a row.

Every face (CLI, Dagster, later the API) calls these functions and nothing below them. Each is safe to call from any number of
processes at once: work is claimed in the catalog, and done once.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from diary_pipeline.catalog import Catalog
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.llm.batch_rows import OPEN
from diary_pipeline.llm.request import Mode
from diary_pipeline.media import MediaReader
from diary_pipeline.notes.learnt import learn_names as learn_names_stage
from diary_pipeline.notes.note_writer import NoteWriter
from diary_pipeline.notes.pages import compose_pages
from diary_pipeline.notes.write_stage import write_notes as write_notes_stage
from diary_pipeline.observability.traces import span
from diary_pipeline.recordings.discover import Discovery
from diary_pipeline.recordings.discover import discover as discover_stage
from diary_pipeline.recordings.ingest import ingest as ingest_stage
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.transcribe.engine import Engine
from diary_pipeline.transcribe.stage import plan
from diary_pipeline.transcribe.stage import transcribe as transcribe_stage
from diary_pipeline.work import Fault, Report, Work, no_op

log = logging.getLogger("diary.pipeline")

SHORTEST_BATCH = timedelta(minutes=15)
"""With less time until the deadline, notes are written at once: most batches take minutes, few take less than ten."""

OnTranscribed = Callable[[str], None]


def no_progress(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Diary:
    """A diary, wired: what every function of this module works on. Built by `bootstrap.open_diary`.

    `each_beat` is called every now and then while a stage works; it gives back what the process does not use.
    """

    settings: Settings
    catalog: Catalog
    store: Store
    engine: Engine
    writer: NoteWriter
    fingerprints: Fingerprints
    new_reader: Callable[[], MediaReader]
    run_id: str | None = None
    each_beat: Callable[[], object] = no_op

    def of_run(self, run_id: str) -> "Diary":
        """The same diary, working in the name of a run, so that the run's claims can be released if it dies."""
        return replace(self, run_id=run_id)

    def work(self) -> Work:
        """The part of the diary that stages need."""
        return Work(self.settings, self.catalog, self.store, self.fingerprints, self.run_id, each_beat=self.each_beat)

    def close(self) -> None:
        """Give connections back."""
        if self.writer.router is not None:
            self.writer.router.close()
        self.catalog.close()


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


def discover(diary: Diary, settled: Sequence[str] = ()) -> Discovery:
    """Look into the inbox and register what is new; cheap, and safe to call as often as you like.

    *settled* need not wait.
    """
    with diary.new_reader() as reader:
        return discover_stage(diary.settings, diary.catalog, reader, frozenset(settled))


def ingest(diary: Diary, days: Sequence[date] | None = None) -> Report:
    """Look into the inbox and take what is whole into the store.

    Files that are still being written get one chance to settle.

    The report's faults name also what was refused before it could be taken.
    """
    with _stage(diary, "ingest") as told:
        found = discover(diary)
        if found.growing:
            time.sleep(diary.settings.settle_seconds)
            found.add(discover(diary))
        with diary.new_reader() as reader:
            report = ingest_stage(diary.work(), reader, days)
        report.faults += found.refused
        return told(report)


def plan_transcription(diary: Diary, days: Sequence[date] | None = None) -> list[list[str]]:
    """Divide the recordings that are to be transcribed among even batches, by id; for runs that work on several at once."""
    return plan(diary.work(), days, diary.settings.batch_minutes * 60)


def transcribe(
    diary: Diary,
    days: Sequence[date] | None = None,
    progress: OnTranscribed = no_progress,
    only: Collection[str] | None = None,
) -> Report:
    """Turn ingested recordings into transcripts, those of all *days* together; of these, *only* the ones named."""
    with _stage(diary, "transcribe") as told:
        return told(transcribe_stage(diary.work(), diary.engine, diary.new_reader, days, progress, only))


def learn_names(diary: Diary, days: Sequence[date] | None = None) -> int:
    """Remember the names that the authors of *days* corrected on their newest pages; returns how many.

    Notes can be written without them: a page or a file that cannot be read is no reason to stop.
    """
    authors = sorted({r.author for r, _ in diary.catalog.recordings.all(days)}) if diary.settings.learn_names else []
    try:
        return learn_names_stage(diary.work(), authors)
    except Exception as error:  # noqa: BLE001 - its message could quote the diary
        log.warning("names could not be learnt", extra={"ctx": {"error": type(error).__name__}})
        return 0


def write_notes(diary: Diary, days: Sequence[date] | None = None, mode: Mode = "interactive") -> Report:
    """Turn transcripts into notes.

    At night (*mode* nightly) the cheapest way, through providers' batches where there are any.

    What batches have brought since is taken first; what still waits for one is left alone, and has a note in the
    speaker's own words.
    """
    learn_names(diary, days)
    poll_batches(diary)
    until = next_batch_deadline(diary.settings) if mode == "nightly" and diary.settings.llm.batches else None
    worth_it = until is not None and until - datetime.now(UTC) > SHORTEST_BATCH
    with _stage(diary, "write") as told:
        return told(write_notes_stage(diary.work(), diary.writer, days, mode, until if worth_it else None))


def poll_batches(diary: Diary) -> int:
    """Look at the open batches of notes once; returns how many are still under way.

    What ended is found by the next `write_notes`.
    """
    if diary.writer.router is None or not diary.writer.asks_models:
        return 0
    return sum(progress.state in OPEN for progress in diary.writer.router.batches.poll())


def next_batch_deadline(settings: Settings) -> datetime:
    """The next moment at which notes that wait for a batch are written at once."""
    now = datetime.now(ZoneInfo(settings.timezone))
    moment = now.replace(
        hour=settings.llm.batch_deadline.hour, minute=settings.llm.batch_deadline.minute, second=0, microsecond=0
    )
    return moment if moment > now else moment + timedelta(days=1)


def compose_days(diary: Diary, days: Sequence[date] | None = None) -> Report:
    """Compose the pages of *days* from their notes."""
    with _stage(diary, "compose") as told:
        return told(compose_pages(diary.work(), days))


def process(
    diary: Diary, days: Sequence[date] | None = None, progress: OnTranscribed = no_progress, mode: Mode = "interactive"
) -> Summary:
    """Everything that is pending, from the inbox to the pages. *mode*: see `write_notes`."""
    taken, heard = ingest(diary, days), transcribe(diary, days, progress)
    written, composed = write_notes(diary, days, mode), compose_days(diary, days)
    reports = [taken, heard, written, composed]
    return Summary(
        attempts=sum(report.attempts for report in reports),
        ingested=len(taken.done),
        transcribed=len(heard.done),
        written=len(written.done),
        days=sorted(composed.done),
        faults=[fault for report in reports for fault in report.faults],
    )


def release_run(diary: Diary, run_id: str, only: Collection[str] | None = None) -> int:
    """Free the claims of a run that is known to be dead, or of that *only* those on these recordings; returns how many there were."""
    return diary.catalog.attempts.release_run(run_id, only)


def retry(diary: Diary) -> int:
    """Forget failures, so that the next run tries them again; returns how many attempts were forgotten."""
    diary.catalog.recordings.forget_quarantine()
    return diary.catalog.attempts.forget_failures()


def days_of(diary: Diary, recordings: Iterable[str]) -> list[date]:
    """The days that these recordings belong to."""
    return sorted({r.day for r in diary.catalog.recordings.get(recordings) if r.day})


@contextmanager
def _stage(diary: Diary, stage: Stage) -> Iterator[Callable[[Report], Report]]:
    """A stage's span; what it gives tells the span and the log what was done."""
    with span("diary.stage", {"diary.stage": stage, "diary.run": diary.run_id}) as traced:

        def told(report: Report) -> Report:
            counts = {"attempts": report.attempts, "done": len(report.done), "faults": len(report.faults)}
            seconds = {"audio_seconds": round(report.audio_seconds, 1), "seconds": round(report.seconds, 2)}
            log.info("stage finished", extra={"ctx": {"stage": stage} | counts | seconds})
            traced.add(
                {f"diary.{name}": count for name, count in counts.items()}
                | {"diary.audio.seconds": seconds["audio_seconds"]}
            )
            return report

        yield told
