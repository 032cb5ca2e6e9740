"""The storm: memos arrive while everything is killed again and again, and no claim is freed by hand; none fails."""

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from tests.memos import tone
from tests.processes import ended, start
from tests.proof.inbox import snapshot
from tests.proof.kills_judged import deaths_of, judge, left_in
from tests.proof.trial import Play, Proof, Trial
from tests.workers import opened

DAYS = ("2026-03-14", "2026-03-15", "2026-03-16")
LEASE = 1.0  # seconds: leases run out while the next processes start
PATIENCE = 500.0  # seconds until the undisturbed run at the end must be over
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class Size:
    """How many memos arrive and how often everything is killed. The first round is small, for the tests."""

    memos: int
    kills: int


SAMPLE, FULL = Size(4, 2), Size(60, 40)


@dataclass(frozen=True)
class Kind:
    """Who works: *side* processes at once, each killed within *longest* seconds."""

    work: Callable[..., None]
    side: int
    longest: float


def by_command(home: Path, error: Path, **options: Any) -> None:
    """Do all pending work like `diary process`."""
    os.dup2(os.open(error, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    with opened(home, **options) as diary:
        pipeline.process(diary)


def by_dagster(home: Path, error: Path, **options: Any) -> None:
    """Do what the daemon does: give up runs whose process is dead, ask the sensor, and run what it requests."""
    import dagster as dg

    from jobs.jobs import ARRIVALS
    from jobs.sensors import dead_run_sensors, new_audio_sensor
    from tests.dagster_world import World

    os.dup2(os.open(error, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    folder = home / "dagster"
    folder.mkdir(exist_ok=True)
    with opened(home, **options) as diary, dg.DagsterInstance.local_temp(str(folder)) as instance:
        world = World(instance, diary)
        failed, _ = dead_run_sensors()
        for run in instance.get_runs():
            if run.status.value not in ENDED:
                instance.report_run_failed(run, "its process was killed")
                event = dg.DagsterEvent(event_type_value="PIPELINE_FAILURE", job_name=ARRIVALS)
                with dg.build_run_status_sensor_context(
                    sensor_name=failed.name,
                    dagster_event=event,
                    dagster_instance=instance,
                    dagster_run=run,
                    resources={"diary": diary},
                ) as context:
                    failed(context)
        job = world.defs.resolve_job_def(ARRIVALS)
        while requests := world.requests(new_audio_sensor(world.partitions)):
            for request in requests:
                key = request.tags.get("dagster/partition")
                job.execute_in_process(instance=instance, tags=dict(request.tags), partition_key=key)


COMMAND, DAGSTER = Kind(by_command, side=2, longest=2.5), Kind(by_dagster, side=1, longest=8.0)


@contextmanager
def bench(kind: Kind) -> Iterator[Play]:
    """Rounds share nothing."""
    yield partial(play, kind)


def play(kind: Kind, trial: Trial) -> None:
    """Processes start, memos arrive, all are killed; at the end one process works undisturbed."""
    size = FULL if trial.number else SAMPLE
    memos: list[Path] = []
    for number in range(size.kills):
        working = [_begin(kind, trial, f"run {number}.{side}") for side in range(kind.side)]
        until = time.monotonic() + trial.random.uniform(0.1, kind.longest)
        due = size.memos * (number + 1) // size.kills
        while time.monotonic() < until:
            if len(memos) < due:
                memos.append(_arrive(trial, len(memos)))
            time.sleep(min(0.1, max(0.0, until - time.monotonic())))
        while len(memos) < due:
            memos.append(_arrive(trial, len(memos)))
        for process in working:
            kill_tree(process.pid or 0)
        for process in working:
            ended(process, 60)
    time.sleep(LEASE)
    status = ended(_begin(kind, trial, "last"), PATIENCE)
    trial.tally.check(status == 0, f"the last run ended with {status}")
    trial.spoil(trial.home)
    _judge(trial, [memo.name for memo in memos])


def _judge(trial: Trial, names: list[str]) -> None:
    with _diary(trial) as diary:
        left = left_in(diary)
    judge(trial.tally, left, names, deaths_of(left))
    failed = [(a["subject"], a["stage"], a["error"]) for a in left.attempts if a["outcome"] in ("failed", "crashed")]
    trial.tally.check(not failed, f"these failed: {failed}")
    inbox, phone = snapshot(trial.home / "inbox"), snapshot(trial.home / "phone")
    trial.tally.check(sorted(inbox.values()) == sorted(phone.values()), "the inbox is not as it was")


def kill_tree(root: int) -> None:
    """Kill a process and all that it started with SIGKILL, in any order."""
    found = [root]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(child) for child in task.read_text().split()]
    random.shuffle(found)
    for process in found:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _arrive(trial: Trial, number: int) -> Path:
    """Put one memo into the inbox, whole at once."""
    name = f"{DAYS[number % len(DAYS)]} {8 + number // 60:02}.{number % 60:02}.wav"
    memo = tone(trial.home / "phone" / name, seconds=0.1, hertz=300 + number)
    inbox = trial.home / "inbox"
    inbox.mkdir(exist_ok=True)
    half = inbox / f".{name}"
    shutil.copy2(memo, half)
    return half.rename(inbox / name)


def _begin(kind: Kind, trial: Trial, run_id: str) -> ForkServerProcess:
    options = {"calls": trial.home / "calls", "catalog": trial.catalog, "run_id": run_id, "lease": LEASE}
    return start(kind.work, trial.home, trial.home / "errors", **options)


def _diary(trial: Trial) -> Diary:
    return opened(trial.home, catalog=trial.catalog)


def _proof(name: str, kind: Kind, *, postgresql: bool) -> Proof:
    return Proof(
        name=name,
        promise="60 memos arrive while all processes are killed 40 times: each is on its page once, and none failed.",
        seed=20260314,
        rounds=2,
        sample=1,
        bench=partial(bench, kind),
        postgresql=postgresql,
    )


PROOFS = (
    _proof("storm", COMMAND, postgresql=False),
    _proof("storm-postgresql", COMMAND, postgresql=True),
    _proof("storm-dagster", DAGSTER, postgresql=False),
    _proof("storm-dagster-postgresql", DAGSTER, postgresql=True),
)
