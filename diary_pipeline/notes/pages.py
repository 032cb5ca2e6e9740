"""The diary's pages: one per author and day, composed from the day's notes and merged with a person's edits.

A page is planned from the catalog, then composed and written without a transaction, and at last its claim is closed in
one that reads the page's inputs again. If they have changed, it is composed anew. So a note that is committed while
another worker composes is either on that worker's page, or the page can be claimed again. A worker that has lost its
claim writes nothing; if it lost it while it wrote, the page is composed once more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from urllib.parse import quote

from diary_pipeline.catalog import Claim, Connection, Subject
from diary_pipeline.catalog.attempts import documents
from diary_pipeline.catalog.pages import is_held, outdate, page_subject, supersede_page
from diary_pipeline.catalog.recordings import of_page
from diary_pipeline.catalog.results import documents_in_use
from diary_pipeline.documents import DamagedDocumentError, read_note, read_transcript
from diary_pipeline.errors import TransientError
from diary_pipeline.notes.day import PageEntry, compose_blocks, findings
from diary_pipeline.notes.due_pages import due_pages, outdate_lost
from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.notes.learned_names import learnt_marks
from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.publish import Page, Published, publish
from diary_pipeline.notes.page.state import forget_deletions
from diary_pipeline.schema import DiaryDay, Privacy, Provenance, Recording
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import entries
from diary_pipeline.work import Fault, Report, Work

_Key = tuple[str, date]
_TRIES = 20  # a page whose inputs change more often is left to the next run


@dataclass(frozen=True)
class _Inputs:
    """The inputs of a page: recordings, each with the path of its note; and what superseded others of the day."""

    recordings: tuple[tuple[Recording, str], ...]
    fingerprint: str
    newer: Mapping[str, str]


@dataclass(frozen=True)
class _Content:
    """The memos of a page, those that cannot be read, and the fingerprint of a page that has them so."""

    entries: tuple[PageEntry, ...]
    unreadable: tuple[Recording, ...]
    fingerprint: str


def compose_pages(work: Work, days: Sequence[date] | None) -> Report:
    """Compose the pages of *days* (all days: None) whose notes, dates or privacy changed since they were composed.

    Pages that were deleted, or saved from a version before their newest memo, are composed again. The report's `about`
    has the number of `conflicts` on the pages, and `notices` for people.
    """
    report = Report("compose", about={"conflicts": 0, "notices": []})
    outdate_lost(work, days)
    pages = due_pages(work, days)
    for claims in work.claims(report, lambda: pending_pages(work, pages)):
        for claim in claims:
            try:
                _compose(work, report, claim, *pages[claim.subject.name])
            except DamagedDocumentError:
                continue  # its claim is given back until the document was made again
            except Exception as error:  # noqa: BLE001 - one page must not stop the others; `fault` records it
                work.fault(report, claim, error)
    return report


def put_back(work: Work, author: str, day: date) -> None:
    """Let the next composition of a page have everything again that a person took off it; the rest of it stays."""
    for privacy in ("standard", "local_only"):
        forget_deletions(work.store, page_path(author, day), privacy)
    with work.catalog.database.writing() as connection:
        outdate(connection, [page_subject(author, day)])


def pending_pages(work: Work, pages: Mapping[str, _Key], *, failed: bool = False) -> list[Subject]:
    """Those of *pages* (by name) that are to be composed; with *failed*, also those of which that failed."""
    attempts, names = work.catalog.attempts, list(pages)
    finished = set(attempts.succeeded("compose", names)) if failed else attempts.finished("compose", names)
    with work.catalog.database.reading() as connection:
        subjects = [Subject(name, _inputs(work, connection, *page).fingerprint) for name, page in pages.items()]
    stale = attempts.stale_pages(None) if pages else []  # also those whose last memo has moved to another day
    composed = {name for name, _ in finished} | {page_subject(*page) for page in stale}
    empty = work.fingerprints.compose(())
    new = [s for s in subjects if (s.name, s.fingerprint) not in finished]
    return [s for s in new if s.fingerprint != empty or s.name in composed]


def _inputs(work: Work, connection: Connection, author: str, day: date) -> _Inputs:
    """The day's recordings that have a note, each with the note in use."""
    every = of_page(connection, author, day)
    recordings = [r for r in every if r.takes_part]
    names = [r.id for r in recordings]
    lost = documents(connection, "write", names, "lost")  # else its memo would leave the page without a word
    notes = {name: path for (name, _), path in lost.items() if path} | documents_in_use(connection, "write", names)
    inputs = tuple((r, notes[r.id]) for r in recordings if r.id in notes)
    parts = [(r.id, path, _shown_as(work, r), str(r.recorded_at), str(r.evidence_of_date)) for r, path in inputs]
    newer = {r.id: r.superseded_by for r in every if r.superseded_by}
    return _Inputs(inputs, work.fingerprints.compose(parts), newer)


def _shown_as(work: Work, recording: Recording) -> Privacy:
    """The class by which it is shown: what is held back is not on a page in a bucket."""
    return "local_only" if recording.hold and not work.store.is_local else recording.privacy


def _compose(work: Work, report: Report, claim: Claim, author: str, day: date) -> None:
    for _ in range(_TRIES):
        with work.catalog.database.reading() as connection:
            inputs = _inputs(work, connection, author, day)
        content = _read(work, report, inputs)

        def is_due(inputs: _Inputs = inputs) -> bool:
            with work.catalog.database.reading() as connection:
                return is_held(connection, claim) and _is_unchanged(work, connection, author, day, inputs)

        published = _publish(work, inputs, author, day, content, is_due)
        unchanged = False

        def close(connection: Connection, inputs: _Inputs = inputs, content: _Content = content) -> bool:
            nonlocal unchanged
            unchanged = _is_unchanged(work, connection, author, day, inputs)
            if unchanged:
                supersede_page(connection, claim, content.fingerprint)
            return unchanged

        if published is not None and work.done(report, claim, f"{page_path(author, day)}.md", also=close):
            _report(report, published, content)
            return
        with work.catalog.database.writing() as connection:
            if not is_held(connection, claim):  # what was written meanwhile may stand over another worker's page
                outdate(connection, [claim.subject.name])
                return
    raise TransientError("Notes of this day kept arriving while its page was composed. Run `diary process` again.")


def _is_unchanged(work: Work, connection: Connection, author: str, day: date, inputs: _Inputs) -> bool:
    return _inputs(work, connection, author, day).fingerprint == inputs.fingerprint


def _report(report: Report, published: Sequence[Published], content: _Content) -> None:
    report.about["conflicts"] += sum(page.conflicts for page in published)
    report.about["notices"] += [notice for page in published for notice in page.notices]
    report.faults += [
        Fault(recording.id, f"Its note cannot be read. `diary redo {recording.id}` makes it again.", permanent=False)
        for recording in content.unreadable
    ]


def _read(work: Work, report: Report, inputs: _Inputs) -> _Content:
    """The memos of a page. One whose note or transcript is missing or damaged stops none of the others.

    Raises:
        DamagedDocumentError: some were found out now, so they are made again before the page is composed.
    """
    found, unreadable = [], []
    lost: DamagedDocumentError | None = None
    for recording, path in inputs.recordings:
        shown = recording.model_copy(update={"privacy": _shown_as(work, recording)})
        try:
            note = read_note(work.store, path, recording)
            transcript = read_transcript(work.store, note.provenance.source or "", recording)
        except DamagedDocumentError as damage:
            unreadable.append(shown)
            lost = damage if work.lose(report, damage) else lost
            continue
        link, learnt = f"../../{quote(recording.audio or '')}", learnt_marks(work.settings.root, recording)
        found.append(PageEntry(shown, transcript, note, link, learnt))
    if lost is not None:
        raise lost
    names = sorted(recording.id for recording in unreadable)
    fingerprint = work.fingerprints.compose([(inputs.fingerprint, *names)]) if names else inputs.fingerprint
    return _Content(tuple(found), tuple(unreadable), fingerprint)


def _publish(
    work: Work, inputs: _Inputs, author: str, day: date, content: _Content, is_due: Callable[[], bool]
) -> list[Published] | None:
    """Write the page; with a bucket and private memos, a whole one in the home and one without them in the bucket.

    None where the page was not due any more.
    """
    recordings = [*(entry.recording for entry in content.entries), *content.unreadable]
    private = frozenset(r.id for r in recordings if r.privacy == "local_only" and not work.store.is_local)
    known = spellings(entries(work.settings.root, author), day)
    pages = [_page(work, inputs, author, day, content, private)]
    at_home = not work.store.is_local and work.store.read(f"{page_path(author, day)}.md", "local_only") is not None
    if private or at_home:  # first the whole page: it takes over the edits of one in the bucket that was whole
        whole = _page(work, inputs, author, day, content, frozenset())
        pages.insert(0, replace(whole, privacy="local_only"))
    published = []
    for page in pages:
        done = publish(work.store, page, lambda line: spelt(line, known), is_due)
        if done is None:
            return None
        published.append(done)
    return published


def _page(work: Work, inputs: _Inputs, author: str, day: date, content: _Content, hidden: frozenset[str]) -> Page:
    shown = [entry for entry in content.entries if entry.recording.id not in hidden]
    unreadable = frozenset(r.id for r in content.unreadable if r.id not in hidden)
    blocks = compose_blocks(day, content.entries, content.unreadable, hide_private=bool(hidden))
    provenance = Provenance(
        stage="compose",
        fingerprint=content.fingerprint,
        made_by="diary",
        options={"notes": [path for _, path in inputs.recordings]},
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    made = DiaryDay(
        author=author,
        day=day,
        recordings=tuple(r.id for r, _ in inputs.recordings if r.id not in hidden),
        markdown=render(blocks),
        provenance=provenance,
        blocks=tuple(blocks),
        **dict(findings(shown)),
    )
    return Page(page_path(author, day), "standard", "standard", made, hidden, unreadable, inputs.newer)
