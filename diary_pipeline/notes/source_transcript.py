"""The transcript that a note is written from: as it is stored, in a language that is known or told apart as unknown."""

from diary_pipeline.documents import read_transcript
from diary_pipeline.notes.language.detection import with_language
from diary_pipeline.schema import Recording, Transcript
from diary_pipeline.store import Store


def transcript_to_write(store: Store, path: str, recording: Recording) -> Transcript:
    """Read the transcript at *path*; where it states no language, it has the one of its words, or "und".

    Raises:
        DamagedDocumentError: it is missing or damaged.
    """
    return with_language(read_transcript(store, path, recording))
