"""Voice that nobody could put into words: how much there is in a recording, and what a person reads about it."""

import json
from dataclasses import asdict, dataclass

from diary_pipeline.schema import Transcript

REMEDY = "`diary setup --model small`, then `diary process --stale`"
"""What helps where the model knows one language only: small knows all, and what was transcribed before is stale."""

MOST_STARTS = 5
"""Of a long memo with very many stretches only the longest are named."""

_NAMES = {"en": "English"}


@dataclass(frozen=True)
class VoiceWithoutWords:
    """Seconds of voice without words in one recording, and the *model* that found none.

    *knows_only*: the one language that the model knows, if it is one. *starts*: where the longest stretches begin, in
    seconds of the original audio.
    """

    seconds: float
    starts: tuple[float, ...]
    model: str | None = None
    knows_only: str | None = None

    @classmethod
    def of(cls, transcript: Transcript) -> "VoiceWithoutWords | None":
        """What a transcript says; None where all voice has words. Earlier versions took all sound for voice."""
        stretches, coverage, made = transcript.coverage.wordless, transcript.coverage, transcript.provenance
        if stretches is None:
            stretches = tuple((start, end, end - start) for start, end in coverage.uncovered) if transcript.text else ()
        if not stretches:
            return None
        model = made.model if made.made_by != "endpoint" or "knows_only" not in made.counts else None
        longest = sorted(stretches, key=lambda stretch: -stretch[2])[:MOST_STARTS]
        seconds = round(sum(voice for _, _, voice in stretches), 2)
        return cls(seconds, tuple(sorted(start for start, _, _ in longest)), model, made.counts.get("knows_only"))

    @classmethod
    def parse(cls, text: str | None) -> "VoiceWithoutWords | None":
        """What `dump` has written; None where that is anything else."""
        try:
            values = json.loads(text or "")
            return cls(values["seconds"], tuple(values["starts"]), values["model"], values["knows_only"])
        except (ValueError, TypeError, KeyError):
            return None

    def dump(self) -> str:
        """As text for the catalog."""
        return json.dumps(asdict(self))

    def sentence(self) -> str:
        """What a person reads, without a full stop; with what helps, where that is known."""
        found = f"{max(1, round(self.seconds))} s of voice without words"
        model = self.model or "this machine's model"
        if self.knows_only:
            language = _NAMES.get(self.knows_only, self.knows_only)
            return f"{found} ({model} knows {language} only): {REMEDY}"
        return f"{found} ({model} found none)" if self.model else found
