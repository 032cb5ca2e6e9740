"""Transcripts too long for one call: each part gives facts with their evidence, and the facts give the note.

Pure functions.

`parts` splits a transcript, `facts_of` keeps the facts that the evidence accepts, `facts_prompt` asks for the note, and
`cite_segments` replaces the cited facts of that answer by their segments, so that it is validated like any other.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from diary_pipeline.notes.evidence.model_trust import ModelTrust
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.prompting import one_line, quoted
from diary_pipeline.schema import Transcript

BYTES_PER_TOKEN = 3
"""Tokens are at most bytes / 3: measured in nine of nine languages with two tokenizers; a chat template's tokens are
added."""
TEMPLATE_TOKENS = 64
MAP_INSTRUCTIONS = """The transcript is one part of a longer memo. \
Write down its facts, in order, in the speaker's words: one JSON object
{"statements": [{"text": ..., "segments": [...]}]}. Each fact names the segments that say it. \
Leave nothing out, add nothing."""


@dataclass(frozen=True)
class Fact:
    """A fact with the segments that say it. The second call cites its *id*: "f1", "f2", ..."""

    id: str
    text: str
    segments: tuple[str, ...]


def tokens_at_most(text: str) -> int:
    """An upper bound of the tokens of *text* as a prompt, from its bytes."""
    return len(text.encode()) // BYTES_PER_TOKEN + 1 + TEMPLATE_TOKENS


def parts(transcript: Transcript, most_tokens: int) -> list[Transcript]:
    """The transcript in parts whose segments fit into *most_tokens* each; a segment is never divided."""
    made: list[list[Any]] = [[]]
    size = 0
    for segment in transcript.segments:
        here = len(quoted([segment]).encode()) // BYTES_PER_TOKEN + 2
        if made[-1] and size + here > most_tokens - TEMPLATE_TOKENS:
            made.append([])
            size = 0
        made[-1].append(segment)
        size += here
    return [transcript.model_copy(update={"segments": tuple(segments)}) for segments in made if segments]


def facts_of(answers: Sequence[tuple[Transcript, str]], day: date | None) -> list[Fact]:
    """The accepted facts of all parts, numbered through. A part without any gives its segments.

    *day* is the recording's: it decides which month "the twenty-fourth" is in.
    """
    kept: list[tuple[str, tuple[str, ...]]] = []
    for part, answer in answers:
        spoken = SpokenSource.of(part, day)
        accepted = list(_accepted(answer, spoken))
        kept += accepted or [(segment.text, (segment.id,)) for segment in part.segments]
    return [Fact(f"f{number}", text, segments) for number, (text, segments) in enumerate(kept, 1)]


def _accepted(answer: str, spoken: SpokenSource) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        claims = json.loads(answer)["statements"]
        pairs = [(str(claim["text"]), [str(one) for one in claim["segments"]]) for claim in claims]
    except (ValueError, KeyError, TypeError):
        return
    for (text, _), verdict in zip(pairs, ModelTrust(spoken).judge(pairs), strict=True):
        if verdict.accepted:
            yield text, verdict.segments


def facts_prompt(facts: Sequence[Fact]) -> str:
    """The second call's material: facts in the place of segments."""
    lines = "\n".join(f"[{fact.id}] {one_line(fact.text)}" for fact in facts)
    return f"<transcript>\n{lines}\n</transcript>"


def cite_segments(answer: Mapping[str, Any], facts: Sequence[Fact]) -> dict[str, Any]:
    """The answer with every cited fact replaced by its segments, ready for `validate_answer`."""
    known = {fact.id: fact.segments for fact in facts}

    def cited(item: Any) -> Any:
        if not isinstance(item, dict) or not isinstance(item.get("segments"), list):
            return item
        segments = [one for name in item["segments"] for one in known.get(str(name).strip("[]").lower(), ())]
        return {**item, "segments": list(dict.fromkeys(segments))}

    return {key: [cited(item) for item in value] if isinstance(value, list) else value for key, value in answer.items()}
