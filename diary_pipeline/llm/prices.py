"""What a call costs: from the settings, else from the table of `genai-prices`; a model in neither has no price.

Money is whole billionths of a dollar, rounded up, so that a budget is never exceeded by rounding.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from diary_pipeline.llm.provider import NANO, Price
from diary_pipeline.net.failures import Usage

# An undated name is another model tomorrow: one table bills mistral-large-latest at four times what another does.
_UNDATED = ("-latest", ":latest")


@dataclass(frozen=True)
class FixedPrice:
    """Dollars per million tokens, from the settings. A batch costs half."""

    input: Decimal
    output: Decimal

    def cost(self, usage: Usage, *, batch: bool) -> int:
        """See `Price.cost`."""
        dollars = (self.input * usage.input_tokens + self.output * usage.output_tokens) / 1_000_000
        return math.ceil(dollars * NANO / (2 if batch else 1))


FREE = FixedPrice(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class TablePrice:
    """The price of *model* in the table, which knows tiers and discounts for cached input."""

    provider: str
    model: str

    def cost(self, usage: Usage, *, batch: bool) -> int:
        """See `Price.cost`."""
        from genai_prices import Usage as Tokens
        from genai_prices import calc_price

        tokens = Tokens(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens or None,
        )
        context = {"processing": "batch"} if batch else None
        price = calc_price(tokens, self.model, provider_id=self.provider, price_context=context)
        return math.ceil(price.total_price * NANO)


@lru_cache
def table_price(provider: str, model: str) -> Price | None:
    """The table's price of a model; None when it is not listed, or its name is undated."""
    if model.endswith(_UNDATED):
        return None
    price = TablePrice(provider, model)
    try:
        price.cost(Usage(1000, 1000), batch=False)
    except LookupError:
        return None
    return price


def estimate_tokens(*texts: str) -> int:
    """An upper bound of the tokens that *texts* are billed as.

    A third more than `fitting_tokens`, for tokenizers that cannot be run offline, and a constant for what surrounds a
    schema.
    """
    return math.ceil(fitting_tokens(*texts) * 1.33) + 240


def fitting_tokens(*texts: str) -> int:
    """Tokens that *texts* need in a context: a third of their bytes, and the chat template's.

    This bounded two tokenizers in nine of nine languages. A server that counts more answers with an error, and the next
    route is asked.
    """
    return math.ceil(sum(map(size, texts)) / 3) + 60


def size(text: str) -> int:
    """Its bytes."""
    return len(text.encode())
