"""Verify that a folder of weights has the expected bytes.

Digests of the user's own models are recorded in the home (`models/digests.json`); those of official models are in
`official`.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from diary_pipeline.errors import UserError
from diary_pipeline.transcribe.official import OfficialModel

PATTERNS = ("config.json", "model.bin", "tokenizer.json", "vocabulary.*", "preprocessor_config.json")
"""The files that a model is read from. Other files in the folder are never opened."""

Digests = dict[str, str]


def missing_files(folder: Path, *, needs_preprocessor_config: bool = False) -> list[str]:
    """Patterns of required files that the folder lacks; empty if it is a model."""
    wanted = PATTERNS if needs_preprocessor_config else PATTERNS[:-1]
    return [pattern for pattern in wanted if not any(folder.glob(pattern))]


def file_digests(folder: Path) -> Digests:
    """Map each file that a model is read from to its sha256. A file is read again only after it changed."""
    found = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
    return {path.name: _sha256(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def read_record(home: Path) -> dict[str, Any]:
    """The home's record: `official` maps a revision to digests, `folders` a path to its name and digests.

    `fallback` says what stands in for the model that `auto` means (`fallen_back`).
    """
    path = home / "models" / "digests.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        record = {}
    except ValueError as error:
        raise UserError(
            f"{path} is not JSON: {error}. Delete it and name your own folders again with `diary models add`."
        ) from error
    return {"official": {}, "folders": {}, "fallback": {}} | record


def write_record(home: Path, kind: str, key: str, value: Mapping[str, Any]) -> None:
    """Add one entry to the home's record, atomically."""
    record = read_record(home)
    record[kind][key] = dict(value)
    target = home / "models" / "digests.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".digests-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(record, out, indent=1, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    Path(temporary).replace(target)


def verify_official(folder: Path, model: OfficialModel, home: Path) -> str:
    """Check a folder against the official table and return the digest of its model.bin.

    Digests that the table lacks are recorded when a revision is first seen, and enforced from then on.

    Raises:
        UserError: a file has other bytes, or a file does not belong to the model.
    """
    found = file_digests(folder)
    key = f"{model.repository}@{model.revision}"
    recorded = None if model.complete else read_record(home)["official"].get(key)
    expected = {**(recorded or {}), **model.files}
    unlisted = {name: digest for name, digest in found.items() if name not in expected}
    if unlisted and (model.complete or recorded is not None):
        raise UserError(
            f"{folder} holds {next(iter(unlisted))}, which {model.name} does not have. Delete that file, or the folder."
        )
    remedy = (
        "Delete the folder to fetch it again, or, if these weights are your own, "
        "name them with `diary models add FOLDER NAME`."
    )
    _compare(folder, found, expected, remedy)
    if recorded is None and not model.complete:
        write_record(home, "official", key, unlisted)
    return found["model.bin"]


def verify_recorded(folder: Path, entry: Mapping[str, Any]) -> str:
    """Check a folder against what was recorded for it and return the digest of its model.bin.

    Raises:
        UserError: a file was changed, added or removed since.
    """
    found = file_digests(folder)
    added = sorted(set(found) - set(entry["files"]))
    if added:
        raise UserError(
            f"{folder} holds {added[0]}, which was not there when it was added. "
            f"Delete it, or run `diary models add {folder} {entry['name']}`."
        )
    _compare(
        folder, found, entry["files"], f"If you changed it yourself, run `diary models add {folder} {entry['name']}`."
    )
    return found["model.bin"]


def _compare(folder: Path, found: Digests, expected: Mapping[str, str], remedy: str) -> None:
    for name, digest in expected.items():
        if name not in found:
            raise UserError(f"{folder / name} is missing. {remedy}")
        if found[name] != digest:
            raise UserError(
                f"{folder / name} is refused: expected sha256 {digest[:12]}…, found {found[name][:12]}…. {remedy}"
            )


@lru_cache(maxsize=64)
def _sha256(path: str, size: int, changed: int) -> str:
    """Hash one file; `size` and `changed` are part of the cache key, so a file that was replaced is hashed again."""
    del size, changed
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
