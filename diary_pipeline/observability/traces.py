"""Spans for OpenTelemetry: what was worked on, how much of it, for how long, at what price. Never a word of a diary.

Only the API is used: without an SDK, which whoever runs the diary sets up (`opentelemetry-instrument` does), nothing is recorded. Every
span is made here, because here is decided what may stand in one: names that are listed, numbers, and identifiers without white space.
An exception is told by its type alone: its message could quote the diary.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

Value = str | int | float | bool | None
Argument = TypeVar("Argument")
Result = TypeVar("Result")

NAMES = frozenset(
    "diary.stage diary.run diary.mode diary.attempts diary.done diary.faults diary.audio.seconds diary.recording diary.writer "
    "diary.engine.rows diary.engine.recordings diary.engine.speech.seconds diary.engine.frames diary.engine.failed "
    "diary.llm.ask diary.llm.purpose diary.llm.route diary.llm.kind diary.llm.outcome diary.llm.reserved diary.llm.cost "
    "gen_ai.operation.name gen_ai.provider.name gen_ai.request.model gen_ai.request.max_tokens gen_ai.usage.input_tokens "
    "gen_ai.usage.output_tokens error.type".split()
)
"""Every attribute that a span may have; those of GenAI and errors by OpenTelemetry's own conventions.

Money is in dollars.
"""

_IDENTIFIER = re.compile(r"[\w./:@+,=-]{1,200}")
_TRACER = trace.get_tracer("diary_pipeline")


class ActiveSpan:
    """A span under way, to which more can be added as it becomes known."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def add(self, values: Mapping[str, Value]) -> None:
        """Set attributes. What is not listed is an error of ours; what could be text is left out; None is nothing."""
        for name, value in values.items():
            if name not in NAMES:
                raise KeyError(name)
            if isinstance(value, str):
                value = value if _IDENTIFIER.fullmatch(value) else None  # noqa: PLW2901 - a value that may not be told is none
            if value is not None:
                self._span.set_attribute(name, value)


@contextmanager
def span(name: str, values: Mapping[str, Value], *, elsewhere: bool = False) -> Iterator[ActiveSpan]:
    """A span around what happens inside; *elsewhere* where another service does it."""
    kind = SpanKind.CLIENT if elsewhere else SpanKind.INTERNAL
    with _TRACER.start_as_current_span(name, kind=kind, record_exception=False, set_status_on_exception=False) as made:
        told = ActiveSpan(made)
        told.add(values)
        try:
            yield told
        except BaseException as error:
            made.set_status(StatusCode.ERROR, type(error).__name__)
            told.add({"error.type": type(error).__name__})
            raise


def current() -> ActiveSpan:
    """The innermost span under way here."""
    return ActiveSpan(trace.get_current_span())


def carried(work: Callable[[Argument], Result]) -> Callable[[Argument], Result]:
    """*work* for another thread, whose spans then belong to the one that is under way here and now."""
    here = context.get_current()

    def run(argument: Argument) -> Result:
        token = context.attach(here)
        try:
            return work(argument)
        finally:
            context.detach(token)

    return run
