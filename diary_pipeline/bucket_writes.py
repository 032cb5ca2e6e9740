"""Writes into a bucket on a condition that the bucket itself keeps: that an object is new, or still the one read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upath import UPath


def create(target: "UPath", data: bytes) -> bool:
    """Write an object that does not exist: the bucket itself refuses to write over one that came meanwhile."""
    if target.exists():  # a cheap look first, also for programs of buckets that know no condition
        return False
    try:
        target.fs.pipe_file(target.path, data, mode="create")
    except FileExistsError:
        return False
    return True


def replace_if(target: "UPath", data: bytes, is_still: Callable[[], bool]) -> bool:
    """Write an object whose bytes *is_still* finds to be the expected ones; False where they are not any more.

    Google Cloud Storage refuses a write over another generation than the one that was read. Other buckets are asked
    right before they are written.
    """
    conditional = "gs" in target.fs.protocol
    generation = _generation(target) if conditional else 0
    if not is_still():
        return False
    if not conditional:
        target.fs.pipe_file(target.path, data)
        return True
    bucket, name, _ = target.fs.split_path(target.path)
    place = target.fs.base.replace("/storage/", "/upload/storage/", 1) + f"b/{bucket}/o"
    condition = {"uploadType": "media", "name": name, "ifGenerationMatch": str(generation)}
    try:
        target.fs.call("POST", place, headers={"Content-Type": "text/plain"}, data=data, **condition)
    except FileExistsError:  # what the client makes of the bucket's "precondition failed"
        return False
    target.fs.invalidate_cache(target.path)
    return True


def _generation(target: "UPath") -> int:
    """The number of the object's version; 0 where there is none, as the bucket's conditions have it."""
    target.fs.invalidate_cache(target.path)
    try:
        return int(target.fs.info(target.path)["generation"])
    except FileNotFoundError:
        return 0
