"""The metadata of a file, in the child process; of one that is read as a whole, its length, and whether it was cut."""

import os
from pathlib import Path
from typing import Any, BinaryIO

from diary_pipeline.media.opening import opened, sounds
from diary_pipeline.media.parts import Part, opened_part, parts_of
from diary_pipeline.media.tags import created_at, recorded
from diary_pipeline.media.timeline import Timeline

_ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""Sample rates by the code in the third byte of a packet of plain AAC."""


def probed(container: Any, streams: list[Any], longest: float) -> dict[str, Any]:
    """What `reader.Probe` holds, of the first of the *streams*."""
    stream = streams[0]
    tags = {
        **{k.lower(): v for k, v in stream.metadata.items()},
        **{k.lower(): v for k, v in container.metadata.items()},
    }
    seconds = float(container.duration / 1_000_000) if container.duration else None
    if seconds is None and stream.duration:
        seconds = float(stream.duration * stream.time_base)
    return {
        "seconds": _spanned(container, streams, longest)[0] if seconds is None else seconds,
        "codec": stream.codec_context.name,
        "container": container.format.name,
        "sample_rate": stream.codec_context.sample_rate or 0,
        "channels": stream.codec_context.channels or 0,
        "created_at": created_at(tags),
        "recorded": recorded(tags),
    }


def measured(container: Any, streams: list[Any], seconds: float, longest: float, path: Path) -> dict[str, Any]:
    """The length of a file, from its first sound to the end of its last, by its packets.

    And how much it lacks of what it declares. *seconds* is what FFmpeg says that its length is.
    """
    first, *others = parts_of(path)
    with path.open("rb") as file:
        open_end = container.format.name == "ogg" and not _ogg_is_whole(file)
        if others:
            length = sum(_part_seconds(path, part, longest) for part in (first, *others))
            return {"seconds": length, "open_end": open_end}
        known = container.duration or streams[0].duration
        declared = _declared(container, streams[0], seconds, file) if known else None
    length, end = _spanned(container, streams, longest)
    missing = 0.0 if declared is None else declared - (end if container.format.name.startswith("matroska") else length)
    if declared is not None and missing > max(0.5, declared * 0.01):
        return {"seconds": length, "declared_seconds": round(declared, 3), "open_end": True}
    alike = declared is not None and abs(seconds - length) <= max(0.5, seconds * 0.01)
    return {"seconds": seconds if alike else length, "open_end": open_end}  # what is declared is the more exact one


def _part_seconds(path: Path, part: Part, longest: float) -> float:
    with opened_part(path, part) as file, opened(file) as container:
        return _spanned(container, sounds(container), longest)[0]


def _spanned(container: Any, streams: list[Any], longest: float) -> tuple[float, float]:
    """How long the sound lasts, and the second at which it ends. Of a file that breaks off, of what is there."""
    import av

    timelines = {stream.index: Timeline(container, longest) for stream in streams}
    kind, begins, ends, usual = container.format.name, dict[int, float](), dict[int, float](), 0
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except av.FFmpegError:
            if not ends:
                raise
            break
        if packet.size:
            stream, own = packet.stream.index, _own_rate(kind, packet)
            usual = usual or own
            seconds = float((packet.duration or 0) * packet.time_base) * (usual / own if own else 1)
            stamp = None if packet.pts is None else float(packet.pts * packet.time_base)
            begin = timelines[stream].place(stamp, ends.get(stream, 0.0))
            if stamp is not None:
                begins.setdefault(stream, begin)
            ends[stream] = begin + seconds
    end = max(ends.values(), default=0.0)
    if len(streams) < len(container.streams):  # a video may begin before the sound
        return end - min(end, timelines[streams[0].index].begin), end
    return end - min(begins.values(), default=0.0), end


def _own_rate(kind: str, packet: Any) -> int:
    """The rate that a packet itself states, where FFmpeg takes the first one's for all; 0 if it is not known."""
    code = bytes(packet)[2] >> 2 & 15 if kind == "aac" and packet.size > 2 else len(_ADTS_RATES)
    return _ADTS_RATES[code] if code < len(_ADTS_RATES) else 0


def _declared(container: Any, stream: Any, seconds: float | None, file: BinaryIO) -> float | None:
    """The length that the file declares; None where it is only estimated or declared by what is there."""
    kind, alone = container.format.name.partition(",")[0], len(container.streams) == 1
    if kind == "wav":
        return _wav_seconds(file)
    if kind == "caf":
        return stream.frames / stream.codec_context.sample_rate if stream.frames and alone else None
    if kind == "mp3":
        return seconds if _mp3_declares(file) else None
    if kind == "mov" and not alone:
        return float(stream.duration * stream.time_base) if stream.duration else None
    if kind == "matroska" and not alone:  # the file's length may be a video's
        hours, minutes, rest = ([float(n) for n in stream.metadata.get("DURATION", "").split(":") if n] + [0.0] * 3)[:3]
        return hours * 3600 + minutes * 60 + rest or None
    return seconds if kind in ("flac", "aiff", "mov", "matroska") else None


def _wav_seconds(file: BinaryIO) -> float | None:
    """The length by the header of a WAV file; None while a program that records has not written it yet."""
    head = os.pread(file.fileno(), 65_536, 0)  # not by `read`: the container reads from the same file
    form, data = head.find(b"fmt "), head.find(b"data")
    if not head.startswith(b"RIFF") or min(form, data) < 0:
        return None
    rate, size = (int.from_bytes(head[at : at + 4], "little") for at in (form + 16, data + 4))
    return size / rate if rate and 0 < size < 0x7FFF_0000 else None


def _mp3_declares(file: BinaryIO) -> bool:
    """Whether the first frame says how many there are, and not only those of the first of several joined files."""
    size, head = os.fstat(file.fileno()).st_size, os.pread(file.fileno(), 10, 0)
    tags = 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    tags = tags if head.startswith(b"ID3") else 0
    frame = os.pread(file.fileno(), 4096, tags)
    for mark, flags, at in ((b"Xing", b"\x03", 12), (b"Info", b"\x03", 12), (b"VBRI", b"", 10)):
        if (found := frame.find(mark)) >= 0:
            stated = int.from_bytes(frame[found + at : found + at + 4], "big")
            has_bytes = not flags or frame[found + 7] & 3 == 3
            return not has_bytes or stated > 0.9 * (size - tags)
    return False


def _ogg_is_whole(file: BinaryIO) -> bool:
    """Whether the last page is whole and marked as the last."""
    size = os.fstat(file.fileno()).st_size
    tail = os.pread(file.fileno(), 131_072, max(0, size - 131_072))
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return False
    table = tail[at + 27 : at + 27 + tail[at + 26]]
    return bool(tail[at + 5] & 4) and len(tail) >= at + 27 + tail[at + 26] + sum(table)
