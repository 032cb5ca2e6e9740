"""Containers made from two sentences: a codec, layout, rate, stamps and tracks, each as the draw says."""

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 16_000
PCM = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000)
CODED = (16_000, 22_050, 32_000, 44_100, 48_000)


@dataclass(frozen=True)
class Kind:
    """A container with a codec. `delay`: so many samples of the codec's own may lie before the sound."""

    form: str
    codec: str
    rates: tuple[int, ...] = PCM
    suffix: str = ""
    delay: int = 0
    stamped: bool = False
    streams: bool = False
    joined: bool = False
    channels: int = 2


# Not stamped are also: PCM in MOV, where a hole is not written, and FLAC in Ogg, whose first page FFmpeg counts from 0.
KINDS = {
    "wav": Kind("wav", "pcm_s16le", joined=True, channels=6),
    "wav 8 bit": Kind("wav", "pcm_u8", joined=True, channels=6),
    "wav 24 bit": Kind("wav", "pcm_s24le", joined=True, channels=6),
    "wav float": Kind("wav", "pcm_f32le", joined=True, channels=6),
    "wav adpcm": Kind("wav", "adpcm_ima_wav", CODED),
    "w64": Kind("w64", "pcm_s16le", channels=6),
    "au": Kind("au", "pcm_s16be", channels=6),
    "au mu-law": Kind("au", "pcm_mulaw"),
    "aiff": Kind("aiff", "pcm_s16be", joined=True, channels=6),
    "caf": Kind("caf", "pcm_s16le", channels=6),
    "avi": Kind("avi", "pcm_s16le", streams=True),
    "avi mp3": Kind("avi", "libmp3lame", CODED, delay=2400, streams=True),
    "ts": Kind("mpegts", "aac", CODED, delay=2048, streams=True, joined=True),
    "ts mp2": Kind("mpegts", "mp2", (32_000, 44_100, 48_000), delay=1200, streams=True, joined=True),
    "m4a": Kind("ipod", "aac", CODED, delay=1024, stamped=True, streams=True, joined=True, channels=6),
    "m4a alac": Kind("ipod", "alac", CODED, stamped=True, streams=True, joined=True),
    "3gp": Kind("3gp", "aac", CODED, delay=1024, stamped=True, streams=True),
    "mov": Kind("mov", "pcm_s16le", CODED, streams=True, channels=6),
    "mp3": Kind("mp3", "libmp3lame", CODED, joined=True, delay=2400),
    "aac": Kind("adts", "aac", CODED, joined=True, delay=2048),
    "ogg": Kind("ogg", "libopus", (48_000,), joined=True, stamped=True, channels=6),
    "ogg flac": Kind("ogg", "flac", CODED, joined=True),
    "flac": Kind("flac", "flac", PCM, joined=True, channels=6),
    "mka": Kind("matroska", "libopus", (48_000,), suffix="mka", stamped=True, streams=True, joined=True),
    "mka flac": Kind("matroska", "flac", CODED, suffix="mka", stamped=True, streams=True, channels=6),
    "mka aac": Kind("matroska", "aac", CODED, suffix="mka", delay=2048, stamped=True, streams=True),
    "webm": Kind("webm", "libopus", (48_000,), suffix="webm", stamped=True, streams=True),
    "wma": Kind("asf", "wmav2", CODED, suffix="wma", delay=4096, stamped=True, streams=True),
}


def container(
    kind: Kind,
    tracks: Sequence[Floats],
    rate: int,
    layout: str,
    *,
    start: float = 0.0,
    hole: tuple[float, float] = (0, 0),
) -> bytes:
    """A file with a stream for each of *tracks* (channels in rows, from -1 to 1, 16 kHz).

    Its time stamps begin at *start* seconds, and have a hole: (after which second, of how many seconds).
    """
    made = io.BytesIO()
    with av.open(made, "w", format=kind.form) as out:
        streams: list[Any] = [out.add_stream(kind.codec, rate=rate, layout=layout) for _ in tracks]
        packets = [
            packet
            for stream, sound in zip(streams, tracks, strict=True)
            for packet in _packets(stream, sound, start, hole)
        ]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    return made.getvalue()


def _packets(stream: Any, sound: Floats, start: float, hole: tuple[float, float]) -> list[Any]:
    context = stream.codec_context
    layout, rate = context.layout.name, context.sample_rate
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32), format="fltp", layout=layout)
    frame.sample_rate = RATE
    context.bit_rate = 128_000
    context.open()
    resampler = av.AudioResampler(context.format, layout, rate, frame_size=context.frame_size or 1024)
    packets, at = [], 0
    for piece in (*resampler.resample(frame), *resampler.resample(None)):
        late = start + (hole[1] if hole[1] and at >= hole[0] * rate else 0.0)
        piece.pts, at = at + round(late * rate), at + piece.samples
        piece.time_base = Fraction(1, rate)
        packets += stream.encode(piece)
    return [*packets, *stream.encode(None)]


def of_channels(sound: Floats, rate: int) -> bytes:
    """A WAV file of any number of channels without a layout."""
    at = np.arange(round(sound.shape[1] * rate / RATE)) * RATE / rate
    levels = np.stack([np.interp(at, np.arange(sound.shape[1]), channel) for channel in sound], axis=1)
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(len(sound))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((levels * 32767).astype(np.int16).tobytes())
    return made.getvalue()
