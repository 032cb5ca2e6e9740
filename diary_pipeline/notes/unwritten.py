"""Notes that no model wrote: why, whether the world can mend it, when it is asked again, and how a person is told.

What can be mended is asked again by nightly runs, `NIGHTS` times; at once where a setting changed since, or a budget
allows it again. A note whose every answer was refused keeps the speaker's own words.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from diary_pipeline.catalog.claims import ProviderUnavailable
from diary_pipeline.llm import Outcome
from diary_pipeline.llm.obstacles import ONLY_BY_SETTINGS, REFUSALS, Obstacle
from diary_pipeline.llm.terms import Terms

NIGHTS = 3
"""How many nightly runs ask again for a note that could not be had; a person must act on what lasts longer."""

WINDOWS = 31
"""How often a note is asked again that only a spent budget kept from being written; nothing is sent meanwhile."""


@dataclass(frozen=True)
class Unwritten:
    """Why no model wrote a note: what can be mended, the answers that were refused, and the terms of asking."""

    obstacles: tuple[Obstacle, ...] = ()
    refused: tuple[str, ...] = ()
    terms: str = ""

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], terms: str) -> "Unwritten":
        """What these asks say together."""
        obstacles = dict.fromkeys(obstacle for outcome in outcomes for obstacle in outcome.obstacles)
        attempts = [attempt for outcome in outcomes for attempt in outcome.attempts if attempt.outcome in REFUSALS]
        refused = dict.fromkeys(f"{attempt.route}: {attempt.outcome}" for attempt in attempts)
        return cls(tuple(obstacles), tuple(refused), terms)

    @classmethod
    def parse(cls, text: str | None) -> "Unwritten | None":
        """What an attempt says; None where it says nothing, or in the words of an earlier version."""
        try:
            found = json.loads(text or "")
            return cls(tuple(Obstacle(**one) for one in found["obstacles"]), tuple(found["refused"]), found["terms"])
        except (ValueError, TypeError, KeyError):
            return None

    def dump(self) -> str:
        """As text for the catalog."""
        return json.dumps(asdict(self))

    @property
    def by_budget(self) -> bool:
        """Whether nothing but spent budgets kept it from being written."""
        return bool(self.obstacles) and all(obstacle.cause == "budget" for obstacle in self.obstacles)

    def given_up(self, before: Sequence[str]) -> bool:
        """Whether it is not asked again by itself, after earlier attempts with the reasons *before*."""
        if all(obstacle.cause in ONLY_BY_SETTINGS for obstacle in self.obstacles):
            return True
        return self._times(before) >= (WINDOWS if self.by_budget else NIGHTS)

    def due(self, terms: Terms, author: str, run_id: str | None) -> bool:
        """Whether it is asked at once: a setting has changed, or a budget allows it again."""
        if not self.obstacles:
            return False
        budgets = [obstacle for obstacle in self.obstacles if obstacle.cause == "budget"]
        return terms.changed(self.terms) or any(terms.affords(one, author, run_id) for one in budgets)

    def waiting(self, before: Sequence[str]) -> str:
        """The sentence for a person while it is asked again."""
        again = (
            "It is asked again as soon as the budget allows it; `diary process --retry` asks at once."
            if self.by_budget
            else f"The nightly run asks again, {NIGHTS - self._times(before)} more times at most; "
            "the next run after a changed setting, and `diary process --retry`, ask at once."
        )
        return (
            f"Its note waits for a provider ({self.reasons()}). {again} "
            "Until then its page has the speaker's own words, or the previous note."
        )

    def final(self) -> str:
        """The sentence for a person when it is not asked again by itself."""
        if not self.obstacles:
            told = f"every answer was refused ({self.reasons()})"
            return f"Its note has the speaker's own words: {told}. `diary redo` asks again."
        told = f"no provider could be used ({self.reasons()})"
        return f"Its note has the speaker's own words: {told}. It is asked again when a setting changes."

    def reasons(self) -> str:
        """Each route with what kept it from writing the note."""
        return "; ".join([*map(str, self.obstacles), *self.refused])

    def _times(self, before: Sequence[str]) -> int:
        """How many of the attempts *before* were of this kind, under the same terms."""
        earlier = [Unwritten.parse(reason) for reason in before]
        same = [each for each in earlier if each is None or each.terms == self.terms]
        return sum((each.by_budget if each else False) == self.by_budget for each in same)


def at_rest(unavailable: ProviderUnavailable, terms: Terms, author: str, run_id: str | None) -> bool:
    """Whether a note for which no provider was available is left to the night."""
    if not unavailable.newest:
        return False
    reason = Unwritten.parse(unavailable.reasons[-1])
    return reason is None or not reason.due(terms, author, run_id)


def due_again(reason: str | None, terms: Terms, author: str, run_id: str | None) -> bool:
    """Whether a note that was given up, with this reason, is asked again after all."""
    unwritten = Unwritten.parse(reason)
    return unwritten is not None and unwritten.due(terms, author, run_id)
