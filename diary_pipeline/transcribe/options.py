"""How speech becomes text: every choice that changes the text, with its reason beside the default.

What belongs here: the options, and which models may hear short input. What does not: how they are carried out. All of it is part
of the engine's identity, so that changing one makes transcripts pending; how much is decoded at once is not (`Plan`).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Task = Literal["transcribe", "translate"]

SHORT_INPUT_MODELS = frozenset({"tiny.en", "base"})
"""Models for which `make bench NAME=wer` has shown that an encoder input as long as the speech costs no words; others hear 30 s."""


@dataclass(frozen=True)
class Options:
    """One engine's choices.

    `Options(...).plain()` asks for exactly what faster-whisper's batched pipeline does per file.
    """

    beam_size: int = 5
    """1 is a third cheaper and costs half a point of word error rate in English, seven in other languages."""
    short_input: bool = False
    """The encoder hears a chunk, not 30 s of mostly padding: 1.7 times less work on short memos, for `SHORT_INPUT_MODELS`."""
    filters: bool = True
    """Text that the model itself disowns is taken out, counted and kept aside; upstream's batched pipeline ignores its thresholds."""
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.6)
    """Tried in turn while an answer loops or is unlikely.

    Upstream has six; speech seldom needs the second, noise costs all.
    """
    language_per_chunk: bool = True
    """A chunk that is clearly in another language than its recording is heard in its own; else the model translates it, unasked."""
    repair: bool = True
    """Speech left without words is decoded again, alone."""
    task: Task = "transcribe"
    """`translate` writes English whatever was spoken, with multilingual models."""
    initial_prompt: str = ""
    """Text that the model takes for what was said before: style and spelling.

    Costs a little and can be echoed, so empty.
    """

    def plain(self) -> "Options":
        """The same without everything that upstream's batched pipeline does not do."""
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
        """All options as plain JSON values, with the thresholds behind them."""
        return asdict(self) | {"temperatures": list(self.temperatures)}


@dataclass(frozen=True)
class Plan:
    """How much is done at once: changes speed and memory, never the text."""

    batch_size: int = 8
    """Chunks decoded together. On a CPU 4 have nearly all of the gain; a GPU wants 32 to 64."""
    look_ahead: int = 8
    """Batches' worth of chunks to choose from, so that rows of one length come together; a longer look delays the first result."""
    preparation_threads: int = 2
    """Threads that decode audio, find speech and compute features ahead of the model; a GPU wants 4 to 16."""
