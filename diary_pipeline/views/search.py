"""Search: the sentences in which words occur, by the search index."""

from collections.abc import Iterable, Sequence
from typing import Any

from diary_pipeline.catalog.home_index import HomeIndex
from diary_pipeline.catalog.search import Found
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.folding import Query, query
from diary_pipeline.views.search_index import home_index, refresh_search
from diary_pipeline.vocabulary import entries

SEARCH_LIMIT = 50
MOST_HITS = 1_000_000
PAGES_LOOKED_AT = 1000
"""Of the latest pages, so many are looked at for edits of a moment ago; the others, when a run ends."""

_MORE = 3  # hits that are asked for beyond the limit, since a note says again what a transcript says


def search(diary: Diary, words: str, author: str | None = None, limit: int = SEARCH_LIMIT) -> list[dict[str, Any]]:
    """Sentences in which all of *words* occur, of the newest day first: where they are, and their text.

    Case, accents and punctuation do not matter. A word may be part of a longer one; words in quotation marks stand in
    that order. A name that the author spells otherwise than it was heard is found as it was heard, too.
    """
    if not words.strip():
        raise UserError("There is no word to search for. Name one, like `diary search dentist`.")
    if not 1 <= limit <= MOST_HITS:
        raise UserError(f"A search has between 1 and {MOST_HITS} hits.")
    with home_index(diary) as index:
        refresh_search(diary, index, PAGES_LOOKED_AT)
        hits: dict[tuple[bool, int], Found] = {}
        for whose, asked in _queries(diary, words, author):
            for is_shared, some in enumerate(_found(diary, index, asked, whose, limit * _MORE)):
                hits |= {(bool(is_shared), one.id): one for one in some}
    ordered = sorted(
        hits.values(), key=lambda one: (-one.day.toordinal(), one.recording or "", one.start or 0.0, one.id)
    )
    return _shown(diary, _once(ordered)[:limit])


def _found(diary: Diary, index: HomeIndex, asked: Query, author: str | None, limit: int) -> Iterable[list[Found]]:
    yield index.find(asked, author, limit)
    if diary.catalog.shared_index:
        yield diary.catalog.shared_index.find(asked, author, limit)


def _queries(diary: Diary, words: str, author: str | None) -> list[tuple[str | None, Query]]:
    """What is asked, and of whom (None: of everybody): an author's spellings hold for that author alone."""
    plain = query(words)
    if not plain.terms:
        return []
    asked: list[tuple[str | None, Query]] = [(author, plain)]
    for one in [author] if author is not None else diary.catalog.days.authors():
        known = [(e.name, e.recognised) for e in entries(diary.settings.root, one) if e.recognised and not e.only]
        if known and (own := query(words, known)) != plain:
            asked.append((one, own))
    return asked


def _once(hits: Sequence[Found]) -> list[Found]:
    """Without what the notes say again of memos whose transcripts have hits themselves."""
    said = {one.recording for one in hits if one.kind == "transcript"}
    return [one for one in hits if one.kind != "note" or one.recording not in said]


def _shown(diary: Diary, hits: Sequence[Found]) -> list[dict[str, Any]]:
    known = {one.id: one for one in diary.catalog.recordings.get({hit.recording for hit in hits if hit.recording})}
    return [
        {
            "day": hit.day.isoformat(),
            "author": hit.author,
            "recording": hit.recording,
            "source": known[hit.recording].source if hit.recording in known else None,
            "segment": hit.segment,
            "start": hit.start,
            "kind": hit.kind,
            "text": hit.text,
        }
        for hit in hits
    ]
