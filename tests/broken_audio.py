"""Audio files that are broken or unusual: truncated, without an audio stream, hours of silence."""

import io
from functools import cache
from pathlib import Path


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
