"""Names learnt from corrections: where a person wrote a name over misrecognised words of a page, it is stored.

What is learnt is said on the memo's line of details. Whoever takes that away or strikes it out undoes it: the name then
stands in that memo alone. Which corrections
are of names, and which of them are sure, is decided in `name_corrections`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from diary_pipeline.notes.day import escape
from diary_pipeline.notes.name_corrections import NameCorrection, name_corrections, section_of
from diary_pipeline.notes.page.publish import edited_from, read_day
from diary_pipeline.schema import Recording
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import (
    VocabularyEntry,
    keep_for_its_memo,
    known_mistakes,
    learn,
    learnt_on,
    made_again,
    memo_time,
    remembered_once,
)
from diary_pipeline.work import Work

MAX_PAGES, MAX_PER_PAGE = 31, 10
MAX_SEARCHED = 1000
"""So many of the newest pages are searched for words that a person left there."""


@dataclass(frozen=True)
class LearntNames:
    """The names that were learnt, those that a person has undone, and those *remembered* once, each with its author."""

    learnt: list[tuple[str, VocabularyEntry]] = field(default_factory=list)
    undone: list[tuple[str, VocabularyEntry]] = field(default_factory=list)
    remembered: list[tuple[str, VocabularyEntry]] = field(default_factory=list)

    def notices(self) -> list[str]:
        """A sentence for each. They hold diary text: for the person who runs the command, never for a log."""
        return [
            *(
                f"{author}: “{one.recognised}” is {one.name}, from {one.since} on. "
                "To undo it, strike it out on that page."
                for author, one in self.learnt
            ),
            *(f"{author}: “{one.recognised}” is no longer written as {one.name}." for author, one in self.undone),
            *(
                f"{author}: “{one.recognised}” as {one.name} is remembered once; correct it again on another memo to "
                "have it learnt."
                for author, one in self.remembered
            ),
        ]


def learn_names(work: Work, authors: Sequence[str]) -> LearntNames:
    """Learn the names that a person corrected on each author's newest pages, and undo those that were struck out.

    Only where the store is a folder: names of a bucket's pages must not be stored here, nor private names there.
    """
    made, root = LearntNames(), work.settings.root
    for author in authors if work.store.is_local else ():
        for day, base, edited in _edited_pages(work, author):
            undone = [one for one in learnt_on(root, author, day) if _is_undone(learnt_mark(one), base, edited)]
            if undone:
                keep_for_its_memo(root, author, undone)
            before = set(remembered_once(root, author))
            new = learn(root, author, _to_learn(work, author, day, base, edited))
            made.remembered.extend((author, one) for one in remembered_once(root, author) if one not in before)
            made.undone.extend((author, one) for one in undone)
            made.learnt.extend((author, one) for one in new)
    return made


def learnt_marks(home: Path, recording: Recording) -> tuple[str, ...]:
    """What the recording's line of details says of the names that were learnt from it."""
    known = learnt_on(home, recording.author, recording.day) if recording.day else []
    time = memo_time(recording.recorded_at)
    return tuple(learnt_mark(one) for one in known if one.memo and one.memo == time)


def learnt_mark(entry: VocabularyEntry) -> str:
    """What a page says of a learnt name."""
    return f"learnt: “{escape(entry.recognised)}” is {escape(entry.name)} (strike this out to undo it)"


def _is_undone(mark: str, base: str, edited: str) -> bool:
    """Whether a person took *mark* off the page, or struck it out, and left its memo there."""
    heading = section_of(base, mark)
    return heading is not None and heading in edited and (mark not in edited or f"~~{mark}~~" in edited)


def _to_learn(work: Work, author: str, day: date, base: str, edited: str) -> list[VocabularyEntry]:
    """The corrections of a page that are sure, and those that were made on another memo before."""
    root, language = work.settings.root, _language(work, author, day)
    known = known_mistakes(root, author)
    found = name_corrections(base, edited, language) if language else []
    new = [one for one in found if one.recognised.lower() not in known][:MAX_PER_PAGE]
    pages = _other_pages(work, author, day) if any(one.sure for one in new) else []
    sure = [_entry(one, day) for one in new if one.sure and not _is_left(one.recognised, pages)]
    again = made_again(root, author, [one for one in (_entry(one, day) for one in new) if one not in sure])
    return [next(same) for _, same in groupby([*sure, *again], key=lambda one: one.recognised.lower())]


def _other_pages(work: Work, author: str, day: date) -> list[str]:
    """The texts of the author's other pages."""
    files = [file for file in _page_files(work, author) if file.stem != str(day)]
    return [file.read_text("utf-8", "replace") for file in files[-MAX_SEARCHED:]]


def _is_left(recognised: str, pages: Sequence[str]) -> bool:
    """Whether other pages have these words too, where a person left them: they may be right there."""
    words = re.compile(rf"(?<!\w){re.escape(recognised)}(?!\w)", re.IGNORECASE)
    return any(words.search(page) for page in pages)


def _entry(one: NameCorrection, day: date) -> VocabularyEntry:
    return VocabularyEntry(one.name, one.recognised, day, one.memo)


def _edited_pages(work: Work, author: str) -> Iterator[tuple[date, str, str]]:
    days = [file.stem for file in _page_files(work, author)]
    for day in days[-MAX_PAGES:]:
        path = page_path(author, date.fromisoformat(day))
        page, made = work.store.read(f"{path}.md", "standard"), work.store.read(f"{path}.json", "standard")
        composed = read_day(made)
        if page is None or composed is None:
            continue
        base, edited = edited_from(composed, page)
        if base != edited:
            yield date.fromisoformat(day), base, edited


def _page_files(work: Work, author: str) -> list[Path]:
    """The author's pages, oldest first."""
    folder = work.store.root / page_path(author, date.min).rpartition("/")[0]
    return sorted(Path(str(file)) for file in folder.glob("????-??-??.md")) if folder.is_dir() else []


def _language(work: Work, author: str, day: date) -> str | None:
    """The language of all memos of a page; None where there are several."""
    recordings = [r for r, _ in work.catalog.recordings.all([day]) if r.author == author]
    found = {(r.spoken_language or r.language) or "en" for r in recordings}
    return found.pop() if len(found) == 1 else None
