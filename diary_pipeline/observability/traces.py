"""Spans for OpenTelemetry: what was worked on, how much of it, for how long, at what price. Never diary text.

Only the API is used: without an SDK in the process (`opentelemetry-instrument` adds one) nothing is recorded. Every
span is made here, because this module decides what a span may hold: listed names, numbers, and identifiers without
white space. Of an exception only the type is set: its message could quote the diary.
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

ATTRIBUTES = frozenset(
    """
    diary.stage diary.run diary.mode diary.attempts diary.done diary.faults diary.audio.seconds diary.recording
    diary.writer diary.engine.rows diary.engine.recordings diary.engine.speech.seconds diary.engine.frames
    diary.engine.failed diary.llm.ask diary.llm.purpose diary.llm.route diary.llm.kind diary.llm.outcome
    diary.llm.reserved diary.llm.cost gen_ai.operation.name gen_ai.provider.name gen_ai.request.model
    gen_ai.request.max_tokens gen_ai.usage.input_tokens gen_ai.usage.output_tokens error.type
    """.split()
)
"""Every attribute that a span may have; those of GenAI and errors follow OpenTelemetry's conventions. Money is in
dollars."""

_IDENTIFIER = re.compile(r"[\w./:@+,=-]{1,200}")
_TRACER = trace.get_tracer("diary_pipeline")


class ActiveSpan:
    """A span under way, whose attributes can be set as they become known."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def add(self, values: Mapping[str, Value]) -> None:
        """Set attributes.

        A name that is not listed raises `KeyError`; a value that could be text, or None, is left out.
        """
        for name, value in values.items():
            if name not in ATTRIBUTES:
                raise KeyError(name)
            if isinstance(value, str):
                value = value if _IDENTIFIER.fullmatch(value) else None  # noqa: PLW2901 - text must not get into a span
            if value is not None:
                self._span.set_attribute(name, value)


@contextmanager
def span(name: str, values: Mapping[str, Value], *, remote: bool = False) -> Iterator[ActiveSpan]:
    """A span around the block; *remote*: another service does the work."""
    kind = SpanKind.CLIENT if remote else SpanKind.INTERNAL
    with _TRACER.start_as_current_span(name, kind=kind, record_exception=False, set_status_on_exception=False) as made:
        active = ActiveSpan(made)
        active.add(values)
        try:
            yield active
        except BaseException as error:
            made.set_status(StatusCode.ERROR, type(error).__name__)
            active.add({"error.type": type(error).__name__})
            raise


def current() -> ActiveSpan:
    """The innermost span under way in this context."""
    return ActiveSpan(trace.get_current_span())


def in_current_context(work: Callable[[Argument], Result]) -> Callable[[Argument], Result]:
    """*work* for another thread; its spans become children of the span that is under way now."""
    captured = context.get_current()

    def run(argument: Argument) -> Result:
        token = context.attach(captured)
        try:
            return work(argument)
        finally:
            context.detach(token)

    return run
