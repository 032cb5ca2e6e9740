"""Waiting for what other processes do: ask again until it is so, or say what was seen last."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def until(look: Callable[[], Seen], seconds: float, *, pause: float = 0.1) -> Seen:
    """What *look* gives once it is true; fails after *seconds* with what it gave last."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not so after {seconds:g} s; last seen: {seen!r}"
        threading.Event().wait(pause)
    return seen
