"""Search: the sentences in which words occur, read from the transcripts at every call."""

import math
from typing import Any

from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable
from diary_pipeline.views.show import transcript_of

SEARCH_LIMIT = 50
MOST_HITS = 1_000_000


def search(diary: Diary, words: str, author: str | None = None, limit: int = SEARCH_LIMIT) -> list[dict[str, Any]]:
    """Segments in which all of *words* occur, newest first: day, author, recording, segment, start in seconds, text."""
    if not words.strip():
        raise UserError("There is no word to search for. Name one, like `diary search dentist`.")
    if not 1 <= limit <= MOST_HITS:
        raise UserError(f"A search has between 1 and {MOST_HITS} hits.")
    import duckdb
    import pandas as pd

    segments = pd.DataFrame(
        _segments(diary, author), columns=["day", "author", "recording", "source", "segment", "start", "text"]
    )
    wanted = [readable(word.lower()) for word in words.split()]
    where = " AND ".join("contains(lower(text), ?)" for _ in wanted)
    with duckdb.connect() as connection:
        connection.register("segments", segments)
        query = f"SELECT * FROM segments WHERE {where} ORDER BY day DESC, recording, start, segment LIMIT {int(limit)}"  # noqa: S608 - values are bound
        rows = connection.execute(query, wanted)
        names = [column[0] for column in rows.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return [
        hit | {"start": None if hit["start"] is None or math.isnan(hit["start"]) else hit["start"]} for hit in found
    ]


def _segments(diary: Diary, author: str | None) -> list[tuple[Any, ...]]:
    rows = []
    for recording, _ in diary.catalog.recordings.all():
        if (
            recording.takes_part
            and author in (None, recording.author)
            and (transcript := transcript_of(diary, recording))
        ):
            place = (str(recording.day), recording.author, recording.id, recording.source)
            rows += [
                (*place, segment.id, segment.start if transcript.timed else None, segment.text)
                for segment in transcript.segments
            ]
    return rows
