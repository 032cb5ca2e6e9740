"""The kill loop: processes are killed with SIGKILL at random moments; in the end each memo is on its page once."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import update

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import tone
from tests.processes import ended, start
from tests.proof.inbox import snapshot
from tests.proof.kills_judged import KNOWN_GAPS, deaths_of, judge, judge_files, left_in
from tests.proof.trial import Play, Proof, Trial
from tests.workers import work

DAYS = ("2026-03-14", "2026-03-15")
MOST_MEMOS, MOST_KILLS = 8, 6
LONGEST_LIFE, MOST_STEPS, MOST_POINTS = 1.0, 400, 4
"""A kill falls within so many seconds, steps (`STEPS`) or passings of a point: about what four memos take."""
PATIENCE = 120.0  # seconds until a process that has not ended is a violation
BESIDE = 0.25  # the share of killed processes that have another one beside them, which is not killed
POINTS = ("copied", "transcribed", "document", "note", "page")
STEPS = frozenset("fsync link unlink rename mkdir write execute commit rollback".split())
"""C functions by name (and `os.replace`): they change something that outlives the process, or end a transaction."""


@contextmanager
def bench() -> Iterator[Play]:
    """Rounds share nothing."""
    yield play


def play(trial: Trial) -> None:
    """Memos arrive, processes are killed, their claims are freed; then a whole run."""
    random, tally, memos = trial.random, trial.tally, list[Path]()
    _arrive(trial, memos, random.randint(1, 4))
    for number in range(random.randint(1, MOST_KILLS)):
        victim = _begin_and_kill(trial, f"killed-{number}")
        beside = _begin(trial, f"beside-{number}") if random.random() < BESIDE else None
        _arrive(trial, memos, random.choice((0, 0, 1, 2)))
        ended(victim, PATIENCE)
        if beside is not None:
            status = ended(beside, PATIENCE)
            tally.check(status == 0, f"beside a killed one ended with {status}: {_error(trial, f'beside-{number}')}")
        _free(trial, f"killed-{number}")
    _run(trial, "last")
    trial.spoil(trial.home)
    names = [memo.name for memo in memos]
    with _opened(trial) as diary:
        left = left_in(diary)
        judge(tally, left, names, deaths_of(left))
        judge_files(tally, left)
    inbox, phone = snapshot(trial.home / "inbox"), snapshot(trial.home / "phone")
    tally.check(sorted(inbox.values()) == sorted(phone.values()), "the inbox is not as it was")


def _arrive(trial: Trial, memos: list[Path], count: int) -> None:
    """Put memos into the inbox, each whole at once, as a synchronising program does."""
    inbox = trial.home / "inbox"
    inbox.mkdir(exist_ok=True)
    for number in range(len(memos), min(MOST_MEMOS, len(memos) + count)):
        name = f"{trial.random.choice(DAYS)} {8 + number:02}.00.wav"
        memo = tone(trial.home / "phone" / name, seconds=0.1, hertz=300 + number)
        half = inbox / f".{memo.name}"
        shutil.copy2(memo, half)
        memos.append(half.rename(inbox / memo.name))


def _begin_and_kill(trial: Trial, run_id: str) -> ForkServerProcess:
    """Start a process that is killed: by the clock, at a step, or at one of the points that `tests.workers` knows."""
    random = trial.random
    by = random.choice(("clock", "clock", "step", "point", "point"))
    if by == "clock":
        return _begin(trial, run_id, kill_after=random.uniform(0, LONGEST_LIFE))
    if by == "step":
        return _begin(trial, run_id, kill_at=random.randint(1, MOST_STEPS))
    return _begin(trial, run_id, at=f"{random.choice(POINTS)}:{random.randint(1, MOST_POINTS)}:SIGKILL")


def _begin(trial: Trial, run_id: str, *, kill_after: float | None = None, **more: Any) -> ForkServerProcess:
    """Start a worker; it is killed after so many seconds, wherever it is then."""
    options = {"calls": trial.home / "calls", "catalog": trial.catalog, "run_id": run_id} | more
    process = start(_work, trial.home, trial.home / f"{run_id}.err", **options)
    if kill_after is not None:
        threading.Timer(kill_after, process.kill).start()
    return process


def _work(home: Path, error: Path, *, kill_at: int | None = None, **options: Any) -> None:
    """Work with stderr in a file, in a process that is killed before the N-th of its `STEPS` at any load."""
    os.dup2(os.open(error, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stderr.fileno())
    if kill_at is not None:
        die_at(kill_at)
    work(home, **options)


def die_at(step: int) -> None:
    """Kill this process before the N-th of its `STEPS`, in any of its threads."""
    left = step

    def count(_: Any, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and (called.__name__ in STEPS or called is os.replace):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)
    sys.setprofile(count)


def _run(trial: Trial, run_id: str) -> None:
    """A run that nobody disturbs."""
    status = ended(_begin(trial, run_id), PATIENCE)
    trial.tally.check(status == 0, f"the {run_id} run ended with {status}: {_error(trial, run_id)}")


def _error(trial: Trial, run_id: str) -> str:
    file = trial.home / f"{run_id}.err"
    return file.read_text(errors="replace").rstrip().rpartition("\n")[2] if file.exists() else ""


@contextmanager
def _opened(trial: Trial) -> Iterator[Diary]:
    settings = Settings.load(home=trial.home, catalog=trial.catalog, timezone="UTC")
    with closing(open_diary(settings, ScriptedEngine())) as diary:
        yield diary


def _free(trial: Trial, run_id: str) -> None:
    """Free a dead process's claims: its run is declared dead, or its leases run out (as if their time had gone by)."""
    with _opened(trial) as diary:
        if trial.random.random() < 0.5:
            pipeline.release_run(diary, run_id)
            return
        mine = (table.c.run_id == run_id, table.c.outcome.is_(None))
        with diary.catalog.database.writing() as connection:
            connection.execute(update(table).where(*mine).values(lease_until=0))


def _proof(name: str, *, postgresql: bool, rounds: int, sample: int) -> Proof:
    return Proof(
        name=name,
        promise="After kills at random moments each memo is on its page once, and only interrupted work is repeated.",
        seed=20260314,
        rounds=rounds,
        sample=sample,
        bench=bench,
        known_gaps=KNOWN_GAPS,
        postgresql=postgresql,
    )


PROOF = _proof("kills", postgresql=False, rounds=100, sample=1)
ON_POSTGRESQL = _proof("kills-postgresql", postgresql=True, rounds=100, sample=1)
