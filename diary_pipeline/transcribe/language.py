"""Which language a recording is in, and which of its chunks are clearly in another.

What belongs here: counting the evidence. What does not: hearing it (`whisper`).
"""

from dataclasses import dataclass, field

from diary_pipeline.transcribe.rows import Evidence

VOTERS = 5
"""How many chunks decide about the recording: two and a half minutes of speech."""

CERTAIN = 0.9
"""A chunk is heard in its own language when it is this probable ..."""

CERTAIN_SECONDS = 5.0
"""... and at least so much is spoken; a shorter one says little, and hearing it in a wrong language invents words."""


def hint(language: str | None) -> str | None:
    """The language alone of a tag with a region: "en-GB" is "en"."""
    return language.replace("_", "-").partition("-")[0].lower() if language else None


@dataclass
class Ballot:
    """The votes of a recording's chunks. `per_chunk` False: the first chunk decides for all, as upstream does."""

    per_chunk: bool
    votes: dict[int, tuple[float, Evidence]] = field(default_factory=dict)

    @property
    def voters(self) -> int:
        """How many of the first chunks are asked."""
        return VOTERS if self.per_chunk else 1

    def add(self, index: int, seconds: float, evidence: Evidence) -> None:
        """Take a chunk's vote; only the first ones are kept once they are complete."""
        self.votes[index] = (seconds, evidence)

    def winner(self) -> str | None:
        """The language with most seconds of evidence among the first chunks that have voted."""
        total: dict[str, float] = {}
        for index, (seconds, evidence) in sorted(self.votes.items()):
            if index < self.voters:
                for language, probability in evidence.items():
                    total[language] = total.get(language, 0.0) + seconds * probability
        return max(total, key=lambda language: total[language]) if total else None

    def own(self, index: int) -> str | None:
        """The chunk's own language where it is certain."""
        seconds, evidence = self.votes.get(index, (0.0, {}))
        if not self.per_chunk or seconds < CERTAIN_SECONDS or not evidence:
            return None
        language = max(evidence, key=lambda name: evidence[name])
        return language if evidence[language] >= CERTAIN else None

    def choose(self, index: int) -> str:
        """The language to decode a chunk in, from what is known so far."""
        _, evidence = self.votes.get(index, (0.0, {}))
        return (
            self.own(index) or self.winner() or (max(evidence, key=lambda name: evidence[name]) if evidence else "en")
        )

    def complete(self, chunks: int, *, ended: bool) -> bool:
        """Whether every chunk that is asked has voted."""
        asked = min(self.voters, chunks) if ended else self.voters
        return all(index in self.votes for index in range(asked))
