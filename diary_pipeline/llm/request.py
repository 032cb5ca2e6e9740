"""The router's interface: requests, verdicts and outcomes.

The router knows nothing of notes: it asks, and the caller judges.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from diary_pipeline.llm.obstacles import REMEDIES, Obstacle
from diary_pipeline.schema import Mode, Privacy

Shape = TypeVar("Shape", bound=BaseModel)
Reuse = Literal["any", "first", "none"]


@dataclass(frozen=True)
class Request(Generic[Shape]):
    """One request to the router.

    `instructions` are the program's; `material` is what was spoken: untrusted, sent between marks that it cannot
    imitate, never as an instruction. `shape` is the model that the answer must validate as; its JSON schema is sent
    along. `deadline` is the seconds that all routes together may take, from the moment of asking. `names` are hidden
    from models on other machines when pseudonyms are switched on; with `keep_names` each of them must occur in the
    answer. `repair` writes the turn that asks the same model again, given the reasons. `version` names the prompt in
    reports. `reuse` says whose earlier answer may be used: that of any route, only that of the route that is asked
    first, or none. A batch was submitted to be used: its answer counts as any route's.
    """

    purpose: str
    recording: str
    author: str
    instructions: str
    material: str
    shape: type[Shape]
    privacy: Privacy
    day: date | None = None
    run_id: str | None = None
    max_tokens: int = 2000
    deadline: float = 120.0
    mode: Mode = "interactive"
    names: tuple[str, ...] = ()
    keep_names: bool = True
    repair: Callable[[tuple[str, ...]], str] | None = None
    version: str | None = None
    reuse: Reuse = "any"


@dataclass(frozen=True)
class AnswerVerdict:
    """The caller's verdict on an answer. No `reasons`: accepted, and `value` is what the caller made of it.

    `reasons` may quote the diary: they are sent to the model that wrote the answer and nowhere else. `codes` are
    recorded: words like "number" or "name", never text. `score` is the share of the answer that is accepted, `omitted`
    the share of the spoken words that it omits; they are recorded too, where the caller measures them. `oversized`: it
    is rejected only because there is too much of it.
    """

    value: object = None
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    score: float | None = None
    omitted: float | None = None
    oversized: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the answer may be used."""
        return not self.reasons


Accept = Callable[[Shape], AnswerVerdict]


@dataclass(frozen=True)
class Attempt:
    """One decision of the router: a call to a route, or why it was not called. Money in billionths of a dollar.

    `needed` is what a budget did not allow.
    """

    route: str
    kind: str
    outcome: str
    reason: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    reserved: int = 0
    settled: int = 0
    needed: int = 0

    @property
    def obstacle(self) -> Obstacle | None:
        """Why it gave nothing, where that can be mended."""
        scope = self.reason.partition(": ")[2] if self.cause == "budget" else ""
        return Obstacle(self.route, self.cause, scope, self.needed) if self.cause in REMEDIES else None

    @property
    def cause(self) -> str:
        """Why it gave nothing, in one word: its own failure, or the reason why the route was not asked."""
        if self.outcome != "skipped":
            return self.outcome
        what, _, why = self.reason.partition(": ")
        return why if what == "breaker open" else what


@dataclass(frozen=True)
class Rejected:
    """An answer of the right shape that the caller rejected, for callers that can use a part of it.

    `text` is the answer as JSON.
    """

    route: str
    value: object
    reasons: tuple[str, ...]
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Outcome:
    """How an ask ended.

    `value` is the accepted verdict's; `route` None: no answer was accepted, and the caller uses its fallback.
    """

    ask: str
    value: object = None
    route: str | None = None
    attempts: tuple[Attempt, ...] = field(default=())
    rejected: tuple[Rejected, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        """Whether a route's answer was accepted."""
        return self.route is not None

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What kept each route from answering at last, where that can be mended."""
        last = {attempt.route: attempt.obstacle for attempt in self.attempts if attempt.outcome != "cancelled"}
        return tuple(obstacle for obstacle in last.values() if obstacle is not None)
