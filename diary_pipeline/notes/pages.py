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
from diary_pipeline.errors import TransientError
from diary_pipeline.notes.day import PageEntry, compose, findings
from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.notes.merge import as_corrected, merge_edits
from diary_pipeline.schema import DiaryDay, DiaryNote, Privacy, Provenance, Recording, Transcript
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import entries
from diary_pipeline.work import Report, Work

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
    parts = [(r.id, path, r.privacy, str(r.recorded_at), str(r.dated_by)) for r, path in inputs]
    return _Inputs(inputs, work.fingerprints.compose(parts))


def _compose(work: Work, report: Report, claim: Claim, author: str, day: date) -> None:
    for _ in range(_TRIES):
        with work.catalog.database.reading() as connection:
            inputs = _inputs(work, connection, author, day)
        entries = [_entry(work, recording, path) for recording, path in inputs.recordings]
        changed = False

        def publish(connection: Connection, inputs: _Inputs = inputs, entries: Sequence[PageEntry] = entries) -> bool:
            nonlocal changed
            changed = _inputs(work, connection, author, day).fingerprint != inputs.fingerprint
            if not changed:
                supersede_page(connection, claim, inputs.fingerprint)
                _publish(work, inputs, author, day, entries)
            return not changed

        if work.done(report, claim, f"{page_path(author, day)}.md", also=publish) or not changed:
            return
    raise TransientError("Notes of this day kept arriving while its page was composed. Run `diary process` again.")


def _entry(work: Work, recording: Recording, path: str) -> PageEntry:
    data = work.store.read(path, recording.privacy)
    note = DiaryNote.model_validate_json(data) if data else None
    source = work.store.read(note.provenance.source or "", recording.privacy) if note else None
    if note is None or source is None:
        raise TransientError(
            f"The note {path}, or the transcript it cites, is missing from the store. Put it back, then try again."
        )
    return PageEntry(
        recording, Transcript.model_validate_json(source), note, audio_link=f"../../{quote(recording.audio or '')}"
    )


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
    at_home = f"{page_path(author, day)}.md"
    if not work.store.is_local and (private or work.store.read(at_home, "local_only") is not None):
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
