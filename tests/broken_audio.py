"""Audio files that are broken or unusual: truncated, without an audio stream, hours of silence."""

import io
from functools import cache
from pathlib import Path
from typing import Any


def truncated(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=16_000)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))  # else the encoder may find NaN
        frame.sample_rate = 16_000
        for number in range(60):
            frame.pts = number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    path.write_bytes(path.read_bytes()[:600])


def picture_only(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))


def with_damaged_video(path: Path, codec: str) -> Path:
    """Two seconds of silence in a Matroska file, beside a video whose every packet is damaged."""
    import av

    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as out:
        video: Any = out.add_stream(codec, rate=5)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        pictures = [packet for _ in range(10) for packet in video.encode(av.VideoFrame(64, 64, video.pix_fmt))]
        for packet in [*pictures, *video.encode(None)]:
            data = b"\x5a" * max(16, packet.size // 2)
            damaged = av.Packet(data)
            damaged.stream, damaged.pts, damaged.dts = video, packet.pts, packet.dts
            damaged.time_base, damaged.is_keyframe = packet.time_base, True
            out.mux(damaged)
        frame = av.AudioFrame(format="s16", layout="mono", samples=32_000)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = 16_000, 0
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    path.write_bytes(made.getvalue())
    return path


def silence(path: Path, hours: float = 3) -> None:
    path.write_bytes(flac(round(hours * 360)))


@cache
def flac(pieces: int) -> bytes:
    """A FLAC file of so many pieces of ten seconds of silence."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="flac") as out:
        stream = out.add_stream("flac", rate=16_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=160_000)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 16_000
        for number in range(pieces):
            frame.pts = number * 160_000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()
