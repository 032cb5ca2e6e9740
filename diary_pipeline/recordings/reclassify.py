"""A person's word about a recording's privacy class."""

import hashlib

from diary_pipeline.catalog import Catalog
from diary_pipeline.errors import DiaryError, UserError
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.schema import Privacy, Recording
from diary_pipeline.settings import Settings


def reclassify(settings: Settings, catalog: Catalog, recording: Recording, privacy: Privacy) -> list[str]:
    """Make one recording standard, or everything with its bytes local_only; returns the ids whose class changed.

    Raises:
        UserError: it cannot become standard before it was ingested.
    """
    sha256 = recording.sha256 or _hash(settings, recording)
    if privacy == "standard" and recording.sha256 is None:
        raise UserError(
            f"{recording.id} is not ingested yet, and is private by its folder or sidecar. "
            "Move the file or correct the sidecar instead."
        )
    return catalog.privacy.decide(recording.id, privacy, sha256)


def _hash(settings: Settings, recording: Recording) -> str | None:
    """The sha256 of a file that is not ingested yet; None where it cannot be read."""
    try:
        with Inbox(settings.inbox_url).local_file(recording.path) as file, file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, DiaryError):
        return None
