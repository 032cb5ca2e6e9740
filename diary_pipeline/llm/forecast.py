"""The expected cost of notes, from the length of the memos and from the tokens that earlier notes took."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.llm.order import Strategy, arrange
from diary_pipeline.llm.provider import NANO, Route
from diary_pipeline.net.failures import Usage

MIN_ANSWERS = 5  # with fewer, the defaults below are used
GOOD = ("ok", "answered")


@dataclass(frozen=True)
class TokenFit:
    """Tokens of a call as a line: a fixed number, and a number for each second of the memo."""

    fixed: float
    per_second: float

    def tokens(self, seconds: float) -> int:
        """Tokens for a memo of so many seconds."""
        return max(0, round(self.fixed + self.per_second * seconds))


# Defaults: memos are spoken at about 14 characters a second (the samples: 14.3), a token has about four characters, and
# an answer repeats everything, with JSON around it. The prompt's length is known.
PER_SECOND = 14 / 4
ANSWER = TokenFit(40, PER_SECOND)
MARKS_TOKENS = 120  # what the router adds to the prompt


@dataclass(frozen=True)
class CostForecast:
    """The expected cost of `notes` notes. `route` None: no model is asked."""

    notes: int
    route: str | None
    batch: bool
    input_tokens: int
    output_tokens: int
    dollars: float


def forecast(
    catalog: Catalog,
    routes: Sequence[Route],
    seconds: Sequence[float],
    *,
    purpose: str,
    prompt: str,
    strategy: Strategy,
    batch: bool,
) -> CostForecast:
    """The cost of one note for each memo of so many *seconds*, by the route that *strategy* puts first.

    *batch*: at the batch price. *prompt* is the instructions, whose length counts until enough notes have been written.
    Repeated calls count as often as calls were repeated so far.
    """
    asked, answered, repeats = _history(catalog, purpose, TokenFit(len(prompt) / 4 + MARKS_TOKENS, PER_SECOND))
    sizes = [Usage(asked.tokens(each), answered.tokens(each)) for each in seconds]
    total = Usage(
        round(sum(u.input_tokens for u in sizes) * repeats),
        round(sum(u.output_tokens for u in sizes) * repeats),
    )

    def cost(route: Route) -> int | None:
        price, halved = route.provider.price(route.model), batch and route.batch and route.provider.batch is not None
        return price.cost(total, batch=halved) if price else None

    order = arrange(
        [route for route in routes if not route.shadow and cost(route) is not None], strategy, cost, lambda _: None
    )
    if not order:
        return CostForecast(len(seconds), None, batch=False, input_tokens=0, output_tokens=0, dollars=0.0)
    halved = batch and order[0].batch and order[0].provider.batch is not None
    dollars = (cost(order[0]) or 0) / NANO
    return CostForecast(len(seconds), order[0].name, halved, total.input_tokens, total.output_tokens, dollars)


def _history(catalog: Catalog, purpose: str, default: TokenFit) -> tuple[TokenFit, TokenFit, float]:
    """(input, output) of a call by the memo's length, and paid calls per note; the defaults with too few answers."""
    reported = (calls.c.purpose == purpose) & (calls.c.usage == "reported") & calls.c.kind.not_in(("shadow", "hedge"))
    columns = (calls.c.recording, calls.c.outcome, calls.c.input_tokens, calls.c.output_tokens, recordings.c.seconds)
    query = (
        select(*columns)
        .join(recordings, recordings.c.id == calls.c.recording)
        .where(reported)
        .order_by(calls.c.id.desc())
        .limit(2000)
    )
    with catalog.database.reading() as connection:
        rows = [row for row in connection.execute(query) if row.seconds is not None]
    good = [row for row in rows if row.outcome in GOOD]
    if len(good) < MIN_ANSWERS:
        return default, ANSWER, 1.0
    lengths = [row.seconds for row in good]
    asked = _fit(lengths, [row.input_tokens for row in good])
    answered = _fit(lengths, [row.output_tokens for row in good])
    return asked, answered, len(rows) / len({row.recording for row in rows})


def _fit(seconds: Sequence[float], tokens: Sequence[int]) -> TokenFit:
    if max(seconds) - min(seconds) < 1.0:  # too alike to fit a slope
        return TokenFit(0.0, statistics.fmean(tokens) / max(statistics.fmean(seconds), 1.0))
    slope, intercept = statistics.linear_regression(seconds, tokens)
    return TokenFit(intercept, slope)
