"""Decide the language of a recording, and find chunks that are clearly in another, from what the model detected."""

from dataclasses import dataclass, field

from diary_pipeline.transcribe.rows import Evidence

VOTERS = 5
"""How many chunks vote on the recording's language: two and a half minutes of speech."""

CERTAIN = 0.9
"""A chunk is decoded in its own language if it is this probable ..."""

CERTAIN_SECONDS = 5.0
"""... and it has at least this much speech. A shorter one is weak evidence, and a wrong language invents words."""


def primary_language(language: str | None) -> str | None:
    """The primary language of a tag with a region: "en-GB" is "en"."""
    return language.replace("_", "-").partition("-")[0].lower() if language else None


@dataclass
class Ballot:
    """The votes of a recording's chunks. `per_chunk` False: the first chunk decides for all, as upstream does."""

    per_chunk: bool
    votes: dict[int, tuple[float, Evidence]] = field(default_factory=dict)

    @property
    def voters(self) -> int:
        """How many of the first chunks vote."""
        return VOTERS if self.per_chunk else 1

    def add(self, index: int, seconds: float, evidence: Evidence) -> None:
        """Record a chunk's vote."""
        self.votes[index] = (seconds, evidence)

    def winner(self) -> str | None:
        """The language with the most evidence, weighted by seconds, among the first chunks that have voted."""
        total: dict[str, float] = {}
        for index, (seconds, evidence) in sorted(self.votes.items()):
            if index < self.voters:
                for language, probability in evidence.items():
                    total[language] = total.get(language, 0.0) + seconds * probability
        return max(total, key=lambda language: total[language]) if total else None

    def certain(self, index: int) -> str | None:
        """The chunk's own language if it is certain."""
        seconds, evidence = self.votes.get(index, (0.0, {}))
        if not self.per_chunk or seconds < CERTAIN_SECONDS or not evidence:
            return None
        language = max(evidence, key=lambda name: evidence[name])
        return language if evidence[language] >= CERTAIN else None

    def choose(self, index: int) -> str:
        """The language to decode a chunk in, from the votes so far."""
        _, evidence = self.votes.get(index, (0.0, {}))
        return (
            self.certain(index)
            or self.winner()
            or (max(evidence, key=lambda name: evidence[name]) if evidence else "en")
        )

    def complete(self, chunks: int, *, ended: bool) -> bool:
        """Whether every chunk that votes has voted."""
        voters = min(self.voters, chunks) if ended else self.voters
        return all(index in self.votes for index in range(voters))
