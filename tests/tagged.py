"""Small recordings with the dates that recorders and phones write into their files."""

import struct
import wave
from pathlib import Path
from typing import Any


def broadcast_wave(path: Path, day: str, clock: str) -> Path:
    """A WAV file with a `bext` chunk, as field recorders write it."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(bytes(9_600))
    data = path.read_bytes()
    text = f"{'':256}{'':32}{'':32}{day}{clock}".encode()
    bext = text + bytes(8) + struct.pack("<H", 1) + bytes(254)
    chunk = b"bext" + struct.pack("<I", len(bext)) + bext
    path.write_bytes(b"RIFF" + struct.pack("<I", len(data) - 8 + len(chunk)) + b"WAVE" + chunk + data[12:])
    return path


def tagged(path: Path, codec: str, tags: dict[str, str]) -> Path:
    """A third of a second of silence with these tags, in the container that the path's ending names."""
    import av

    options = {"movflags": "use_metadata_tags"} if path.suffix == ".mov" else {}
    with av.open(str(path), "w", options=options) as out:
        out.metadata.update(tags)
        stream: Any = out.add_stream(codec, rate=48_000, layout="mono")
        context = stream.codec_context
        context.open()
        size = context.frame_size or 4_800
        for number in range(16_000 // size + 1):
            frame = av.AudioFrame(format=context.format.name, layout="mono", samples=size)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts = 48_000, number * size
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
