"""Transcripts that other programs made: subtitles, plain text and JSON become segments, with the times that they state.

`read_file` parses one; nothing is guessed: what states no times gets none.
"""

from diary_pipeline.transcribe.imported.cues import ImportedTranscript
from diary_pipeline.transcribe.imported.formats import FORMATS, MOST_BYTES, decoded, read_file, spoken_text

__all__ = ["FORMATS", "MOST_BYTES", "ImportedTranscript", "decoded", "read_file", "spoken_text"]
