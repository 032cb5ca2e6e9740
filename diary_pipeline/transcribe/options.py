"""How speech becomes text: every choice that changes the text, with the reason for its default.

All of `Options` is part of the engine's identity, so changing one makes transcripts pending. `Plan` is not.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Task = Literal["transcribe", "translate"]

SHORT_INPUT_MODELS = frozenset({"tiny.en", "base"})
"""Models that lose no words with an encoder input as long as the speech (`make bench NAME=wer`); others need 30 s."""


@dataclass(frozen=True)
class Options:
    """The choices of one engine. `Options(...).as_upstream()` gives those of faster-whisper's batched pipeline."""

    beam_size: int = 5
    """1 is a third cheaper and costs half a point of word error rate in English, seven in other languages."""
    short_input: bool = False
    """The encoder gets a chunk without padding to 30 s: 1.7 times less work on short memos, for `SHORT_INPUT_MODELS`.
"""
    filters: bool = True
    """Text that the model itself doubts is removed, counted and kept aside; upstream keeps it in the transcript."""
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.6)
    """Tried in turn while an answer loops or is unlikely.

    Upstream has six; speech seldom needs the second, noise needs all.
    """
    language_per_chunk: bool = True
    """A chunk clearly in another language than its recording is decoded in its own; else the model would translate it.
"""
    repair: bool = True
    """Speech left without words is decoded again, alone."""
    task: Task = "transcribe"
    """`translate` writes English for any spoken language, with multilingual models."""
    initial_prompt: str = ""
    """Text that the model treats as spoken before: it sets style and spelling.

    It costs a little and can be echoed, so it is empty.
    """

    def as_upstream(self) -> "Options":
        """The same task, beam and prompt without everything that upstream's batched pipeline does not do."""
        return Options(
            self.beam_size,
            filters=False,
            temperatures=(0.0,),
            language_per_chunk=False,
            repair=False,
            task=self.task,
            initial_prompt=self.initial_prompt,
        )

    def identity(self) -> dict[str, Any]:
        """All options as plain JSON values."""
        return asdict(self) | {"temperatures": list(self.temperatures)}


@dataclass(frozen=True)
class Plan:
    """How much is done at once: changes speed and memory, never the text."""

    batch_size: int = 8
    """Chunks decoded together. On a CPU 4 have nearly all of the gain; a GPU wants 32 to 64."""
    look_ahead: int = 8
    """How many batches' worth of chunks to choose from, so that rows of one length share a batch. More delays results.
"""
    preparation_threads: int = 2
    """Threads that decode audio, find speech and compute features ahead of the model; a GPU wants 4 to 16."""
