"""Time stamps, in the child process: at which second of its file a piece of sound is heard."""

from typing import Any

ZERO_BASED = frozenset(("mov", "matroska", "asf", "ogg"))
"""Containers whose time stamps count from the file's beginning: a late start is silence."""

CLOCKS = frozenset(("mpegts",))
"""Containers whose time stamps begin anywhere. All others have none: there, FFmpeg's are only counted."""

STEADY = 0.05
"""Time stamps tremble, and are rounded: a piece that comes so many seconds late or less follows the one before."""

RESTART = 1.0
"""Time stamps that go back by more begin anew, as where two files were joined."""


class Timeline:
    """Places pieces of one stream, in order. *longest* seconds are the most that a file may last.

    *joined*: the container is a later part of its file, so that it begins where the one before ended. `begin` is where
    the file itself begins: later than 0 if nothing in it is earlier.
    """

    def __init__(self, container: Any, longest: float, *, joined: bool = False) -> None:
        kind, start = container.format.name.partition(",")[0], (container.start_time or 0) / 1_000_000
        zero_based = kind in ZERO_BASED and start <= longest and not joined
        self.begin = max(start, 0.0) if zero_based else 0.0
        self._stamped = kind in ZERO_BASED | CLOCKS
        self._shift, self._longest = 0.0 if zero_based else -start, longest

    def gap(self, stamp: float | None, position: float) -> float:
        """The seconds of silence before a piece that is stamped so and follows what ends at *position*.

        Nothing lies on what came before: sound that is there is not dropped.
        """
        if stamp is None or not self._stamped:
            return 0.0
        late = stamp + self._shift - position
        return 0.0 if -RESTART <= late <= STEADY else max(0.0, self.place(stamp, position) - position)

    def place(self, stamp: float | None, position: float) -> float:
        """The second that a stamp means. A jump back, or beyond what a file may last, is a clock that was set."""
        if stamp is None or not self._stamped:
            return position
        at = stamp + self._shift
        if at < position - RESTART or at > self._longest:
            self._shift += position - at
            return position
        return at
