"""Runs proofs full size and writes their report: see the package. Exit status 1: a violation was found."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.conftest import empty_environment
from tests.proof.page import PAGE, write
from tests.proof.proofs import PROOFS
from tests.proof.trial import Outcome, Proof, play, sqlite
from tests.services import new_database, postgres, postgres_binaries


def main(arguments: Sequence[str], proofs: Sequence[Proof] = PROOFS, page: Path = PAGE) -> int:
    """Run the proofs that the arguments name, all by default; the exit status."""
    asked = _asked(arguments, proofs)
    wanted = [proof for proof in proofs if not asked.names or proof.name in asked.names]
    with tempfile.TemporaryDirectory(prefix="diary-proof-") as folder, _catalogs(wanted) as new_catalog:
        possible = [proof for proof in wanted if new_catalog or not proof.postgresql]
        outcomes = [_run(proof, Path(folder), asked, new_catalog) for proof in possible]
    for proof in wanted:
        if proof not in possible:
            print(f"{proof.name}: not run: no PostgreSQL here (as root: apt-get install postgresql)", file=sys.stderr)
    if asked.only is None:
        write(page, outcomes, [proof.name for proof in proofs], datetime.now(UTC).date())
    return int(any(outcome.violations for outcome in outcomes))


def _asked(arguments: Sequence[str], proofs: Sequence[Proof]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    names = [proof.name for proof in proofs]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"the proofs to run, of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, help="so many rounds instead of the full size")
    parser.add_argument("--seed", type=int, help="another seed")
    parser.add_argument("--only", type=int, metavar="N", help="only the round of this number, without a report")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in names]:
        parser.error(f"there is no proof {', '.join(unknown)}")
    return asked


def _run(proof: Proof, folder: Path, asked: argparse.Namespace, new_catalog: Callable[[], str] | None) -> Outcome:
    count = asked.rounds or proof.rounds
    rounds: Iterable[int] = range(count) if asked.only is None else [asked.only]
    maker = new_catalog if new_catalog and proof.postgresql else sqlite
    outcome = play(proof, folder, rounds=rounds, seed=asked.seed, new_catalog=maker)
    figures = f"{outcome.rounds} rounds, {outcome.checks} checks, {len(outcome.violations)} violations"
    print("\n  ".join([f"{proof.name}: {figures}, {outcome.seconds:.0f} s", *outcome.violations]), file=sys.stderr)
    return outcome


@contextmanager
def _catalogs(proofs: Sequence[Proof]) -> Iterator[Callable[[], str] | None]:
    """Makes databases on a PostgreSQL server of their own; None where no proof needs one, or this machine has none."""
    binaries = postgres_binaries() if any(proof.postgresql for proof in proofs) else None
    if binaries is None:
        yield None
        return
    with postgres(binaries) as server:
        yield partial(new_database, server)


if __name__ == "__main__":
    empty_environment()
    with tempfile.TemporaryDirectory(prefix="diary-proof-") as nobody:  # neither a person's diary nor a `.env` is read
        os.environ["DIARY_HOME"] = nobody
        os.chdir(nobody)
        sys.exit(main(sys.argv[1:]))
