"""A recording of six hours: bounded memory, and the cost of a crash in the middle (QUICK=1: one hour).

Real speech with pauses, as one MP3, through the product's own path: ingested, decoded in the child process, searched
for speech, batched, stored, written. Only the words are scripted, so the memory is what comes on top of a model. The
first process kills itself in the middle; the second should decode only the chunks that the first had not stored. Exits
with 1 where memory, a chunk or the resumption is wrong.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.process import QUICK, tuned
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Samples

HOURS = 1 if QUICK else 6
ALLOWED_MIB = 1500
PAUSES = (0.5, 3.0, 1.0, 8.0)
"""Seconds between memos, in turn."""


@dataclass(frozen=True)
class ProcessRun:
    """What one process did: the chunks it decoded, in order, and the peak memory of it and its child."""

    chunks: list[int]
    mib: float
    child_mib: float
    status: int


def main() -> None:
    """Print the figures and whether they hold, or be the process that is measured."""
    if sys.argv[1:2] == ["child"]:
        _transcribe(Path(sys.argv[2]), int(sys.argv[3]))
        return
    tuned()
    with tempfile.TemporaryDirectory(prefix="diary-long-") as folder:
        home = Path(folder)
        unit = _unit()
        times = round(HOURS * 3600 * SAMPLE_RATE / len(unit))
        _write_mp3(home / "inbox" / "2026-03-14 08.00.mp3", unit, times)
        middle = round(_speech_seconds(unit) * times / 60)  # half of the chunks, at less than thirty seconds each
        first, second = _process(home, middle), _process(home, 0)
        sys.exit(_judge(home, first, second, _speech_seconds(unit) * times))


def _judge(home: Path, first: ProcessRun, second: ProcessRun, speech: float) -> int:
    transcript = json.loads(next((home / "transcripts").rglob("*.json")).read_text())
    counts = transcript["provenance"]["counts"]
    numbers = [
        int(word["text"]) for segment in transcript["segments"] for word in segment["words"] if word["text"].isdigit()
    ]
    kept = counts.get("remembered", 0)
    holds = {
        "killed in the middle": first.status == -signal.SIGKILL,
        "every chunk once and in order": numbers == list(range(counts["chunks"])),
        "speech found": abs(counts["speech_seconds"] / speech - 1) < 0.02,
        "resumed": kept + len(second.chunks) == counts["chunks"] and not set(first.chunks[:kept]) & set(second.chunks),
        "memory": max(first.mib, second.mib) < ALLOWED_MIB,
    }
    hours = f"{counts['speech_seconds'] / 3600:.2f} h of speech (expected {speech / 3600:.2f})"
    print(f"  {counts['chunks']} chunks, {hours}, {len(numbers)} of them in the transcript")
    again = f"remembered {kept} and decoded {len(second.chunks)}, from {min(second.chunks, default=-1)} on"
    print(f"  killed after {len(first.chunks)} chunks; the next process {again}")
    for what, held in holds.items():
        print(f"  {what}: {'yes' if held else 'NO'}")
    right = all(holds.values())
    print(
        f"bench long: hours={HOURS} peak_mib={second.mib:.0f} decoding_child_mib={second.child_mib:.0f} "
        f"holds={'yes' if right else 'no'}"
    )
    return 0 if right else 1


def _unit() -> Samples:
    """All English samples, with pauses."""
    import numpy as np

    parts: list[Any] = []
    for number, memo in enumerate(spoken for spoken in corpus.samples() if spoken.language == "en"):
        parts += [memo.audio, np.zeros(int(PAUSES[number % len(PAUSES)] * SAMPLE_RATE), np.int16)]
    return np.concatenate(parts)


def _speech_seconds(unit: Samples) -> float:
    """Seconds of speech that one unit holds, found in it alone."""
    from diary_pipeline.transcribe.speech import Speech

    speech = Speech(lambda: iter([unit]))
    for _ in speech.chunks():
        pass
    return speech.speech_seconds


def _write_mp3(path: Path, unit: Samples, times: int) -> None:
    """The unit as MP3 again and again, each time a little softer: the same sound twice would be decoded only once."""
    import av
    import numpy as np

    path.parent.mkdir(parents=True)
    with av.open(str(path), "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=SAMPLE_RATE, frame_size=stream.frame_size
        )
        for number in range(times):
            softer = (unit * (1 - 0.5 * number / times)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(softer.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    os.utime(path, (1, 1_790_000_000))


def _process(home: Path, dies_at: int) -> ProcessRun:
    """Transcribe in a new process, which kills itself before the chunk number *dies_at* (0: never)."""
    log = home / f"decoded-{dies_at}"
    command = [sys.executable, "-m", "benchmarks.long", "child", str(home), str(dies_at)]
    done = subprocess.run(command, cwd=corpus.ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - this program
    if done.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"the process failed:\n{done.stderr[-3000:]}")
    chunks = [int(line) for line in log.read_text().split()]
    memory = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else [0.0, 0.0]
    return ProcessRun(chunks, memory[0], memory[1], done.returncode)


def _transcribe(home: Path, dies_at: int) -> None:
    from diary_pipeline import pipeline
    from diary_pipeline.bootstrap import open_diary
    from diary_pipeline.settings import Settings
    from diary_pipeline.testing.decoder import CountingDecoder, CountingEngine

    decoded = 0

    def hook(chunks: Sequence[int]) -> None:
        nonlocal decoded
        if dies_at and decoded >= dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        decoded += len(chunks)
        with (home / f"decoded-{dies_at}").open("a") as log:
            log.writelines(f"{chunk}\n" for chunk in chunks)

    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, lease_seconds=1)
    diary = open_diary(settings, CountingEngine(CountingDecoder(hook)))
    pipeline.discover(diary)
    pipeline.ingest(diary)
    for _ in range(20):  # the killed process's claim has to lapse first
        report = pipeline.transcribe(diary)
        if report.attempts:
            break
        time.sleep(0.5)
    if len(report.done) != 1:
        sys.exit(f"not transcribed: {report.faults}")
    diary.close()
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps([own, child]))


if __name__ == "__main__":
    main()
