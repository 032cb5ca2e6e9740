"""Jobs for the tests of the GPU executor, and a process that runs one: `python -m tests.device_jobs NAME FOLDER`.

Steps append what they see to FOLDER/events.jsonl (event, step, device, pid, time), so that a test can check which step
held which device, and when.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import dagster as dg

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.lease import DEVICE_VARIABLE
from jobs.gpu_executor import DEVICE_TAGS, gpu_executor

STEPS, HELD_SECONDS = 3, 0.3
FIRST, LAST = "2026-03-14", "2026-03-15"


def folder() -> Path:
    return Path(os.environ["DIARY_TEST_FOLDER"])


def record(event: str, step: str) -> None:
    device = os.environ.get(DEVICE_VARIABLE, "-")
    line = json.dumps(
        {
            "event": event,
            "step": step,
            "device": device,
            "visible": os.environ["CUDA_VISIBLE_DEVICES"],
            "pid": os.getpid(),
            "at": time.monotonic(),
        }
    )
    with (folder() / "events.jsonl").open("a") as out:
        out.write(line + "\n")


@dg.op(out=dg.DynamicOut(int))
def several(context: dg.OpExecutionContext) -> Any:
    record("cpu", context.op_handle.name)
    for number in range(STEPS):
        yield dg.DynamicOutput(number, mapping_key=f"n{number}")


@dg.op(tags=dict(DEVICE_TAGS))
def hold(context: dg.OpExecutionContext, number: int) -> int:
    record("begin", f"{context.run_id}:{number}")
    threading.Event().wait(HELD_SECONDS)
    record("end", f"{context.run_id}:{number}")
    return number


@dg.op(tags=dict(DEVICE_TAGS), retry_policy=dg.RetryPolicy(max_retries=1))
def hang_once(context: dg.OpExecutionContext) -> None:
    record("begin", str(context.retry_number))
    if context.retry_number == 0:
        threading.Event().wait(300)


@dg.job(executor_def=gpu_executor(Settings.load()))
def holding() -> None:
    several().map(hold)


@dg.job(executor_def=gpu_executor(Settings.load()))
def hanging() -> None:
    hang_once()


def transcribing() -> dg.JobDefinition:
    """The four real assets over a scripted engine that kills its own process once, over the third recording."""
    from definitions import build_defs  # here, so that a process of the other jobs starts a second earlier
    from diary_pipeline.bootstrap import open_diary
    from diary_pipeline.testing import ScriptedEngine

    settings = Settings.load(timezone="UTC", settle_seconds=0)
    dead = folder() / "died"

    def die_once(_: str) -> None:
        if len((folder() / "calls").read_text().splitlines()) == 3 and not dead.exists():
            dead.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    engine = ScriptedEngine(
        lambda identity: [f"This is what {identity} says."], calls=folder() / "calls", hook=die_once
    )

    @dg.resource
    def diary(context: dg.InitResourceContext) -> Any:
        assert context.run is not None
        return open_diary(settings, engine).of_run(context.run.run_id)

    job = dg.define_asset_job(
        "transcribing",
        dg.AssetSelection.all() - dg.AssetSelection.all_asset_checks(),
        executor_def=gpu_executor(settings),
    )
    defs = build_defs(settings, engine, diary=diary)
    return dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def("transcribing")


def main() -> None:
    name = sys.argv[1]
    os.environ["DIARY_TEST_FOLDER"] = sys.argv[2]
    tags = over_both_days() if name == "transcribing" else {}
    with dg.DagsterInstance.get() as instance:
        job = dg.build_reconstructable_job("tests.device_jobs", "reconstructed", reconstructable_kwargs={"name": name})
        result = dg.execute_job(job, instance=instance, tags=tags, raise_on_error=False)
        sys.exit(0 if result.success else 1)


def over_both_days() -> dict[str, str]:
    from assets.partitions import RANGE_END, RANGE_START

    return {RANGE_START: FIRST, RANGE_END: LAST}


def reconstructed(name: str) -> dg.JobDefinition:
    jobs = {"holding": lambda: holding, "hanging": lambda: hanging, "transcribing": transcribing}
    job: dg.JobDefinition = jobs[name]()
    return job


if __name__ == "__main__":
    main()
