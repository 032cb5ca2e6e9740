"""Opening unchecked files, in the child process: which formats and decoders may run, and which streams are sound."""

from pathlib import Path
from typing import Any, BinaryIO

FORMATS = "wav,w64,mp3,mov,ogg,flac,matroska,aac,asf,amr,aiff,caf,au,avi,mpegts,mpeg,ac3,eac3,wv,tta,voc,qcp,loas"
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

MOST_STREAMS = 64


class RefusalError(Exception):
    """What is wrong with a file: a kind that the parent turns into a message."""


def opened(file: BinaryIO) -> Any:
    """The container of an open file, a context manager."""
    import av

    options = {
        "format_whitelist": FORMATS,
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join(CODECS),  # holds while a file is opened; decoding does not look at it
    }
    return av.open(file, options=options, metadata_errors="replace")


def sounds(container: Any) -> list[Any]:
    """The streams of sound whose decoders may run. Raises `RefusalError` where there is none."""
    if not container.streams.audio:
        raise RefusalError("no audio")
    streams = [s for s in container.streams.audio if s.codec_context is not None and s.codec_context.name in CODECS]
    if not streams:
        raise RefusalError("codec")
    return streams[:MOST_STREAMS]


def check_not_empty(path: Path) -> None:
    """Raises `RefusalError` for a file without a byte."""
    if path.stat().st_size == 0:
        raise RefusalError("empty")
