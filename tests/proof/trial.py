"""What a proof is and how it is run: rounds with a seeded random generator, each in a folder of its own.

Belongs here: rounds, seeds, checks, violations, known gaps. Does not belong here: anything about diaries.
"""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

Play = Callable[["Trial"], None]
Spoil = Callable[[Path], object]


def sqlite() -> str:
    """The catalog that a home has by itself."""
    return ""


def spare(_: Path) -> None:
    """Plant no violation."""


@dataclass(frozen=True)
class Proof:
    """One proof. `rounds` is its full size, `sample` the size that the tests run.

    `bench` prepares what all rounds share and gives the function that plays one round. `known_gaps`: what does not hold
    today, by name, with what it means; a failed check that names one is counted apart. `chained`: a round depends on
    those before it. `postgresql`: each round gets a database of its own on a server; else the catalog is SQLite.
    """

    name: str
    promise: str
    seed: int
    rounds: int
    sample: int
    bench: Callable[[], AbstractContextManager[Play]]
    known_gaps: Mapping[str, str] = field(default_factory=dict)
    chained: bool = False
    postgresql: bool = False


@dataclass
class Tally:
    """Counts of one run: checks, violations in words, and of each known gap how often it was looked for and met."""

    known_gaps: Mapping[str, str]
    place: str = ""
    checks: int = 0
    violations: list[str] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)

    def check(self, holds: bool, what: str, gap: str = "") -> bool:  # noqa: FBT001 - reads like an assertion
        """Count one check. Where it does not hold: a violation, or one more meeting with the known *gap*."""
        self.checks += 1
        self.looked[gap] += 1
        if not holds and gap in self.known_gaps:
            self.met[gap] += 1
        elif not holds:
            self.violations.append(f"{self.place}: {what}")
        return holds


@dataclass(frozen=True)
class Trial:
    """One round: its own generator of random numbers, an empty folder, a catalog's URL ("" is SQLite in the home).

    `spoil` is called with the home between what the diary did and the look at it: tests plant violations there.
    """

    number: int
    random: Random
    home: Path
    catalog: str
    tally: Tally
    spoil: Spoil


@dataclass(frozen=True)
class Outcome:
    """What a run of a proof found. `met`: each known gap with "so often of so often"."""

    proof: Proof
    seed: int
    rounds: int
    checks: int
    violations: tuple[str, ...]
    met: Mapping[str, str]
    seconds: float


def play(
    proof: Proof,
    folder: Path,
    *,
    rounds: Iterable[int],
    seed: int | None = None,
    new_catalog: Callable[[], str] = sqlite,
    spoil: Spoil = spare,
) -> Outcome:
    """Play the *rounds* of these numbers below *folder*. Random numbers follow from the seed and the round's number."""
    seed = proof.seed if seed is None else seed
    tally, started, numbers = Tally(proof.known_gaps), time.monotonic(), list(rounds)
    with proof.bench() as play_one:
        for number in numbers:
            again = f"--rounds {number + 1}" if proof.chained else f"--only {number}"
            tally.place = f"{proof.name} --seed {seed} {again}"
            home = folder / f"{proof.name}-{number}"
            home.mkdir()
            _guarded(play_one, Trial(number, Random(f"{seed}/{number}"), home, new_catalog(), tally, spoil))
            shutil.rmtree(home)
    met = {gap: f"{tally.met[gap]} of {tally.looked[gap]}" for gap in proof.known_gaps}
    return Outcome(proof, seed, len(numbers), tally.checks, tuple(tally.violations), met, time.monotonic() - started)


def _guarded(play_one: Play, trial: Trial) -> None:
    """A round that ends with an exception is a violation, and the next one is played."""
    try:
        play_one(trial)
    except Exception as error:  # noqa: BLE001 - whatever it is, the product or the proof has to be mended
        trial.tally.check(False, f"the round ended with {error!r}")  # noqa: FBT003
