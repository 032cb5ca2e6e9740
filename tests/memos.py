"""Small real recordings for tests: tones in WAV files, named and dated as a phone would."""

import json
import math
import os
import struct
import wave
import zlib
from datetime import UTC, datetime
from pathlib import Path

OLD = datetime(2026, 3, 20, 12, 0, tzinfo=UTC).timestamp()


def authors(home: Path, *names: str) -> None:
    """Say in a home that these are authors, as `diary authors add` does."""
    home.mkdir(parents=True, exist_ok=True)
    listed = json.dumps(names, ensure_ascii=False).replace("\x7f", "\\u007f")
    (home / "authors.toml").write_text(f"people = {listed}", "utf-8")


def tone(path: Path, *, seconds: float = 0.3, hertz: float = 440.0, modified: float = OLD) -> Path:
    """A WAV file with one tone, 16 kHz mono; different *hertz* make different bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = int(16_000 * seconds)
    samples = (int(8_000 * math.sin(2 * math.pi * hertz * n / 16_000)) for n in range(frames))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(struct.pack(f"<{frames}h", *samples))
    os.utime(path, (modified, modified))
    return path


def memos(inbox: Path, names: list[str]) -> list[Path]:
    """One tone per name, each with bytes of its own, which follow from the name."""
    return [tone(inbox / name, hertz=300.0 + zlib.crc32(name.encode()) % 100_000 / 100) for name in names]


def day_names(day: str, count: int) -> list[str]:
    """File names of *count* memos on *day*, an hour apart from eight in the morning."""
    return [f"{day} {8 + number % 12:02d}.{number // 12:02d}.wav" for number in range(count)]
