"""What may lie in an inbox: names, contents, sidecars and times, each of a kind that is made with a random generator.

Belongs here: how each kind is made, and whether it must be on a page. Does not belong here: what becomes of it.
"""

import io
import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

ALPHABETS = ("abcdefgh", "äöüßéñçå", "дневник", "日記音声", "مذكرات", "हिन्दी", "🎙️📓🐈", "\u200b\u202e\u00a0", "İıŞş")
CONTAINERS = {"mov": ("ipod", "aac"), "mp3": ("mp3", "mp3"), "ogg": ("ogg", "libopus"), "flac": ("flac", "flac")}
CONTROL, SHELL = " \t\n\r\x01\x1b\x7f", ";&|*?%\"'`\\~!#{}"
OFFSETS = ("", "Z", "+14:00", "-12:00", "+05:45")
ENDINGS = (".WAV", ".wav.wav", "", ".", "...", ".audio", ".wäv", ".m4a", ". wav")
LONGEST_NAME = 255  # bytes, on most file systems


@dataclass(frozen=True)
class Kind:
    """One way to make a part of a file. `must`: an otherwise good file is on a page; else a page or a reason does.

    `passed`: it is no recording to the diary, and named as passed over.
    """

    make: Callable[[Random], Any]
    must: bool = True
    passed: bool = False


def words(random: Random, least: int = 1, most: int = 12) -> str:
    """Some letters of one writing."""
    letters = random.choice(ALPHABETS)
    return "".join(random.choice(letters) for _ in range(random.randint(least, most)))


def _day(random: Random) -> str:
    return f"2026-{random.randint(1, 3):02}-{random.randint(1, 28):02}"


def _phone(random: Random) -> str:
    return f"{_day(random)} {random.randint(0, 23):02}.{random.randint(0, 59):02}.wav"


def _long(random: Random) -> str:
    name = ""
    while len(f"{name}.wav".encode()) < LONGEST_NAME - 30:
        name += words(random)
    while len(f"{name}.wav".encode()) > LONGEST_NAME - 5:  # room for the number that makes it unique
        name = name[:-1]
    return f"{name}.wav"


def _bytes(random: Random, most: int) -> str:
    """Bytes that a name may hold, as Python shows them."""
    allowed = bytes(set(range(1, 256)) - {ord("/")})
    return os.fsdecode(bytes(random.choice(allowed) for _ in range(random.randint(1, most))))


def _of(*choices: str) -> Callable[[Random], str]:
    return lambda random: random.choice(choices)


NAMES: Mapping[str, Kind] = {
    "name of a phone": Kind(_phone),
    "name in any writing": Kind(lambda r: f"{words(r)} {words(r)}.wav"),
    "name in decomposed letters": Kind(lambda r: unicodedata.normalize("NFD", f"Übung é {words(r)}.wav")),
    "name with spaces and control characters": Kind(lambda r: f" {words(r)}{r.choice(CONTROL)} .wav"),
    "name with marks of a shell": Kind(lambda r: f"{words(r)}{r.choice(SHELL)}$(id).wav"),
    "name with marks of Markdown": Kind(lambda r: f"[{words(r)}](x) <b>`|# - [ ] {words(r)}.wav"),
    "name of 250 bytes": Kind(_long),
    "name with an odd ending": Kind(lambda r: words(r) + r.choice(ENDINGS)),
    "name with an impossible date": Kind(_of("2026-02-30 10.00.wav", "2026-13-01.wav", "2026-03-14 27.61.wav")),
    "name with two dates": Kind(lambda r: f"{_day(r)} and 2025-{_day(r)[5:]}.wav"),
    "name with a date that can be read in two ways": Kind(_of("03-04-2024.wav", "01.02.2025 note.wav")),
    "name with a date in the future": Kind(_of("2099-01-01 10.00.wav", "20991231_235959.wav")),
    "name with a date before the first day": Kind(_of("2001-01-02 10.00.wav", "19991231_235959.wav"), must=False),
    "name with a date alone": Kind(lambda r: f"{_day(r)}.wav"),
    "name with an offset": Kind(lambda r: f"{_day(r)}T{r.randint(0, 23):02}:15:00{r.choice(OFFSETS)}.wav"),
    "name of digits": Kind(lambda r: f"{r.randrange(10 ** r.randint(1, 30))}.wav", must=False),  # it may be a date
    "name in Latin-1 bytes": Kind(lambda r: f"caf{chr(0xDC00 + r.randint(0xC0, 0xFF))} {words(r)}.wav"),
    "name of random bytes": Kind(lambda r: f"n{_bytes(r, 40)}.wav"),
    "name that is hidden": Kind(lambda r: f".{words(r)}.wav", passed=True),
    "name with a document's ending": Kind(
        lambda r: f"{words(r)}{r.choice(['.txt', '.md', '.zip', '.PDF'])}", passed=True
    ),
    "name of an unfinished copy": Kind(
        lambda r: f"{words(r)}.wav{r.choice(['.part', '.tmp', '.crdownload'])}", passed=True
    ),
}

STRANGER = "stranger "

FOLDERS: Mapping[str, Kind] = {
    "folder: none": Kind(lambda _: ""),
    "folder of an author": Kind(lambda r: f"{words(r)}/"),
    "folder of which nobody has said whose it is": Kind(lambda r: f"{STRANGER}{words(r)}/", must=False),
    "folder called private": Kind(_of("private/", "Private/", "anna/private/", "anna/PRIVATE/old/")),
    "folders in folders": Kind(lambda r: "/".join(words(r) for _ in range(r.randint(2, 8))) + "/"),
    "folder called like a recording": Kind(lambda r: f"{_day(r)}.wav/"),
    "folder with marks": Kind(lambda r: f"{words(r)} %2F<b>[x](y)\n/"),
    "folder of dots": Kind(lambda r: f"{words(r)}..{words(r)}../"),
    "folder that is hidden": Kind(lambda r: f".{words(r)}/", passed=True),
    "folder of random bytes": Kind(lambda r: f"f{_bytes(r, 20)}/"),
    "folder in Latin-1 bytes": Kind(lambda r: f"caf{chr(0xDC00 + r.randint(0xC0, 0xFF))}/"),
    "folder of 220 bytes": Kind(lambda _: "x" * 220 + "/"),
}


def wav(random: Random) -> bytes:
    """A tenth of a second of noise, other bytes each time."""
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(random.randint(1, 2))
        file.setsampwidth(2)
        file.setframerate(random.choice((8_000, 16_000, 44_100)))
        file.writeframes(random.randbytes(6_400))
    return out.getvalue()


def _encoded(random: Random) -> bytes:
    import av
    import numpy as np

    form, codec = CONTAINERS[random.choice(sorted(CONTAINERS))]
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=48_000)
        noise = np.frombuffer(random.randbytes(2 * 9_600), np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate = 48_000
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, context.layout, 48_000, context.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def _flipped(random: Random) -> bytes:
    data = bytearray(random.choice((wav, _encoded))(random))
    for _ in range(random.randint(1, 200)):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def _cut(random: Random) -> bytes:
    data = random.choice((wav, _encoded))(random)
    return data[: random.randrange(len(data))]


CONTENTS: Mapping[str, Kind] = {
    "noise in a WAV file": Kind(wav),
    "noise in another container": Kind(_encoded),
    "no bytes": Kind(lambda _: b"", must=False),
    "random bytes": Kind(lambda r: r.randbytes(r.randint(1, 20_000)), must=False),
    "zeros": Kind(lambda r: bytes(r.randint(1, 20_000)), must=False),
    "text": Kind(lambda r: words(r, 1, 500).encode(), must=False),
    "a playlist": Kind(lambda _: b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", must=False),
    "audio cut anywhere": Kind(_cut, must=False),
    "audio with broken bytes": Kind(_flipped, must=False),
    "audio with bytes behind it": Kind(lambda r: wav(r) + r.randbytes(r.randint(1, 5_000)), must=False),
    "a header without samples": Kind(lambda r: wav(r)[:44], must=False),
}


def _said(**keys: Callable[[Random], Any]) -> Callable[[Random], bytes]:
    return lambda random: json.dumps({name: value(random) for name, value in keys.items()}).encode()


def _time(random: Random) -> str:
    return f"{_day(random)}T{random.randint(0, 23):02}:{random.randint(0, 59):02}:00{random.choice(OFFSETS)}"


def _wrong_bytes(random: Random) -> bytes:
    """A good sidecar with some bytes changed, cut off or doubled."""
    data = bytearray(_said(recorded_at=_time, author=words, privacy=_of("local_only", "standard"))(random))
    for _ in range(random.randint(1, 8)):
        place = random.randrange(len(data))
        data[place : place + random.randint(0, 2)] = random.randbytes(random.randint(0, 2))
    return bytes(data)


KEYS = ("recorded_at", "author", "language", "privacy", "priority", "by")
NO_TIMES = ("2026-02-30T10:00:00", "2026-03-14", "0001-01-01T00:00:00Z")
WRONG: tuple[Any, ...] = (None, True, -1, 1e308, [], {}, "", " ", "x" * 5_000, "🐈", *NO_TIMES)
NO_FOLDERS = ("../../x", "a/b", ".", "..", "/", "a\\b", "con", "x" * 199)
SIDECARS: Mapping[str, Kind] = {
    "no sidecar": Kind(lambda _: None),
    "sidecar with a time": Kind(_said(recorded_at=_time)),
    "sidecar with everything": Kind(
        _said(
            recorded_at=_time,
            author=lambda r: f"a{words(r)}",
            language=_of("en"),
            priority=lambda _: -9,
            privacy=_of("local_only"),
        )
    ),
    "sidecar with a byte order mark": Kind(lambda r: b"\xef\xbb\xbf" + _said(recorded_at=_time)(r)),
    "sidecar that is no JSON": Kind(lambda r: r.choice((b"", b"{", b"recorded_at: today", b"\x00")), must=False),
    "sidecar that is no object": Kind(lambda r: r.choice((b"[]", b"7", b'"x"', b"null", b"NaN")), must=False),
    "sidecar with wrong values": Kind(lambda r: json.dumps({r.choice(KEYS): r.choice(WRONG)}).encode(), must=False),
    "sidecar with other keys": Kind(_said(mood=words, tags=lambda _: [1, {}])),
    "sidecar with an author that no folder can have": Kind(_said(author=_of(*NO_FOLDERS)), must=False),
    "sidecar with an endless author": Kind(_said(author=lambda _: "x" * 5_000), must=False),
    "sidecar with an author that holds a zero byte": Kind(_said(author=lambda _: "a\0b"), must=False),
    "sidecar with an author of half characters": Kind(_said(author=lambda _: "a\ud800b"), must=False),
    "sidecar with an endless number": Kind(lambda _: b'{"priority": ' + b"9" * 20 + b"}", must=False),
    "sidecar of endless depth": Kind(lambda _: b"[" * 100_000, must=False),
    "sidecar in Latin-1": Kind(lambda _: '{"author": "Zoë"}'.encode("latin-1"), must=False),
    "sidecar in UTF-16": Kind(lambda _: '{"author": "Zoë"}'.encode("utf-16")),
    "sidecar of random bytes": Kind(lambda r: r.randbytes(r.randint(1, 200)), must=False),
    "sidecar with wrong bytes": Kind(_wrong_bytes, must=False),
}

TIMES: Mapping[str, Kind] = {
    "file of last spring": Kind(lambda r: r.randint(1_735_732_800, 1_782_864_000)),
    "file of 1970": Kind(lambda _: 0, must=False),
    "file from before 1970": Kind(lambda r: -r.randint(1, 10**9), must=False),
    "file from the future": Kind(lambda r: r.randint(4_000_000_000, 10_000_000_000), must=False),
    "file from the year 10000": Kind(lambda _: 253_402_300_800, must=False),
}
