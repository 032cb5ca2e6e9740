"""Read unchecked audio files: the parent side. A child process opens the file, so that only the child can crash.

It starts and limits the child, and turns its failures into messages. `worker` parses the media; `mixing` decides which
of a file's tracks are heard.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from diary_pipeline.errors import PermanentError, TransientError
from diary_pipeline.file_names import quoted
from diary_pipeline.media.foreign import foreign_format
from diary_pipeline.media.mixing import FindSpeech, mixed
from diary_pipeline.schema import Noun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
_CHILD = str(Path(__file__).with_name("child.py"))
_REASONS = {
    "empty": "is empty. Record it again, or restore it from where it came.",
    "no audio": "has no audio in it. Remove it, or put the recording in its place.",
    "not audio": (
        "is not audio that can be read: damaged, cut off, or another kind of file. Restore it from where it came."
    ),
    "codec": "has sound in a coding that is not opened here. Convert it, for example to FLAC or M4A, and add that.",
    "memory": "needs more memory than allowed. Raise DIARY_DECODE_MEMORY_MB if you trust it.",
}


class NotAudioError(PermanentError):
    """The file is no audio that can be read: damaged, not complete, or of another kind."""


class Probe(Noun):
    """The metadata of a file.

    `created_at` is when the file was made, `recorded` what the recorder wrote of when it recorded, by its own clock
    where no offset is given; `seconds` is its length, declared or counted. Of a file that was read as a whole:
    `declared_seconds` is what it declares if it holds less, and `open_end` says that it ends too early.
    """

    seconds: float
    codec: str
    container: str
    sample_rate: int
    channels: int
    created_at: str | None
    recorded: tuple[str, ...] = ()
    declared_seconds: float | None = None
    open_end: bool = False


@dataclass(frozen=True)
class MediaLimits:
    """Limits for a file: seconds of audio, bytes, megabytes of the child's memory, seconds without progress."""

    max_seconds: float
    max_bytes: int
    memory_mb: int
    timeout_seconds: float


class MediaReader:
    """Probes and decodes files in a child process, started when first needed and again after a crash.

    For one thread at a time. All errors are about the file: `PermanentError` when it can never be read,
    `TransientError` when it could not be read now.
    """

    def __init__(self, limits: MediaLimits, find_speech: "FindSpeech | None" = None) -> None:
        """*find_speech* chooses among the tracks of a file that has several."""
        self._limits, self._find_speech = limits, find_speech
        self._child: subprocess.Popen[bytes] | None = None
        self._pending = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child else None

    def probe(self, path: Path, *, whole: bool = False) -> Probe:
        """The file's metadata; with *whole*, all of it is read (not decoded), and cut off files are recognised.

        Raises `PermanentError` when it is no recording, or longer or larger than allowed.
        """
        self._check_size(path)
        header, _ = next(self._request(path, {"do": "probe", "whole": whole, "max_seconds": self._limits.max_seconds}))
        probe = Probe(**header)
        if probe.seconds > self._limits.max_seconds:
            raise PermanentError(self._too_long(path))
        return probe

    def samples(self, path: Path, window_seconds: float = 60.0) -> Iterator["NDArray[np.int16]"]:
        """The file's audio as consecutive windows of 16 kHz mono samples. Stopping early is allowed.

        Each sample is at its second of the file: pauses in the time stamps are silence.
        """
        import numpy as np

        self._check_size(path)
        most = int(self._limits.max_seconds * SAMPLE_RATE)
        request = {"do": "samples", "window": int(window_seconds * SAMPLE_RATE), "max_samples": most}
        finished = False
        try:
            for header, payload in self._request(path, request):
                if finished := bool(header.get("end")):
                    return
                tracks = np.frombuffer(payload, np.int16).reshape(header["tracks"], -1)
                yield mixed(list(tracks), self._find_speech)
        finally:
            if not finished:
                self.close()  # output of the stopped request is still in the pipe

    def close(self) -> None:
        """End the child."""
        self._pending = bytearray()
        if self._child is not None:
            self._child.kill()
            child, self._child = self._child, None
            with contextlib.suppress(BrokenPipeError), child:  # closes its pipes and waits for it
                pass

    def _check_size(self, path: Path) -> None:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise TransientError(
                f"{quoted(path.name)} cannot be read: {error.strerror}. "
                "Put it back or give the diary's user access to it."
            ) from error
        if size > self._limits.max_bytes:
            megabytes = self._limits.max_bytes // 1_000_000
            raise PermanentError(
                f"{quoted(path.name)} is larger than {megabytes} MB. "
                "Raise DIARY_MAX_RECORDING_MB if it should be accepted."
            )

    def _request(self, path: Path, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
        child = self._started()
        try:
            assert child.stdin is not None
            child.stdin.write(json.dumps({**request, "path": os.fspath(path.absolute())}).encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            raise self._died(path) from None
        while True:
            header, payload = self._reply(child, path)
            if reason := header.get("refused"):
                raise self._refused(path, reason)
            if cause := header.get("failed"):
                raise TransientError(
                    f"{quoted(path.name)} cannot be read: {cause}. "
                    "Give the diary's user access to it (chmod u+r), then try again."
                )
            yield header, payload
            if request["do"] == "probe" or header.get("end"):
                return

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.close()
            environment = {
                name: value for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if (value := os.environ.get(name))
            } | {"OPENBLAS_NUM_THREADS": "1"}  # each of its threads takes address space, which is limited
            self._child = subprocess.Popen(  # noqa: S603 - our own worker
                [sys.executable, "-I", _CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            assert self._child.stdin is not None
            limits = {"memory_mb": self._limits.memory_mb, "parent": os.getpid()}
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.write(json.dumps(limits).encode() + b"\n")
        return self._child

    def _reply(self, child: "subprocess.Popen[bytes]", path: Path) -> tuple[dict[str, Any], bytes]:
        """One reply: a line of JSON, and as many bytes as it announces."""
        while b"\n" not in self._pending:
            self._fill(child, path)
        line, _, self._pending = self._pending.partition(b"\n")
        header = json.loads(line)
        size = header.pop("size", 0)
        while len(self._pending) < size:
            self._fill(child, path)
        payload, self._pending = bytes(self._pending[:size]), self._pending[size:]
        return header, payload

    def _fill(self, child: "subprocess.Popen[bytes]", path: Path) -> None:
        """Receive what the child wrote; raises if it writes nothing within the timeout."""
        assert child.stdout is not None
        handle = child.stdout.fileno()
        if not select.select([handle], [], [], self._limits.timeout_seconds)[0]:
            self.close()
            limit = f"{self._limits.timeout_seconds:g} s"
            raise PermanentError(
                f"{quoted(path.name)} kept the decoder busy for {limit} without a result. "
                "Raise DIARY_DECODE_TIMEOUT_SECONDS to allow it."
            )
        piece = os.read(handle, 1 << 20)
        if not piece:
            raise self._died(path)
        self._pending += piece

    def _died(self, path: Path) -> PermanentError:
        code = self._child.wait() if self._child else 0
        self.close()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return PermanentError(
            f"{quoted(path.name)} crashed the decoder ({how}). It is kept; convert it to another format and add that."
        )

    def _refused(self, path: Path, reason: str) -> PermanentError:
        if reason == "too long":
            return PermanentError(self._too_long(path))
        if reason == "not audio" and (foreign := foreign_format(path)):
            return PermanentError(f"{quoted(path.name)} {foreign}")
        kind = NotAudioError if reason == "not audio" else PermanentError
        return kind(f"{quoted(path.name)} {_REASONS[reason]}")

    def _too_long(self, path: Path) -> str:
        hours = self._limits.max_seconds / 3600
        return (
            f"{quoted(path.name)} is longer than {hours:g} h. Raise DIARY_MAX_RECORDING_HOURS if it should be accepted."
        )
