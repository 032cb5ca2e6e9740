"""Recordings and transcripts put into the diary by request: checked, copied into the inbox, registered."""

from collections.abc import Sequence
from pathlib import Path

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.recordings.transcript import bring_along
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.imported import MOST_BYTES, read_file


def put(settings: Settings, files: Sequence[Path], options: AddOptions, transcripts: Sequence[Path] = ()) -> list[str]:
    """Copy *files* and *transcripts* into the inbox, after a look whether the transcripts can be parsed.

    Returns the paths of the recordings in the inbox; see `put_into_inbox`.

    Raises:
        UserError: a file cannot be used. Nothing was added.
        TransientError: the inbox cannot be written.
    """
    for transcript in transcripts:
        _check(transcript)
    return put_into_inbox(settings, files, options, transcripts)


def register(diary: Diary, paths: Sequence[str]) -> None:
    """Register what was put into the inbox at these *paths*, and the transcripts that were brought along later."""
    pipeline.discover(diary, settled=paths)
    bring_along(diary.settings.inbox_url, diary.catalog, diary.store, *paths, by_request=True)


def _check(transcript: Path) -> None:
    if not transcript.is_file():
        kind = "is a folder" if transcript.is_dir() else "is not there"
        raise UserError(f"The transcript {transcript} {kind}. Nothing was added.")
    try:
        with transcript.open("rb") as stream:
            found = read_file(stream.read(MOST_BYTES + 1), transcript.suffix)
    except OSError as error:
        raise UserError(f"The transcript {transcript} cannot be read: {error.strerror}. Nothing was added.") from error
    except UserError as error:
        raise UserError(f"The transcript {transcript} cannot be used. {error} Nothing was added.") from error
    if not found.segments:
        raise UserError(f"The transcript {transcript} is empty: there are no words in it. Nothing was added.")
