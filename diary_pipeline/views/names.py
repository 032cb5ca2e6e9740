"""The names that a recording's note has in place of recognised words, and where each of them is from."""

from typing import Any

from diary_pipeline.diary import Diary
from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.schema import Recording
from diary_pipeline.views.show import transcript_of
from diary_pipeline.vocabulary import entries, learnt_names, memo_time


def spelt_names(diary: Diary, recording: Recording) -> list[dict[str, Any]]:
    """Recognised words of the transcript, the name that is written for them, and since when; learnt or written down."""
    root, transcript = diary.settings.root, transcript_of(diary, recording)
    text = transcript.text if transcript else ""
    used = spellings(entries(root, recording.author), recording.day, memo_time(recording.recorded_at))
    learnt = learnt_names(root, recording.author)
    found = [e for e in entries(root, recording.author) if used.get(e.recognised) == e.name]
    return [
        {
            "recognised": entry.recognised,
            "name": entry.name,
            "since": entry.since.isoformat() if entry.since else None,
            "learnt": entry in learnt,
        }
        for entry in found
        if spelt(text, {entry.recognised: entry.name}) != text
    ]
