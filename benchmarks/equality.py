"""Whether batching over recordings changes a word: every sample and clip, against faster-whisper's pipeline per file.

The encoder gets 30 s, and filters, languages per chunk, repair and temperatures are off, as upstream does. In batches
of 1, 4, 8 and 16 and in shuffled order. Exits with 1 where a text or a language differs.
"""

import random
import sys
from collections.abc import Iterator, Sequence

from benchmarks import corpus, models
from benchmarks.corpus import Spoken
from benchmarks.process import QUICK, tuned
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.whisper import WhisperEngine, load_model

SIZES = (1, 4, 8, 16)
Transcripts = dict[str, tuple[str, str | None]]


def main() -> None:
    """Print how many were equal, per model and batch size."""
    tuned()
    recordings = corpus.samples() + corpus.clips()
    unequal = 0
    for name in ("tiny.en", "base"):
        expected = upstream(name, recordings)
        for size in (8,) if QUICK else SIZES:
            different = list(differences(expected, ours(name, recordings, size)))
            unequal += len(different)
            equal = len(recordings) - len(different)
            print(
                f"bench equality: model={name} batch={size} equal={equal} of={len(recordings)} {different or ''}",
                flush=True,
            )
    sys.exit(1 if unequal else 0)


def ours(name: str, recordings: Sequence[Spoken], size: int) -> Transcripts:
    """Every recording in shuffled order, in batches of that size."""
    engine = WhisperEngine(
        models.weights(name), options=Options().as_upstream(), plan=Plan(batch_size=size), device="cpu", threads=2
    )
    order = random.Random(size).sample(list(recordings), len(recordings))  # noqa: S311
    results = engine.transcribe(Job(recording.name, recording.windows()) for recording in order)
    return {r.id: (" ".join(segment.text for segment in r.segments), r.language) for r in results}


def upstream(name: str, recordings: Sequence[Spoken]) -> Transcripts:
    """Each recording alone."""
    from faster_whisper import BatchedInferencePipeline

    model = load_model(WhisperEngine(models.weights(name), device="cpu", threads=2))
    transcripts: Transcripts = {}
    for recording in recordings:
        segments, info = BatchedInferencePipeline(model).transcribe(recording.floats, batch_size=8)
        text = " ".join(" ".join(segment.text for segment in segments).split())
        transcripts[recording.name] = (text, info.language if text else None)
    return transcripts


def differences(expected: Transcripts, transcripts: Transcripts) -> Iterator[str]:
    """Recordings whose text or language differs."""
    for name, (text, language) in expected.items():
        if ("".join(transcripts[name][0].split()), transcripts[name][1]) != ("".join(text.split()), language):
            yield name


if __name__ == "__main__":
    main()
