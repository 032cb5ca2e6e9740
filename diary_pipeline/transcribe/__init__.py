"""Speech to text: recordings in, transcripts' segments out.

What belongs here: the port (`Engine`), the stages behind it (`speech` -> `batch` -> `whisper` -> `stitch`) and the weights
they run on. What does not: opening audio files (`media`), deciding what is pending (`pipeline`), documents (`store`).
"""

from diary_pipeline.transcribe.engine import Engine, Job, Result

__all__ = ["Engine", "Job", "Result"]
