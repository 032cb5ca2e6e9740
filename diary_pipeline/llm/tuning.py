"""How each route is asked, learnt from what it refused or cut off: how to think less, and how much it may write.

Learnt by one process; that a route cut answers off is read from the ledger by the next.
"""

from collections.abc import Callable
from dataclasses import replace

from diary_pipeline.llm.provider import Call, Route
from diary_pipeline.net.failures import ProviderError

GROWTH = 4
"""An answer that was cut off may be so many times as long at the next call, once."""

LEAST_TOKENS = 1024
"""A model that may not even write so much is not asked again with less."""


class Tuning:
    """Fits calls to their routes. *cut_off* says whether a route has lately cut an answer off."""

    def __init__(self, cut_off: Callable[[str], bool]) -> None:
        self._cut_off = cut_off
        self._options, self._caps, self._grows = dict[str, int](), dict[str, int](), dict[str, bool]()

    def tuned(self, route: Route, call: Call, room: int) -> Call:
        """The route's first call: least thinking, with space for thoughts within *room* (tokens that it has left)."""
        thinking, name = route.provider.thinking(route.model), route.name
        if name not in self._grows:
            self._grows[name] = self._cut_off(name)
        wanted = call.max_tokens + thinking.room
        longest = min(wanted * (GROWTH if self._grows[name] else 1), self._caps.get(name, wanted * GROWTH))
        options = thinking.options[self._options.get(name, 0) :]
        return replace(call, max_tokens=max(min(longest, room), 1), thinking=options[0] if options else {})

    def again(self, route: Route, call: Call, failure: ProviderError, first: Call, room: int) -> Call | None:
        """The call that may succeed where *call* failed for its form; None where it did not.

        *first* is the ask's call before it was tuned.
        """
        name, thinking = route.name, route.provider.thinking(route.model)
        if failure.kind == "truncated":
            self._grows[name] = True
            longest = min((first.max_tokens + thinking.room) * GROWTH, room, self._caps.get(name, room))
            return replace(call, max_tokens=longest) if longest > call.max_tokens else None
        if failure.kind != "bad_request":
            return None
        if "max_tokens" in failure.detail and call.max_tokens >= 2 * LEAST_TOKENS:
            self._caps[name] = min(call.max_tokens // 2, self._caps.get(name, call.max_tokens))
            return replace(call, max_tokens=call.max_tokens // 2)
        if call.thinking in thinking.options:
            following = thinking.options.index(call.thinking) + 1
            self._options[name] = max(following, self._options.get(name, 0))
            left = thinking.options[following:]
            return replace(call, thinking=left[0] if left else {})
        return None
