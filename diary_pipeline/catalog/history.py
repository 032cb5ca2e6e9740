"""What earlier attempts say about a subject: whether it is settled, how often it failed, whether a death left a doubt.

A process that died while it held a claim makes the subject a suspect, however often that happens: a power cut kills
as well as a bad memo does. A suspect is tried alone in a child process. Only a child that died while its parent lived
to see it (outcome `crashed`) counts against the subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from diary_pipeline.catalog.claims import Subject
from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.schema import Stage

SETTLED = ("ok", "failed")
"""The outcomes after which nobody tries the same thing again by itself."""

_DEATHS = frozenset({"died", "crashed"})
_NO_TRIES = frozenset({"released", "retried", "lost"})


@dataclass
class History:
    """Of one subject at one stage: `settled` (done or failed for good), unexpected faults, crashes of a child.

    `suspect`: its newest try ended with the death of a process.
    """

    settled: bool = False
    faults: int = 0
    crashes: int = 0
    suspect: bool = False

    def add(self, outcome: str) -> None:
        """Count the next attempt."""
        self.settled |= outcome in SETTLED
        self.faults += outcome == "fault"
        self.crashes += outcome == "crashed"
        if outcome not in _NO_TRIES:
            self.suspect = outcome in _DEATHS


def histories(connection: Connection, stage: Stage, subjects: Sequence[Subject]) -> dict[tuple[str, str], History]:
    """The history of each of *subjects* that was tried before, by (name, fingerprint).

    Of a subject with `since`, only what came after that counts, and there what settled it with any fingerprint.
    """
    c, found = table.c, dict[tuple[str, str], History]()
    names, asked = [s.name for s in subjects], {s.name: s for s in subjects if s.since is not None}
    for start in range(0, len(names), 500):
        some = and_(c.stage == stage, c.subject.in_(names[start : start + 500]), c.outcome.is_not(None))
        query = select(c.id, c.subject, c.fingerprint, c.outcome).where(some).order_by(c.id)
        for token, name, fingerprint, outcome in connection.execute(query):
            subject = asked.get(name)
            if subject is None or token > (subject.since or 0):
                settled = subject is not None and outcome in SETTLED
                key = (name, subject.fingerprint if subject and settled else fingerprint)
                found.setdefault(key, History()).add(outcome)
    return found
