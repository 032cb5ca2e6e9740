"""The table of contents: discover, ingest, transcribe, write notes, compose days; and all of them in a row.

Every face (CLI, library, Dagster, later the API) calls these functions and nothing below them. Each is safe to call
from any number of processes at once: work is claimed in the catalog, and done once. The stages are imported where they
are called, so that a command that only reads does not pay for speech and language.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.lookout import lookout
from diary_pipeline.notify import notify
from diary_pipeline.observability.traces import span
from diary_pipeline.relocation import relocate
from diary_pipeline.schema import Mode, Privacy, Stage, Wanted
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.work import Report

if TYPE_CHECKING:
    from diary_pipeline.recordings.discover import Discovery
    from diary_pipeline.recordings.rebuild import Rebuilt

log = logging.getLogger("diary.pipeline")

SHORTEST_BATCH = timedelta(minutes=15)
"""With less time until the deadline, notes are written at once: most batches take minutes, few take less than ten."""

ROUNDS = 3
"""A document that turns out to be damaged is made again in another round of the stages, so often at most."""

OnTranscribed = Callable[[str], None]


def no_progress(_: str) -> None:
    """Ignore progress."""


def discover(
    diary: Diary, settled: Sequence[str] = (), *, documents: bool = True, only: Collection[str] | None = None
) -> "Discovery":
    """Register what is new in the inbox, or at *only* these paths, and write its *documents*. Cheap.

    The paths in *settled* are complete.
    """
    from diary_pipeline.recordings.discover import discover as discover_stage
    from diary_pipeline.recordings.documents import AT_A_LOOK, refuse_lost_catalog, write_documents
    from diary_pipeline.recordings.transcript import bring_along

    refuse_lost_catalog(diary.catalog, diary.store)
    bring = partial(bring_along, diary.settings.inbox_url, diary.catalog, diary.store)
    with diary.new_reader() as reader:
        found = discover_stage(diary.settings, diary.catalog, reader, frozenset(settled), only, bring)
    relocate(diary.catalog, diary.store)
    write_documents(diary.work(), at_most=AT_A_LOOK if documents else 0, wait_seconds=0)
    if documents:
        notify(diary.settings, diary.catalog)
    return found


def ingest(diary: Diary, days: Sequence[date] | None = None) -> Report:
    """Discover, then copy files into the store, once they have settled. Faults also name what discovery refused."""
    from diary_pipeline.recordings.ingest import ingest as ingest_stage
    from diary_pipeline.transcribe.imported import spoken_text

    with _stage(diary, "ingest") as finished:
        found = discover(diary, documents=False)
        if found.growing:
            time.sleep(diary.settings.settle_seconds)
            found.add(discover(diary, documents=False))
        with diary.new_reader() as reader:
            report = ingest_stage(diary.work(days=days), reader, days, spoken_text)
        report.faults += found.refused
        report.about["questions"] = [*found.questions, *found.unused]
        notice_corrections(diary)
        notify(diary.settings, diary.catalog)
        return finished(report)


def notice_corrections(diary: Diary) -> None:
    """Take notice of what a person corrected in the settings: time zones."""
    from diary_pipeline.recordings.zones import correct_zones

    correct_zones(diary.settings, diary.catalog, diary.fingerprints)


def set_privacy(diary: Diary, recording: str, privacy: Privacy) -> list[str]:
    """Keep a recording and all copies of its bytes on this machine, or let this one recording leave it.

    Returns the ids of the recordings whose class changed.

    Raises:
        UserError: there is no such recording, or it cannot become standard before it was ingested.
    """
    from diary_pipeline.recordings.documents import write_documents
    from diary_pipeline.recordings.reclassify import reclassify

    found = diary.catalog.recordings.get([recording])
    if not found:
        raise UserError(f"There is no recording {recording!r}. `diary status --json` lists them with their ids.")
    changed = reclassify(diary.settings, diary.catalog, found[0], privacy)
    relocate(diary.catalog, diary.store)
    write_documents(diary.work())
    poll_batches(diary)
    return changed


def plan_transcription(diary: Diary, days: Sequence[date] | None = None, wanted: Wanted = "pending") -> list[list[str]]:
    """Divide the ids of the recordings to be transcribed into even batches, for runs that work on several at once."""
    from diary_pipeline.transcribe.stage import plan

    return plan(diary.work(wanted), days, diary.settings.batch_minutes * 60)


def transcribe(
    diary: Diary,
    days: Sequence[date] | None = None,
    progress: OnTranscribed = no_progress,
    only: Collection[str] | None = None,
    wanted: Wanted = "pending",
) -> Report:
    """Transcribe the ingested recordings of all *days* together; with *only*, those with these ids.

    *progress* is called with the id of each recording that is done.
    """
    from diary_pipeline.recordings.staged import fetch_from_inbox
    from diary_pipeline.transcribe.stage import transcribe as transcribe_stage

    with _stage(diary, "transcribe") as finished:
        work = diary.work(wanted, only, days=days)
        fetch_from_inbox(work, days)
        work = replace(work, look=_lookout(diary))
        return finished(transcribe_stage(work, diary.engine, diary.new_reader, days, progress))


def learn_names(diary: Diary, days: Sequence[date] | None = None) -> list[str]:
    """Remember the names that the authors of *days* corrected on their newest pages; returns a sentence about each.

    The sentences hold diary text: for the person who runs a command, never for a log.

    Notes can be written without them, so a page or a file that cannot be read is only logged.
    """
    from diary_pipeline.notes.learned_names import learn_names as learn_names_stage

    authors = diary.catalog.recordings.authors(days) if diary.settings.learn_names else []
    try:
        return learn_names_stage(diary.work(), authors).notices()
    except Exception as error:  # noqa: BLE001 - its message could quote the diary
        log.warning("names could not be learned", extra={"ctx": {"error": type(error).__name__}})
        return []


def write_notes(
    diary: Diary,
    days: Sequence[date] | None = None,
    mode: Mode = "interactive",
    wanted: Wanted = "pending",
    only: Collection[str] | None = None,
    learnt: Callable[[list[str]], None] = lambda _: None,
) -> Report:
    """Turn transcripts into notes. With *mode* nightly the cheapest way, through providers' batches where possible.

    Results of earlier batches are used first. A note that waits for a batch is left alone; its page has a placeholder
    note in the speaker's own words. *learnt* is called with what `learn_names` returns.
    """
    from diary_pipeline.notes.write_stage import write_notes as write_notes_stage

    learnt(learn_names(diary, days))
    poll_batches(diary)
    until = next_batch_deadline(diary.settings) if mode == "nightly" and diary.settings.llm.batches else None
    if until is not None and until - datetime.now(UTC) <= SHORTEST_BATCH:
        until = None
    with _stage(diary, "write") as finished:
        work = replace(diary.work(wanted, only, days=days, mode=mode, batch_until=until), look=_lookout(diary))
        return finished(write_notes_stage(work, diary.writer, days, mode, until))


def _lookout(diary: Diary) -> Callable[[], None]:
    return lookout(partial(discover, diary, documents=False))


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
    from diary_pipeline.notes.known_states import remember_states
    from diary_pipeline.notes.pages import compose_pages

    with _stage(diary, "compose") as finished:
        report = finished(compose_pages(diary.work(days=days), days))
        remember_states(diary.work())
        return report


def process(
    diary: Diary,
    days: Sequence[date] | None = None,
    progress: OnTranscribed = no_progress,
    mode: Mode = "interactive",
    wanted: Wanted = "pending",
) -> Summary:
    """Everything that is pending, from the inbox to the pages; with *wanted*, also what is stale.

    *mode*: see `write_notes`. Files that killed processes left half-written are removed first.
    """
    sweep_documents(diary)
    reports, learnt = [ingest(diary, days)], list[str]()
    for tries_left in reversed(range(ROUNDS)):
        reports.append(transcribe(diary, days, progress, wanted=wanted))
        reports.append(write_notes(diary, days, mode, wanted, learnt=learnt.extend))
        if reports[-1].lost and tries_left:
            continue  # its transcript is made again before the pages are composed
        reports.append(compose_days(diary, days))
        if not reports[-1].lost:
            break
    summary = Summary.of(*reports)
    summary.notices[:0] = [*reports[0].about["questions"], *reports[0].about.get("left_over", ()), *learnt]
    return summary


def sweep_documents(diary: Diary) -> int:
    """Once a day, remove what killed processes left half-written before that; returns how many files that were."""
    from diary_pipeline.sweep import is_due, sweep

    home = diary.settings.root
    removed = sweep(home, Path(diary.settings.store_url) if diary.store.is_local else home) if is_due(home) else 0
    if removed:
        log.info("half-written files removed", extra={"ctx": {"files": removed}})
    return removed


def release_run(diary: Diary, run_id: str, only: Collection[str] | None = None, *, died: bool = True) -> int:
    """Release the claims of a run that died or was cancelled, or *only* those on these recordings; returns how many."""
    return diary.catalog.attempts.release_run(run_id, only, died=died)


def retry(diary: Diary) -> int:
    """Forget failures, so that the next run retries them; returns how many attempts were forgotten."""
    diary.catalog.recordings.forget_quarantine()
    return diary.catalog.attempts.forget_failures()


def rebuild(diary: Diary) -> "Rebuilt":
    """Make the empty catalog anew from the store's documents; see `recordings.rebuild`."""
    from diary_pipeline.recordings.rebuild import rebuild as rebuild_catalog

    return rebuild_catalog(diary.catalog, diary.store)


@contextmanager
def _stage(diary: Diary, stage: Stage) -> Iterator[Callable[[Report], Report]]:
    """A stage's span. It yields a function for the stage's report, which writes the documents of what was changed.

    The report's counts go into the span and the log, the documents that could not be written into its faults. Before
    and after the stage, what became private is brought home.
    """
    from diary_pipeline.recordings.documents import write_documents

    relocate(diary.catalog, diary.store)
    with span("diary.stage", {"diary.stage": stage, "diary.run": diary.run_id}) as active:

        def finished(report: Report) -> Report:
            relocate(diary.catalog, diary.store)
            report.faults += write_documents(diary.work())
            counts = {"attempts": report.attempts, "done": len(report.done), "faults": len(report.faults)}
            seconds = {"audio_seconds": round(report.audio_seconds, 1), "seconds": round(report.seconds, 2)}
            log.info("stage finished", extra={"ctx": {"stage": stage} | counts | seconds})
            active.add(
                {f"diary.{name}": count for name, count in counts.items()}
                | {"diary.audio.seconds": seconds["audio_seconds"]}
            )
            return report

        yield finished
