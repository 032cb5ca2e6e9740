"""Speech to text: recordings in, segments of transcripts out.

The steps behind the port (`Engine`) are `prepare` (decode audio, find speech, compute features), `batch` (chunks of
different recordings together), `whisper` or `endpoint` (decode), `review` (check the answers) and `stitch` (words to
sentences). `stage` runs them on pending recordings.
"""

from diary_pipeline.transcribe.engine import Engine, Job, Result

__all__ = ["Engine", "Job", "Result"]
