"""Something that is done again and again beside other work, for a tenth of the time at most."""

import logging
import threading
import time
from collections.abc import Callable

from diary_pipeline.errors import TransientError, type_and_place

log = logging.getLogger("diary.pipeline")
SHARE = 10


def lookout(discover: Callable[[], object]) -> Callable[[], None]:
    """Looks at the inbox for a tenth of the time at most, so that what becomes private meanwhile is not sent."""
    lock, due = threading.Lock(), 0.0

    def look() -> None:
        nonlocal due
        with lock:  # the others wait for what it finds
            if (began := time.monotonic()) < due:
                return
            try:
                discover()
            except TransientError as error:
                log.warning("the inbox was not looked at again", extra={"ctx": {"error": type_and_place(error)}})
            due = time.monotonic() + SHARE * (time.monotonic() - began)

    return look
