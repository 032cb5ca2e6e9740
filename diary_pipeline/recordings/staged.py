"""Audio that waits in one machine's home until it was transcribed, for another machine that shares the bucket."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from diary_pipeline.errors import DiaryError
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.transcript import copy_beside
from diary_pipeline.schema import Recording
from diary_pipeline.work import Work

log = logging.getLogger("diary.ingest")


def fetch_from_inbox(work: Work, days: Sequence[date] | None) -> int:
    """Copy audio that another machine has ingested and not sent to the bucket yet from the inbox; returns how many.

    Where the inbox no longer has the same bytes, the recording waits for that machine.
    """
    if work.store.is_local:
        return 0
    ingested = [r for r in work.candidates(days) if r.audio and not r.quarantine]
    begun = {name for name, _ in work.catalog.attempts.succeeded("transcribe", [r.id for r in ingested])}
    return sum(_fetch(work, recording) for recording in ingested if recording.id not in begun)


def _fetch(work: Work, recording: Recording) -> bool:
    audio = recording.audio or ""
    if Path(str(work.store.at(audio, "local_only"))).exists() or work.store.outside(audio):
        return False
    try:
        if recording.transcript and recording.has_sound:
            copy_beside(work.store, Inbox(work.settings.inbox_url), recording)
        with Inbox(work.settings.inbox_url).local_file(recording.path) as file, file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != recording.sha256:
                return False
            stream.seek(0)
            work.store.copy_in(audio, stream, "local_only", verify=lambda: None)
    except (OSError, DiaryError) as error:
        context = {"recording": recording.id, "error": type(error).__name__}
        log.warning("audio of another machine is not in the inbox", extra={"ctx": context})
        return False
    return True
