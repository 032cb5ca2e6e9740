"""Read unchecked audio files: the child side of `reader`, which works under limits and may crash.

Started by file path, with the standard library and PyAV only: it must start fast and hold no secrets. Requests are JSON
lines on stdin; each reply on stdout is a JSON line, followed by as many bytes as its `size` says.
"""

import contextlib
import ctypes
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

FORMATS = "wav,mp3,mov,ogg,flac,matroska,aac,asf,amr,aiff,caf"
CODECS = (
    "aac aac_fixed aac_latm ac3 eac3 alac amrnb amrwb libopencore_amrnb libopencore_amrwb "
    "mp1 mp1float mp2 mp2float mp3 mp3float mp3adu mp3adufloat mp3on4 mp3on4float "
    "flac opus libopus vorbis speex wavpack tta "
    "wmav1 wmav2 wmapro wmalossless wmavoice gsm gsm_ms "
    "adpcm_ima_wav adpcm_ima_qt adpcm_ms adpcm_yamaha adpcm_g722 g722 adpcm_g726 g726 adpcm_g726le g726le "
    "g723_1 g729 ilbc qcelp evrc truespeech mace3 mace6 qdm2 "
    "pcm_alaw pcm_mulaw pcm_bluray pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_s64le "
    "pcm_s64be pcm_u16le pcm_u16be pcm_u24le pcm_u24be pcm_u32le pcm_u32be pcm_f16le pcm_f24le pcm_f32le pcm_f32be "
    "pcm_f64le pcm_f64be pcm_s8_planar pcm_s16le_planar pcm_s16be_planar pcm_s24le_planar pcm_s32le_planar"
).split()
"""The decoders that may run, by FFmpeg's names: of sound, as recorders make it.

Opening a file probes all of its streams. Without this list a video in a memo would run its decoder.
"""

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
        options = {
            "format_whitelist": FORMATS,
            "protocol_whitelist": "file",
            "codec_whitelist": ",".join(CODECS),  # holds while a file is opened; decoding does not look at it
        }
        try:
            with av.open(file, options=options, metadata_errors="replace") as container:
                stream = _sound(container)
                if request["do"] == "probe":
                    found = _probe(container, stream)
                    yield found | (_ending(container, stream, found, file) if request.get("whole") else {}), b""
                else:
                    yield from _samples(container, stream, request)
        except (av.FFmpegError, EOFError, ValueError) as error:
            raise RefusalError("not audio") from error


def _sound(container: Any) -> Any:
    """The first stream of sound whose decoder may run."""
    if not container.streams.audio:
        raise RefusalError("no audio")
    found = (s for s in container.streams.audio if s.codec_context is not None and s.codec_context.name in CODECS)
    stream = next(found, None)
    if stream is None:
        raise RefusalError("codec")
    return stream


def _probe(container: Any, stream: Any) -> dict[str, Any]:
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
        "created_at": None if _is_clock(tags.get("creation_time")) else tags.get("creation_time"),
        "recorded": _recorded(tags),
    }


_DATE = re.compile(r"(\d{4})[-:/_. ]?(\d\d)[-:/_. ]?(\d\d)(?:[T ]+(.*))?", re.DOTALL)
_CLOCK = re.compile(r"(\d\d)[-:_. ]?(\d\d)(?:[-:_. ]?(\d\d))?(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def _recorded(tags: dict[str, str]) -> list[str]:
    """What the recorder wrote of when it recorded, as ISO 8601: dates that have a time, the surest first.

    A time without an offset is that of the recorder's clock.
    """
    texts = [
        tags.get("com.apple.quicktime.creationdate"),  # an export has its own creation_time, and keeps this
        f"{tags.get('date', '')}T{tags.get('creation_time', '')}" if _is_clock(tags.get("creation_time")) else None,
        f"{tags.get('origination_date', '')}T{tags.get('origination_time', '')}",
        *(tags.get(name) for name in ("date_recorded", "date", "recording_date", "recorded_date", "tdrc", "icrd")),
    ]
    return list(dict.fromkeys(filter(None, (_moment(text) for text in texts))))


def _is_clock(text: str | None) -> bool:
    return text is not None and _CLOCK.fullmatch(text.strip()) is not None


def _moment(text: str | None) -> str | None:
    """A tag's date and time as ISO 8601; None where it has no time, as the year of a song, or was never set."""
    found = _DATE.fullmatch((text or "").strip(" \0"))
    clock = _CLOCK.fullmatch(found[4].strip()) if found and found[4] else None
    if found is None or clock is None or found[1] == "0000":
        return None
    hour, minute, second, offset = clock.groups()
    if not offset and f"{hour}{minute}{second or '00'}" == "000000":
        return None  # midnight to the second is a date that a program has completed
    return f"{'-'.join(found.groups()[:3])}T{hour}:{minute}:{second or '00'}{(offset or '').upper()}"


def _ending(container: Any, stream: Any, found: dict[str, Any], file: BinaryIO) -> dict[str, Any]:
    """How much of a recording is there, where that is less than it declares."""
    declared = _declared(container, stream, found["seconds"], file) if container.duration or stream.duration else None
    open_end = container.format.name == "ogg" and not _ogg_is_whole(file)
    if declared is None:
        return {"open_end": open_end}
    there = _counted(container, stream)
    if declared - there <= max(0.5, declared * 0.01):
        return {"open_end": open_end}
    return {"seconds": there, "declared_seconds": round(declared, 3), "open_end": True}


def _declared(container: Any, stream: Any, seconds: float, file: BinaryIO) -> float | None:
    """The length that the file declares; None where it is only estimated or declared by what is there."""
    kind, alone = container.format.name.partition(",")[0], len(container.streams) == 1
    if kind == "wav":
        return _wav_seconds(file)
    if kind == "caf":
        return stream.frames / stream.codec_context.sample_rate if stream.frames and alone else None
    if kind == "mp3":
        return seconds if _mp3_declares(file) else None
    if kind in ("flac", "aiff") or (kind in ("mov", "matroska") and (alone or stream.duration)):
        return seconds
    return None


def _wav_seconds(file: BinaryIO) -> float | None:
    """The length by the header of a WAV file; None while a program that records has not written it yet."""
    head = os.pread(file.fileno(), 65_536, 0)  # not by `read`: the container reads from the same file
    form, data = head.find(b"fmt "), head.find(b"data")
    if not head.startswith(b"RIFF") or min(form, data) < 0:
        return None
    rate, size = (int.from_bytes(head[at : at + 4], "little") for at in (form + 16, data + 4))
    return size / rate if rate and 0 < size < 0x7FFF_0000 else None


def _mp3_declares(file: BinaryIO) -> bool:
    """Whether the first frame says how many there are."""
    head = os.pread(file.fileno(), 10, 0)
    tags = 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    frame = os.pread(file.fileno(), 4096, tags if head.startswith(b"ID3") else 0)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def _ogg_is_whole(file: BinaryIO) -> bool:
    """Whether the last page is whole and marked as the last."""
    size = os.fstat(file.fileno()).st_size
    tail = os.pread(file.fileno(), 131_072, max(0, size - 131_072))
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    table = tail[at + 27 : at + 27 + tail[at + 26]]
    return bool(tail[at + 5] & 4) and len(tail) >= at + 27 + tail[at + 26] + sum(table)


def _counted(container: Any, stream: Any) -> float:
    """The length of a stream by its packets; of one that breaks off, what is there."""
    import av

    end, packets = 0.0, container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return end
        except av.FFmpegError:
            if not end:
                raise
            return end
        if packet.pts is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))


def _samples(container: Any, stream: Any, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Windows of 16 kHz mono samples, as faster-whisper's `decode_audio` makes them; skips undecodable packets."""
    window, most, given, buffer = request["window"] * 2, request["max_samples"], 0, bytearray()
    for data in _resampled(container, stream):
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


def _resampled(container: Any, stream: Any) -> Iterator[bytes]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    fifo = av.AudioFifo()
    for frame in _frames(container, stream):
        frame.pts = None
        fifo.write(frame)
        if fifo.samples >= 500_000:
            yield from _bytes(resampler, fifo.read())
    if fifo.samples:
        yield from _bytes(resampler, fifo.read())
    yield from _bytes(resampler, None)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    import av

    packets = container.demux(stream)
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
