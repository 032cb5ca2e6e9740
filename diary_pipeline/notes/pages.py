"""The diary's pages: one per author and day, composed from the day's notes, published if these have not changed.

A page is written in the transaction that closes its claim and reads its inputs again. So a note that is committed while
another worker composes is either on that worker's page, or the page can be claimed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote

from diary_pipeline.catalog import Claim, Connection, Subject
from diary_pipeline.catalog.attempts import documents
from diary_pipeline.catalog.pages import page_subject, supersede_page
from diary_pipeline.catalog.recordings import of_page
from diary_pipeline.documents import DamagedDocumentError, read_note, read_transcript
from diary_pipeline.errors import TransientError
from diary_pipeline.notes.day import PageEntry, compose, findings
from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.notes.merge import as_corrected, merge_edits
from diary_pipeline.schema import DiaryDay, Privacy, Provenance, Recording
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import entries
from diary_pipeline.work import Fault, Report, Work

_TRIES = 20  # a page whose inputs change more often is left to the next run


@dataclass(frozen=True)
class _Inputs:
    """The inputs of a page: recordings, each with the path of its note."""

    recordings: tuple[tuple[Recording, str], ...]
    fingerprint: str


def compose_pages(work: Work, days: Sequence[date] | None) -> Report:
    """Compose the pages of *days* (all days: None) whose notes, dates or privacy changed since they were composed."""
    report = Report("compose")
    pages = {page_subject(r.author, r.day): (r.author, r.day) for r, _ in work.catalog.recordings.all(days) if r.day}
    pages |= {page_subject(*page): page for page in work.catalog.attempts.stale_pages(days)}
    for claims in work.claims(report, lambda: _pending(work, pages)):
        for claim in claims:
            try:
                _compose(work, report, claim, *pages[claim.subject.name])
            except DamagedDocumentError:
                continue  # its claim is given back until the document was made again
            except Exception as error:  # noqa: BLE001 - one page must not stop the others; `fault` records it
                work.fault(report, claim, error)
    return report


def _pending(work: Work, pages: dict[str, tuple[str, date]]) -> list[Subject]:
    finished = work.catalog.attempts.finished("compose", list(pages))
    with work.catalog.database.reading() as connection:
        subjects = [Subject(name, _inputs(work, connection, *page).fingerprint) for name, page in pages.items()]
    composed = {name for name, _ in finished}
    empty = work.fingerprints.compose(())
    new = [s for s in subjects if (s.name, s.fingerprint) not in finished]
    return [s for s in new if s.fingerprint != empty or s.name in composed]


def _inputs(work: Work, connection: Connection, author: str, day: date) -> _Inputs:
    """The day's recordings that have a note, with the current note, else the newest one, else a placeholder note."""
    recordings = [r for r in of_page(connection, author, day) if r.audio and not r.quarantine]
    names = [r.id for r in recordings]
    notes, placeholders = documents(connection, "write", names), documents(connection, "write", names, "interim")
    newest = {name: path for (name, _), path in (placeholders | notes).items()}
    chosen = [(r, notes.get((r.id, work.fingerprints.write(r))) or newest.get(r.id)) for r in recordings]
    inputs = tuple((r, path) for r, path in chosen if path)
    parts = [(r.id, path, _shown_as(work, r), str(r.recorded_at), str(r.dated_by)) for r, path in inputs]
    return _Inputs(inputs, work.fingerprints.compose(parts))


def _shown_as(work: Work, recording: Recording) -> Privacy:
    """The class by which it is shown: what is held back is not on a page in a bucket."""
    return "local_only" if recording.hold and not work.store.is_local else recording.privacy


def _compose(work: Work, report: Report, claim: Claim, author: str, day: date) -> None:
    for _ in range(_TRIES):
        with work.catalog.database.reading() as connection:
            inputs = _inputs(work, connection, author, day)
        entries = _entries(work, report, inputs)
        readable = [entry for entry in entries.values() if entry is not None]
        lacking = [name for name, entry in entries.items() if entry is None]
        composed = work.fingerprints.compose([(inputs.fingerprint, *lacking)]) if lacking else inputs.fingerprint
        changed = False

        def publish(
            connection: Connection,
            inputs: _Inputs = inputs,
            entries: Sequence[PageEntry] = readable,
            composed: str = composed,
        ) -> bool:
            nonlocal changed
            changed = _inputs(work, connection, author, day).fingerprint != inputs.fingerprint
            if not changed:
                supersede_page(connection, claim, composed)
                _publish(work, inputs, author, day, entries)
            return not changed

        if work.done(report, claim, f"{page_path(author, day)}.md", also=publish) or not changed:
            return
    raise TransientError("Notes of this day kept arriving while its page was composed. Run `diary process` again.")


def _entries(work: Work, report: Report, inputs: _Inputs) -> dict[str, PageEntry | None]:
    """The memos of the page by recording; None where a document cannot be read and could not be made again either.

    Raises:
        DamagedDocumentError: some were found out now, so they are made again before the page is composed.
    """
    entries: dict[str, PageEntry | None] = {}
    found: DamagedDocumentError | None = None
    for recording, path in inputs.recordings:
        try:
            entries[recording.id] = _entry(work, recording, path)
        except DamagedDocumentError as damage:
            entries[recording.id] = None
            if work.lose(report, damage):
                found = damage
            else:
                report.faults.append(Fault(recording.id, str(damage), permanent=False))
    if found is not None:
        raise found
    return entries


def _entry(work: Work, recording: Recording, path: str) -> PageEntry:
    note = read_note(work.store, path, recording)
    transcript = read_transcript(work.store, note.provenance.source or "", recording)
    shown = recording.model_copy(update={"privacy": _shown_as(work, recording)})
    return PageEntry(shown, transcript, note, audio_link=f"../../{quote(recording.audio or '')}")


def _publish(work: Work, inputs: _Inputs, author: str, day: date, entries: Sequence[PageEntry]) -> None:
    private = any(entry.recording.privacy == "local_only" for entry in entries)
    provenance = Provenance(
        stage="compose",
        fingerprint=inputs.fingerprint,
        made_by="diary",
        options={"notes": [path for _, path in inputs.recordings]},
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    variants: list[tuple[Privacy, bool]] = [("standard", private and not work.store.is_local)]
    if private and not work.store.is_local:
        variants.append(("local_only", False))
    for privacy, hide in variants:
        shown = [entry.recording.id for entry in entries if not (hide and entry.recording.privacy == "local_only")]
        page = DiaryDay(
            author=author,
            day=day,
            recordings=tuple(shown),
            markdown=compose(author, day, entries, hide_private=hide),
            provenance=provenance,
            **dict(findings([entry for entry in entries if entry.recording.id in shown])),
        )
        _write_page(work, page, privacy)


def _write_page(work: Work, page: DiaryDay, privacy: Privacy) -> None:
    """Write the page over the previous one, keeping what a person has edited in it."""
    path = page_path(page.author, page.day)
    before, base = work.store.read(f"{path}.md", privacy), work.store.read(f"{path}.json", privacy)
    text = page.markdown
    if before is not None:
        edited, known = before.decode("utf-8", "replace"), spellings(entries(work.settings.root, page.author), page.day)
        composed = DiaryDay.model_validate_json(base).markdown if base else ""
        composed = as_corrected(composed, edited, lambda line: spelt(line, known))
        text = merge_edits(composed, edited, page.markdown).text
    work.store.replace(f"{path}.md", text.encode(), privacy)
    work.store.replace(f"{path}.json", page.model_dump_json().encode(), privacy)
