"""The search index follows the documents: a day that changed is read again before the next search, or after a run.

Of each memo it has the transcript's sentences and what its note says in other words; of a page, the lines that a person
wrote. Text of private and of held memos is only in the home's index, whatever the catalog.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

from diary_pipeline.catalog.home_index import HomeIndex
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.catalog.search import Entry, IndexedDay
from diary_pipeline.diary import Diary
from diary_pipeline.documents import Document, read_note, read_transcript
from diary_pipeline.folding import fold
from diary_pipeline.notes.page.decode import decode
from diary_pipeline.notes.page.lines import links, recording_of, without_links
from diary_pipeline.notes.page.parse import END, NEW
from diary_pipeline.notes.page.publish import blocks_in, read_day
from diary_pipeline.schema import DiaryNote, Privacy, Recording, Transcript
from diary_pipeline.store import Store, page_path
from diary_pipeline.views.show import read_document

WAIT_SECONDS = 10.0
"""How long to wait for another process that brings the index up to date."""

_DAYS_TOGETHER = 30
_MARKS = ("", NEW, END)
_READERS = 8  # of a bucket; a local disk gains nothing


def refresh_search(diary: Diary, index: HomeIndex, look_at_pages: int | None = None) -> int:
    """Bring the index up to date; returns how many days were read. Another process may be at it already.

    *look_at_pages*: whether a person edited a page is asked of so many, the latest; None: of all.
    """
    diary.catalog.days.take_changes()
    if not _due(diary, index, look_at_pages):
        return 0
    with diary.catalog.days.alone("search", WAIT_SECONDS) as mine:
        due = sorted(_due(diary, index, look_at_pages).items()) if mine else []
        for start in range(0, len(due), _DAYS_TOGETHER):
            _index(diary, index, dict(due[start : start + _DAYS_TOGETHER]))
    return len(due)


def _due(diary: Diary, index: HomeIndex, look_at_pages: int | None) -> dict[str, int]:
    """The days that an index is behind of, with their stamps."""
    days = diary.catalog.days
    edited = _edited(diary, index, look_at_pages)
    due = days.due("search") if diary.catalog.shared_index else {}
    if edited or days.totals() != index.totals("search"):
        now, before = days.all(), index.stamps("search")
        if gone := before.keys() - now.keys():
            index.forget(sorted(gone))
        due |= {name: stamp for name, stamp in now.items() if before.get(name) != stamp or name in edited}
    return due


def _edited(diary: Diary, index: HomeIndex, look_at_pages: int | None) -> set[str]:
    """The pages that a person saved since they were indexed; those of a bucket are not looked at."""
    if not diary.store.is_local:
        return set()
    return {name for name, seen in index.pages(look_at_pages).items() if (now := _seen(diary, name)) and now != seen}


def _seen(diary: Diary, subject: str) -> tuple[int, int] | None:
    author, _, day = subject.rpartition("/")
    with suppress(OSError):
        found = os.stat(_page_file(diary, author, date.fromisoformat(day)))  # noqa: PTH116 - of every page at every search
        return found.st_mtime_ns, found.st_size
    return None


def _page_file(diary: Diary, author: str, day: date) -> str:
    return f"{diary.store.url}/{page_path(author, day)}.md"


def _index(diary: Diary, index: HomeIndex, due: Mapping[str, int]) -> None:
    days = {date.fromisoformat(name.rpartition("/")[2]) for name in due}
    rows: dict[str, list[Recording]] = defaultdict(list)
    for recording, _ in diary.catalog.recordings.all(sorted(days)):
        rows[page_subject(recording.author, recording.day)].append(recording)
    documents = _Documents(diary, [one for name in due for one in rows[name]])
    seen = {name: now for name in due if diary.store.is_local and (now := _seen(diary, name))}
    with ThreadPoolExecutor(1 if diary.store.is_local else _READERS, thread_name_prefix="diary-index") as threads:
        made = list(threads.map(lambda name: _Day(diary, name, rows[name], documents), due))
    shared = diary.catalog.shared_index
    if shared is None:
        index.replace([one.indexed(due[one.subject], one.all) for one in made], seen)
        return
    index.replace([one.indexed(due[one.subject], one.private) for one in made], seen)
    shared.replace([one.indexed(due[one.subject], one.standard) for one in made])


class _Documents:
    """The documents in use of some recordings, read when they are asked for."""

    def __init__(self, diary: Diary, recordings: Sequence[Recording]) -> None:
        names = [recording.id for recording in recordings if recording.takes_part]
        self._diary = diary
        self.transcripts = diary.catalog.results.documents("transcribe", names)
        self.notes = diary.catalog.results.documents("write", names)

    def read(
        self, read: Callable[[Store, str, Recording], Document], recording: Recording, paths: Mapping[str, str]
    ) -> Document | None:
        path = paths.get(recording.id)
        return read_document(self._diary, read, path, recording) if path else None


class _Day:
    """The entries of one author's day, those of private memos apart."""

    def __init__(self, diary: Diary, subject: str, rows: Sequence[Recording], documents: _Documents) -> None:
        self.subject, self._rows = subject, rows
        self.standard: list[Entry] = []
        self.private: list[Entry] = []
        for recording in rows:
            if recording.takes_part:
                transcript = documents.read(read_transcript, recording, documents.transcripts)
                note = documents.read(read_note, recording, documents.notes)
                (self.private if _is_private(recording) else self.standard).extend(
                    _of_memo(recording, transcript, note)
                )
        author, _, day = subject.rpartition("/")
        for privacy in ("standard", "local_only") if diary.store.split else ("standard",):
            self._add_page(diary, author, date.fromisoformat(day), privacy)

    @property
    def all(self) -> list[Entry]:
        return [*self.standard, *self.private]

    def indexed(self, stamp: int, entries: Sequence[Entry]) -> IndexedDay:
        classes = {one.id: (one.privacy, one.hold) for one in self._rows}
        return IndexedDay(self.subject, stamp, classes, entries)

    def _add_page(self, diary: Diary, author: str, day: date, privacy: Privacy) -> None:
        """The lines of a page that were not composed, so that a person must have written them.

        A page that names a memo of another day is about to be composed anew. One that may hold words of a private memo
        is private as a whole.
        """
        path = page_path(author, day)
        data = diary.store.read(f"{path}.md", privacy)
        document = read_day(diary.store.read(f"{path}.json", privacy)) if data else None
        if data is None or document is None:
            return
        blocks = blocks_in(document)
        rows = {one.id for one in self._rows}
        if not rows.issuperset({*(block.recording for block in blocks if block.recording), *document.recordings}):
            return
        private = privacy == "local_only" or any(map(_is_private, self._rows))
        composed = {without_links(line) for block in blocks for line in block.text.splitlines()}
        for line in decode(data, [block.text for block in blocks]).text.splitlines():
            if (text := without_links(line)) not in composed and text not in _MARKS:
                composed.add(text)
                recording = next((name for link in links(line) if (name := recording_of(link)) in rows), None)
                entry = Entry(author, recording, "page", None, None, text.removeprefix("[] ").lstrip("#->* "))
                (self.private if private else self.standard).append(entry)


def _is_private(recording: Recording) -> bool:
    return recording.privacy == "local_only" or recording.hold is not None


def _of_memo(recording: Recording, transcript: Transcript | None, note: DiaryNote | None) -> Iterator[Entry]:
    """The sentences of the transcript, and what the note says in other words."""
    segments = transcript.segments if transcript else ()
    timed = transcript is not None and transcript.timed
    starts = {segment.id: segment.start if timed else None for segment in segments}
    known = {fold(segment.text) for segment in segments}
    for segment in segments:
        yield Entry(recording.author, recording.id, "transcript", segment.id, starts[segment.id], segment.text)
    for text, cited in _of_note(note) if note else ():
        folded = fold(text)
        if any(folded in one for one in known):
            continue
        known.add(folded)
        first = next((name for name in cited if name in starts), None)
        yield Entry(recording.author, recording.id, "note", first, starts.get(first or ""), text)


def _of_note(note: DiaryNote) -> Iterator[tuple[str, Collection[str]]]:
    yield note.title, ()
    for statement in (*note.statements, *note.also_said, *note.highlights):
        yield statement.text, statement.segments
    for todo in note.todos:
        yield todo.text, todo.segments
    for event in note.events:
        yield event.text, event.segments
    for name in (*note.people, *note.places, *note.topics):
        yield name, ()


def home_index(diary: Diary) -> HomeIndex:
    """The index in the diary's home, open."""
    return HomeIndex(Path(diary.settings.root), diary.settings.catalog_timeout_seconds)
