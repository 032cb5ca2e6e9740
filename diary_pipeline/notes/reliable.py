"""What of a transcript can be relied on: doubtful segments are no source of findings, and the page marks them."""

from collections.abc import Iterable, Sequence

from diary_pipeline.schema import Segment, Statement, Transcript

MARK = "(doubtful)"
"""Stands on the page behind words that the model itself doubts."""


def reliable(transcript: Transcript) -> Transcript:
    """The transcript without its doubtful segments: what models are told, and what findings are made of."""
    if not any(segment.doubt for segment in transcript.segments):
        return transcript
    return transcript.model_copy(update={"segments": tuple(s for s in transcript.segments if not s.doubt)})


def without_doubtful(groups: Iterable[Sequence[Segment]]) -> list[list[Segment]]:
    """The groups in which no segment is doubtful: a doubtful correction makes the rest uncertain too."""
    return [list(group) for group in groups if not any(segment.doubt for segment in group)]


def with_doubtful(said: Sequence[Statement], transcript: Transcript) -> tuple[Statement, ...]:
    """*said* with each doubtful segment as one more statement, in spoken order."""
    order = {segment.id: place for place, segment in enumerate(transcript.segments)}
    doubtful = [Statement(text=s.text, segments=(s.id,)) for s in transcript.segments if s.doubt]
    if not doubtful:
        return tuple(said)
    return tuple(sorted([*said, *doubtful], key=lambda one: order.get(one.segments[0], len(order))))


def marked(text: str, cited: Iterable[Segment | None]) -> str:
    """Words for the page, marked where a segment that they cite is doubtful."""
    return f"{text} {MARK}" if any(segment and segment.doubt for segment in cited) else text
