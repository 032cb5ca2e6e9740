"""The child side of `reader`: reads unchecked audio files under limits, and may crash.

It uses the standard library, PyAV and, where several channels are compared, numpy: it must start fast and hold no
secrets. Requests are JSON lines on stdin; each reply on stdout is a JSON line, followed by as many bytes as its `size`
says.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from diary_pipeline.media.opening import RefusalError, check_not_empty, opened, sounds
from diary_pipeline.media.probing import measured, probed
from diary_pipeline.media.tracks import windows

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve requests until stdin ends."""
    limits = json.loads(sys.stdin.readline())
    _confine(limits)
    out = sys.stdout.buffer
    for line in sys.stdin:
        request = json.loads(line)
        try:
            for header, payload in _answer(request):
                _send(out, header, payload)
        except RefusalError as refusal:
            _send(out, {"refused": str(refusal)})
        except MemoryError:
            _send(out, {"refused": "memory"})
        except OSError as error:
            _send(out, {"failed": error.strerror or type(error).__name__})


def _confine(limits: dict[str, Any]) -> None:
    """Limit memory, forbid writing files and core dumps, and end with the parent."""
    bytes_allowed = limits["memory_mb"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (bytes_allowed, bytes_allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != limits["parent"]:
            sys.exit(0)


def _answer(request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    import av

    path = Path(request["path"])
    check_not_empty(path)
    try:
        yield from _probed(path, request) if request["do"] == "probe" else _samples(path, request)
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise RefusalError("memory" if isinstance(error, MemoryError) else "not audio") from error


def _probed(path: Path, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    with path.open("rb") as file, opened(file) as container:
        streams, longest = sounds(container), request["max_seconds"]
        found = probed(container, streams, longest)
        yield found | (measured(container, streams, found["seconds"], longest, path) if request["whole"] else {}), b""


def _samples(path: Path, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Windows of 16 kHz samples, one track after the other."""
    for tracks in windows(path, request["window"], request["max_samples"]):
        yield {"size": sum(map(len, tracks)), "tracks": len(tracks)}, b"".join(tracks)
    yield {"end": True}, b""


def _send(out: BinaryIO, header: dict[str, Any], payload: bytes = b"") -> None:
    out.write(json.dumps(header).encode() + b"\n" + payload)
    out.flush()
