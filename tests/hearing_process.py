"""A process of its own that hears short memos with tiny.en, so that a test can measure what a process takes.

    python -m tests.hearing_process BATCH_SIZE MEMORY_MB

Prints one JSON object: texts, counts, and its memory in MiB before the model, at its peak and after it was unloaded.
"""

import json
import sys
import tempfile
from pathlib import Path

from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.memory import now_mib, peak_mib
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.resident import RESIDENT
from diary_pipeline.transcribe.weights import locate
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.spoken import samples, text, windows

MEMO, SLICES, SECONDS = "2026-03-16 22.06.m4a", 8, 3.5


def main(batch_size: int, memory_mb: int) -> None:
    """Hear slices of a memo with full-length input, which takes the most memory."""
    with tempfile.TemporaryDirectory() as home:
        weights = locate("tiny.en", Path(home))
        options, around = Options(short_input=False), EngineContext(memory_mb=memory_mb)
        engine = WhisperEngine(weights, options=options, plan=Plan(batch_size), device="cpu", threads=1, around=around)
        audio, step = samples(MEMO), int(SECONDS * 16_000)
        jobs = [Job(str(n), windows(audio[n * step : (n + 1) * step]), "en") for n in range(SLICES)]
        before = now_mib()
        results = sorted(engine.transcribe(jobs), key=lambda result: result.id)
    peak = peak_mib()
    RESIDENT.unload()
    told = {"texts": [text(result) for result in results], "counts": [dict(result.counts) for result in results]}
    print(json.dumps({**told, "before": before, "peak": peak, "unloaded": now_mib()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
