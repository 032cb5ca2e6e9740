"""Alerts: one for each route, reason and run, however many notes it concerns."""

import logging
import threading
from collections.abc import Iterable

from diary_pipeline.llm.obstacles import AT_ONCE, Alert, Obstacle

log = logging.getLogger("diary.llm")


def log_alert(route: str, reason: str) -> None:
    """The default alert: one line in the log."""
    obstacle = Obstacle.named(route, reason)
    level = logging.ERROR if obstacle.cause in AT_ONCE else logging.WARNING
    log.log(level, "a route cannot be used: %s", obstacle, extra={"ctx": {"route": route, "reason": reason}})


class Alerts:
    """Passes each alert on once in a run."""

    def __init__(self, alert: Alert) -> None:
        self._alert_of, self._told, self._lock = alert, set[tuple[str | None, str, str]](), threading.Lock()

    def alert(self, run_id: str | None, obstacles: Iterable[Obstacle]) -> None:
        """Alert of what was not told in this run yet."""
        for each in obstacles:
            what = run_id, each.route, each.reason
            with self._lock:
                new = what not in self._told
                self._told.add(what)
            if new:
                self._alert_of(each.route, each.reason)
