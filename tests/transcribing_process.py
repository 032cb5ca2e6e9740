"""A process that transcribes short memos with tiny.en, so that a test can measure its memory.

    python -m tests.transcribing_process BATCH_SIZE MEMORY_MB

Prints one JSON object: texts, counts, and its memory in MiB before the model, at its peak and after unloading.
"""

import json
import sys
import tempfile
from pathlib import Path

from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.memory import current_mib, peak_mib
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.resident import RESIDENT
from diary_pipeline.transcribe.weights import locate
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.spoken import samples, text, windows

MEMO, SLICES, SECONDS = "2026-03-16 22.06.m4a", 8, 3.5


def main(batch_size: int, memory_mb: int) -> None:
    """Transcribe slices of a memo with full-length input, which needs the most memory."""
    with tempfile.TemporaryDirectory() as home:
        weights = locate("tiny.en", Path(home))
        options, context = Options(short_input=False), EngineContext(memory_mb=memory_mb)
        engine = WhisperEngine(
            weights, options=options, plan=Plan(batch_size), device="cpu", threads=1, context=context
        )
        audio, step = samples(MEMO), int(SECONDS * 16_000)
        jobs = [Job(str(n), windows(audio[n * step : (n + 1) * step]), "en") for n in range(SLICES)]
        before = current_mib()
        results = sorted(engine.transcribe(jobs), key=lambda result: result.id)
    peak = peak_mib()
    RESIDENT.unload()
    report = {"texts": [text(result) for result in results], "counts": [dict(result.counts) for result in results]}
    print(json.dumps({**report, "before": before, "peak": peak, "unloaded": current_mib()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
