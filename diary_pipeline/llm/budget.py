"""The budgets that a call counts against, and how much each allows. Their sums are kept by `ledger.py`."""

from dataclasses import dataclass
from datetime import date

from diary_pipeline.llm.provider import NANO


@dataclass(frozen=True)
class Budgets:
    """Limits in dollars; a limit of 0 spends nothing. Months and days are UTC's, because a provider's are."""

    run: float = 2.0
    day: float = 2.0
    month: float = 20.0
    author: float = 20.0

    def scopes(self, run_id: str | None, author: str, today: date) -> list[tuple[str, str, int]]:
        """(scope, name, limit in billionths) of a call; always in the same order, so that two writers cannot deadlock.

        Work that belongs to no run counts as one run of the day.
        """
        month = today.strftime("%Y-%m")
        return [
            ("author", f"{month}/{author}", _nano(self.author)),
            ("day", today.isoformat(), _nano(self.day)),
            ("month", month, _nano(self.month)),
            ("run", run_id or f"none/{today.isoformat()}", _nano(self.run)),
        ]


def _nano(dollars: float) -> int:
    return round(dollars * NANO)
