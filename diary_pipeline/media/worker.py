"""Read unchecked audio files: the child side of `reader`, which works under limits and may crash.

Started by file path, with the standard library and PyAV only: it must start fast and hold no secrets. Requests are JSON
lines on stdin; each reply on stdout is a JSON line, followed by as many bytes as its `size` says.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

FORMATS = "wav,mp3,mov,ogg,flac,matroska,aac,asf,amr,aiff,caf"
RATE = 16_000
_PR_SET_PDEATHSIG = 1


class RefusalError(Exception):
    """What is wrong with a file: a kind that the parent turns into a message."""


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

    with Path(request["path"]).open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise RefusalError("empty")
        try:
            with av.open(
                file, options={"format_whitelist": FORMATS, "protocol_whitelist": "file"}, metadata_errors="replace"
            ) as container:
                if not container.streams.audio:
                    raise RefusalError("no audio")
                if request["do"] == "probe":
                    yield _probe(container), b""
                else:
                    yield from _samples(container, request)
        except (av.FFmpegError, EOFError, ValueError) as error:
            raise RefusalError("not audio") from error


def _probe(container: Any) -> dict[str, Any]:
    stream = container.streams.audio[0]
    tags = {
        **{k.lower(): v for k, v in stream.metadata.items()},
        **{k.lower(): v for k, v in container.metadata.items()},
    }
    seconds = float(container.duration / 1_000_000) if container.duration else None
    if seconds is None and stream.duration:
        seconds = float(stream.duration * stream.time_base)
    return {
        "seconds": _counted(container, stream) if seconds is None else seconds,
        "codec": stream.codec_context.name,
        "container": container.format.name,
        "sample_rate": stream.codec_context.sample_rate or 0,
        "channels": stream.codec_context.channels or 0,
        "created_at": tags.get("creation_time"),
    }


def _counted(container: Any, stream: Any) -> float:
    """The length of a stream that does not declare it, from its packets."""
    end = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return end


def _samples(container: Any, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Windows of 16 kHz mono samples, as faster-whisper's `decode_audio` makes them; skips undecodable packets."""
    window, most, given, buffer = request["window"] * 2, request["max_samples"], 0, bytearray()
    for data in _resampled(container):
        buffer += data
        while len(buffer) >= window:
            yield {"size": window}, bytes(buffer[:window])
            del buffer[:window]
            given += window // 2
        if given + len(buffer) // 2 > most:
            raise RefusalError("too long")
    if not given and not buffer:
        raise RefusalError("not audio")
    if buffer:
        yield {"size": len(buffer)}, bytes(buffer)
    yield {"end": True}, b""


def _resampled(container: Any) -> Iterator[bytes]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    fifo = av.AudioFifo()
    for frame in _frames(container):
        frame.pts = None
        fifo.write(frame)
        if fifo.samples >= 500_000:
            yield from _bytes(resampler, fifo.read())
    if fifo.samples:
        yield from _bytes(resampler, fifo.read())
    yield from _bytes(resampler, None)


def _frames(container: Any) -> Iterator[Any]:
    import av

    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        with contextlib.suppress(av.InvalidDataError):
            yield from packet.decode()


def _bytes(resampler: Any, frame: Any) -> Iterator[bytes]:
    for resampled in resampler.resample(frame):
        yield bytes(resampled.planes[0])[: resampled.samples * 2]


def _send(out: BinaryIO, header: dict[str, Any], payload: bytes = b"") -> None:
    out.write(json.dumps(header).encode() + b"\n" + payload)
    out.flush()


if __name__ == "__main__":
    main()
