"""What is pending in one run of a stage, asked for again now and then: a long answer is not asked for each claim."""

import time
from collections.abc import Callable, Collection, Sequence

from diary_pipeline.catalog import Attempts, Subject
from diary_pipeline.schema import Stage

LOOKED_AT_TOGETHER = 512
"""Of so many subjects it is asked at once whether they can be claimed."""

ASKING_SHARE = 10
"""What is pending is asked again after so many times as long as the answer took: else a backlog costs its square."""


class Backlog:
    """The subjects that *pending* names, each at most once; of many, those over which a process died come last."""

    def __init__(self, attempts: Attempts, stage: Stage, pending: Callable[[], Sequence[Subject]]) -> None:
        self._attempts, self._stage, self._pending = attempts, stage, pending
        self._tried, self._waiting, self._due = set[Subject](), list[Subject](), 0.0

    def some(self) -> list[Subject]:
        """Some subjects that were not tried yet, the most urgent first; none when nothing is left."""
        if not self._waiting or time.monotonic() >= self._due:
            began = time.monotonic()
            self._waiting = self._suspects_last([s for s in self._pending() if s not in self._tried])
            self._due = time.monotonic() + ASKING_SHARE * (time.monotonic() - began)
        return self._waiting[:LOOKED_AT_TOGETHER]

    def tried(self, claimed: Collection[Subject]) -> None:
        """These of `some` were claimed; where none could be, all of them are left to others."""
        some, rest = self._waiting[:LOOKED_AT_TOGETHER], self._waiting[LOOKED_AT_TOGETHER:]
        done = set(claimed or some)
        self._tried |= done
        self._waiting = [subject for subject in some if subject not in done] + rest

    def _suspects_last(self, subjects: list[Subject]) -> list[Subject]:
        if len(subjects) <= LOOKED_AT_TOGETHER:
            return subjects  # whoever claims puts them last
        suspects = self._attempts.perhaps_suspect(self._stage)
        return sorted(subjects, key=lambda subject: subject.name in suspects)
