"""A fake of the speech engine, which answers from a script."""

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diary_pipeline.schema import Segment
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Job, Result

Script = Mapping[str, Sequence[str]] | Callable[[str], Sequence[str]]


@dataclass
class ScriptedEngine:
    """An `Engine` that answers from a script: a recording's id to its sentences.

    An id that the script lacks gives silence.

    What a callable script raises becomes that recording's `Result.error`. `calls`: a file that gets one line "id
    process" for every recording, so that the calls of several processes can be counted. `hook` is called with the id
    before each result, `window_hook` with the id after each window of audio; for tests that block or die there. What
    `hook` raises ends the engine. `about` is added to each result's counts, like a device's.
    """

    script: Script = field(default_factory=dict)
    calls: Path | None = None
    read_audio: bool = True
    hook: Callable[[str], None] | None = None
    window_hook: Callable[[str], None] | None = None
    model: str = "script"
    about: Mapping[str, Any] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`."""
        return {"engine": "scripted", "version": "1", "model": self.model}

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Answer the jobs one by one."""
        for job in jobs:
            if self.calls is not None:
                _append(self.calls, f"{job.id} {os.getpid()}\n")
            result = self._answer(job)
            if self.hook is not None:
                self.hook(job.id)
            yield result

    def _answer(self, job: Job) -> Result:
        try:
            samples = self._read(job) if self.read_audio else 0
            texts = self.script(job.id) if callable(self.script) else self.script.get(job.id, ())
        except Exception as error:  # noqa: BLE001 - the port's promise: an error stays with its recording
            return Result(job.id, error=error)
        seconds = samples / SAMPLE_RATE if self.read_audio else float(len(texts))
        each = seconds / max(1, len(texts))
        segments = tuple(
            Segment(
                id=f"s{n + 1:02d}", start=round(n * each, 2), end=round((n + 1) * each, 2), text=text, confidence=1.0
            )
            for n, text in enumerate(texts)
        )
        counts = {"speech_seconds": seconds if texts else 0.0, "chunks": 1 if texts else 0, **self.about}
        return Result(job.id, segments, (job.language or "en") if texts else None, seconds, counts)

    def _read(self, job: Job) -> int:
        """How many samples the recording has; reports progress for each window."""
        samples = 0
        for window in job.audio():
            samples += len(window)
            if job.progress is not None:
                job.progress(samples / SAMPLE_RATE)
            if self.window_hook is not None:
                self.window_hook(job.id)
        return samples


def _append(path: Path, line: str) -> None:
    """Write a line in one system call, so that lines of several processes never mix."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
