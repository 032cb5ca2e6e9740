"""A call for which money is reserved: what its span says, and what it costs once it has ended."""

from dataclasses import dataclass

from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.ledger import Reservation, Settlement
from diary_pipeline.llm.provider import NANO, Call, Price, Route
from diary_pipeline.net.failures import Usage
from diary_pipeline.observability.traces import Value

INCREDIBLE = "usage not credible"
TEMPLATE_TOKENS = 2000  # of what a provider puts around a prompt, at the very most


@dataclass(frozen=True)
class ReservedCall:
    """A call on a route, of a kind (live, repair, ...). `bound` is what it takes at most, as estimated.

    `letters` are the bytes of its prompt: no tokenizer makes more tokens of them, but for the chat template's.
    """

    route: Route
    price: Price
    kind: str
    reservation: Reservation
    bound: Usage
    letters: int

    def span_attributes(self, ask: Ask, call: Call) -> dict[str, Value]:
        """The attributes of its span that are known before it is sent."""
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self.route.provider.name,
            "gen_ai.request.model": call.model,
            "gen_ai.request.max_tokens": call.max_tokens,
            "diary.llm.ask": ask.id,
            "diary.llm.purpose": ask.request.purpose,
            "diary.llm.route": self.route.name,
            "diary.llm.kind": self.kind,
            "diary.llm.reserved": self.reservation.amount / NANO,
            "diary.recording": ask.request.recording,
            "diary.run": ask.request.run_id,
        }

    def credible(self, usage: Usage | None) -> bool:
        """Whether a reported usage is one that the call can have had."""
        if usage is None:
            return False
        most = self.letters + TEMPLATE_TOKENS
        read, written = 0 <= usage.input_tokens <= most, 0 <= usage.output_tokens <= self.bound.output_tokens
        return read and written and 0 <= usage.cached_tokens <= usage.input_tokens

    def settlement(self, outcome: str, reason: str, usage: Usage | None, seconds: float, *, billed: bool) -> Settlement:
        """The cost as reported; without a report, the whole reservation if it may have been *billed*, else 0.

        A report that is not credible counts as the most that the call can have taken.
        """
        if usage is not None and not self.credible(usage):
            cost, reason = self.price.cost(self.bound, batch=False), f"{reason} {INCREDIBLE}".strip()
            return Settlement(outcome, reason, self.bound, "assumed", cost, seconds)
        if usage is not None:
            return Settlement(outcome, reason, usage, "reported", self.price.cost(usage, batch=False), seconds)
        if billed:
            return Settlement(outcome, reason, None, "assumed", self.reservation.amount, seconds)
        return Settlement(outcome, reason, None, "none", 0, seconds)
