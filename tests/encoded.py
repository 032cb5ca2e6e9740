"""Sounds as files of several kinds, made for a test."""

import io
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np

from diary_pipeline.transcribe.engine import Samples


def encoded(
    audio: Samples,
    codec: str,
    form: str,
    rate: int,
    bit_rate: int = 0,
    title: str = "",
    options: dict[str, str] | None = None,
) -> bytes:
    """A file of this sound: codec, container, sample rate, and bits per second (0: the codec's own)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "memo")
        _write(file, audio, (codec, form, rate, bit_rate), title, options or {})
        return file.read_bytes()


def _write(file: Path, audio: Samples, how: tuple[str, str, int, int], title: str, options: dict[str, str]) -> None:
    codec, form, rate, bit_rate = how
    with av.open(str(file), "w", format=form, options=options) as out:
        out.metadata["title"] = title
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(audio[None, :], format="s16", layout="mono")
        frame.sample_rate = 16_000
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.codec_context.frame_size or 1024)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


def decoded(data: bytes) -> Samples:
    """The sound of a file, 16 kHz mono."""
    with av.open(io.BytesIO(data), "r") as file:
        resampler = av.AudioResampler("s16", "mono", 16_000)
        pieces = [piece for frame in file.decode(audio=0) for piece in resampler.resample(frame)]
        return np.concatenate([piece.to_ndarray().ravel() for piece in (*pieces, *resampler.resample(None))])


def seconds(audio: Samples, begin: float, end: float) -> Samples:
    """A piece of a sound."""
    return audio[int(begin * 16_000) : int(end * 16_000)]
