"""What arrives in the inbox after a full look: file events say which few files to look at."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from diary_pipeline.recordings.events import InboxEvents, inbox_events
from diary_pipeline.settings import Settings

if TYPE_CHECKING:
    from diary_pipeline.recordings.discover import Discovery

NO_EVENTS_SECONDS = 10.0
"""Where there are no events the inbox is looked at so seldom: a bucket's listings are billed."""


class Arrivals:
    """The changes of the inbox since this was made. *discover* looks at all of it (None) or at some paths."""

    def __init__(self, events: InboxEvents | None, discover: "Callable[[Collection[str] | None], Discovery]") -> None:
        self._events, self._discover = events, discover

    def look(self, seconds: float) -> bool:
        """Wait for changes, *seconds* at most, and look at what has settled; whether there was anything to look at."""
        if self._events is None:
            _sleep(min(seconds, NO_EVENTS_SECONDS))
            self._discover(None)
            return True
        paths = self._events.settled(seconds)
        if paths is not None and not paths:
            return False
        if self._discover(paths).growing and paths:
            self._events.again(paths)
        return True


@contextmanager
def arrivals(settings: Settings, discover: "Callable[[Collection[str] | None], Discovery]") -> Iterator[Arrivals]:
    """Listen to the inbox as long as the context lasts."""
    with inbox_events(settings.inbox_url, settings.settle_seconds) as events:
        yield Arrivals(events, discover)


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)
