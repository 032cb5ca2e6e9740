"""One request under way: who judges its answers, until when, and which routes were tried."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from diary_pipeline.llm import cache
from diary_pipeline.llm.ledger import LedgerEntry
from diary_pipeline.llm.prompt import first_turns, new_call
from diary_pipeline.llm.provider import Call, Route
from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Accept, Attempt, Outcome, Rejected, Request


@dataclass
class Ask:
    """One request under way. `answered` are routes whose answer was refused before: they are not asked again.

    `until` is its deadline, `sent_at` when each route's last call was sent (monotonic seconds). `may_be_sent` says
    whether a route may see the words at this moment: the memo may have become private since the request was made.
    """

    id: str
    request: Request[Any]
    accept: Accept[Any]
    until: float
    prompt_sha256: str
    may_be_sent: Callable[[Route], bool]
    pseudonyms: Pseudonyms | None = None
    attempts: list[Attempt] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sent_at: dict[str, float] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    @property
    def question(self) -> str:
        """What is asked, as a hash."""
        return cache.key(self.request, self.pseudonyms)

    def cached_as(self, route: str) -> str:
        """The name under which a route's answer is cached."""
        return cache.name(self.question, route)

    def seconds_left(self) -> float:
        """Seconds until the deadline."""
        return self.until - time.monotonic()

    def entry(self, route: str, kind: str) -> LedgerEntry:
        """The ledger's row for one call of this ask."""
        r = self.request
        return LedgerEntry(
            self.id, r.recording, r.purpose, r.author, r.day, r.run_id, kind, route, self.prompt_sha256, r.version
        )

    def hide_names(self, route: Route) -> Callable[[str], str]:
        """The function that hides names from *route*; it changes nothing for a local route, or without pseudonyms."""
        return self.pseudonyms.hide if self.pseudonyms is not None and not route.local else str

    def call_on(self, route: Route) -> Call:
        """The ask's first call on *route*."""
        hide = self.hide_names(route)
        system, turns = first_turns(self.request, hide(self.request.material))
        placeholders = self.pseudonyms.instructions() if self.pseudonyms is not None and not route.local else ""
        return new_call(self.request, route, hide(system) + placeholders, turns)

    def outcome(self, value: object = None, route: str | None = None) -> Outcome:
        """How it ended."""
        return Outcome(self.id, value, route, tuple(self.attempts), tuple(self.rejected))
