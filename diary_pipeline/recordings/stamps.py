"""Stamps: by what a look knows, without opening a file, that it and its sidecars are as they were before."""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Mapping
from typing import Any

from diary_pipeline.recordings.folders import Entries, Objects
from diary_pipeline.recordings.listing import NO_SIDECARS, Sidecars, group_of, lies_beside

TICKS_SECONDS = 2.0
"""A sidecar that changed so lately is read again at the next look: its time may be too coarse to show a change."""

Seen = Callable[[str, str, str | None], bool]
"""Whether a file (path, stamp, stamp of its sidecars) is as it was at an earlier look."""


def is_seen(entry: "os.DirEntry[str]", path: str, beside: str | None, seen: Seen) -> bool:
    """Whether a regular file is as it was at an earlier look."""
    try:
        info = entry.stat()
    except OSError:
        return False
    return stat.S_ISREG(info.st_mode) and seen(path, stamp_of(info), beside)


def not_plain(prefix: str, entries: Entries, plain: Mapping[str, str], paths: set[str]) -> list[str]:
    """The names of a folder's files, without those that are as they were and have no sidecar: to *paths* these go.

    For each file of a large inbox this is all that a look does.
    """
    groups = {group_of(name) for name in entries if lies_beside(name)}
    rest = []
    for name, entry in entries.items():
        stamp = plain.get(path := prefix + name)
        if stamp is not None and (not groups or group_of(name) not in groups) and _has_stamp(entry, stamp):
            paths.add(path)
        else:
            rest.append(name)
    return rest


def _has_stamp(entry: "os.DirEntry[str]", stamp: str) -> bool:
    try:
        return stamp_of(entry.stat()) == stamp
    except OSError:
        return False


def beside_stamp(entries: Entries, sidecars: Sidecars) -> str | None:
    """The stamp of a recording's sidecars, None without any; empty where one is not settled or cannot be examined."""
    if sidecars == NO_SIDECARS:
        return None
    stamps, lately = list[str](), time.time() - TICKS_SECONDS
    for name in sidecars.names:
        try:
            info = entries[name].stat()
        except OSError:
            return ""
        if max(info.st_mtime, info.st_ctime) > lately:
            return ""
        stamps.append(f"{name}/{info.st_ino}:{stamp_of(info)}")
    return hashlib.sha256("/".join(stamps).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def stamp_of_object(info: Mapping[str, Any]) -> str:
    """Size and hash of an object, or else what its bucket calls its version."""
    return f"{info['size']}:{info.get('md5Hash') or info.get('generation') or info.get('etag')}"


def beside_stamp_of_objects(objects: Objects, sidecars: Sidecars) -> str | None:
    """The same of objects; None where there is no sidecar."""
    if sidecars == NO_SIDECARS:
        return None
    stamps = [f"{name}/{stamp_of_object(objects[name])}" for name in sidecars.names]
    known = not any(stamp.endswith(":None") for stamp in stamps)
    return hashlib.sha256("/".join(stamps).encode()).hexdigest()[:16] if known else ""


def stamp_of(info: os.stat_result) -> str:
    """Size, time and change time: other bytes may come with the old time, as after a restore."""
    return f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"


def lasting(stamp: str) -> str:
    """The part of a stamp that a copy of the file keeps: its size and time (in a bucket, its hash)."""
    return ":".join(stamp.split(":")[:2])
