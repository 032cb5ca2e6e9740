"""An executor that runs each step in a process of its own, and a step tagged `diary/gpu` on a device of its own.

The step's process holds the lease of its device (`diary_pipeline.transcribe.lease`): the kernel frees it however the
process ends, and no two steps of any runs on this host share a device. Without a GPU, the CPU is the one device. The
same tags carry the pod's configuration where steps run on Kubernetes (`k8s_job_executor`).
What belongs here: starting, watching and ending step processes. What does not: what a step does.
See https://docs.dagster.io/deployment/execution/run-executors.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import lease
from diary_pipeline.transcribe.devices import visible_devices
from diary_pipeline.transcribe.environment import LIBRARY_VARIABLES
from jobs.dagster_internals import (
    CheckStepHealthResult,
    RetryMode,
    StepDelegatingExecutor,
    StepHandler,
    StepHandlerContext,
    get_retries_config,
)

GPU_TAG = "diary/gpu"
DEVICE_TAGS: Mapping[str, object] = {
    GPU_TAG: "1",
    "dagster-k8s/config": {
        "container_config": {
            "resources": {
                "requests": {"cpu": "4", "memory": "16Gi"},
                "limits": {"nvidia.com/gpu": "1", "memory": "16Gi"},
            }
        },
        "pod_spec_config": {"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]},
    },
}
"""Tags of a step that needs a device: for this executor, and for Kubernetes."""

POLL_SECONDS, HEALTH_SECONDS = 0.2, 1
_TERMINAL = frozenset(
    {
        dg.DagsterEventType.STEP_SUCCESS,
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.STEP_UP_FOR_RETRY,
        dg.DagsterEventType.STEP_SKIPPED,
    }
)


@dataclass(frozen=True)
class _Step:
    """A step's process, when it was started, and the file of its output."""

    process: "subprocess.Popen[bytes]"
    started: float
    log: Path


class DeviceStepHandler(StepHandler):
    """Starts a process per step, reports those that end without a result, and ends whole process groups."""

    def __init__(self, devices: list[str], folder: Path, grace_seconds: float) -> None:
        """*folder* holds lock files and the steps' output; *grace_seconds* lie between SIGTERM and SIGKILL."""
        super().__init__()
        self._devices, self._folder, self._grace = devices, folder, grace_seconds
        self._steps: dict[str, _Step] = {}

    @property
    def name(self) -> str:
        """The name in Dagster's events."""
        return "DeviceStepHandler"

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[dg.DagsterEvent]:
        """Start the step. Its process waits for the device, because this loop must go on to start the others."""
        context, key = step_handler_context, _key(step_handler_context)
        needs_device = context.step_tags[key].get(GPU_TAG, "0") not in ("", "0", "false")
        given = context.execute_step_args.get_command_env()
        environment = {**LIBRARY_VARIABLES, **os.environ, **{entry["name"]: entry["value"] for entry in given}}
        log = self._folder / "steps" / context.execute_step_args.run_id / f"{key.replace('/', '_')}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = self._command(",".join(self._devices) or lease.CPU if needs_device else "-", context.dagster_run.tags)
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own launcher, and Dagster's own command
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._steps[key] = _Step(process, time.time(), log)
        yield dg.DagsterEvent.step_worker_starting(
            context.get_step_context(key),
            message=f"Starting a process for {key}{' on a device of its own' if needs_device else ''}.",
            metadata={"pid": dg.MetadataValue.int(process.pid), "output": dg.MetadataValue.path(str(log))},
        )

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """Unhealthy is a step whose process ended without reporting a result: it was killed, or exited by itself."""
        key = _key(step_handler_context)
        step = self._steps.get(key)
        if step is None:
            return CheckStepHealthResult.unhealthy("no process of this executor runs this step")
        code = step.process.poll()
        if code is None or self._reported(step_handler_context, key, step.started):
            return CheckStepHealthResult.healthy()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return CheckStepHealthResult.unhealthy(
            f"Its process ended by {how} without a result. Its output is in {step.log}."
        )

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[dg.DagsterEvent]:
        """Ask all steps to end, wait for this one, then kill its whole process group."""
        key = _key(step_handler_context)
        for step in self._steps.values():  # the first call asks every step, so that their grace periods overlap
            _send(step.process, signal.SIGTERM)
        if (mine := self._steps.get(key)) is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            mine.process.wait(self._grace)
        _send(mine.process, signal.SIGKILL)
        mine.process.wait()
        yield dg.DagsterEvent.engine_event(step_handler_context.get_step_context(key), f"Ended the process of {key}.")

    def _command(self, devices: str, tags: Mapping[str, str]) -> list[str]:
        """The lease's launcher, followed by the step's command.

        Dagster's own `get_command_args` begins with a `dagster` that may not be on the PATH.
        """
        priority, parent = tags.get("dagster/priority", "0"), str(os.getpid())
        launcher = [sys.executable, "-S", "-E", lease.__file__, str(self._folder), devices, priority, parent, "--"]
        return [*launcher, sys.executable, "-m", "dagster", "api", "execute_step"]

    @staticmethod
    def _reported(context: StepHandlerContext, key: str, since: float) -> bool:
        """Whether the step has a terminal event. A process writes it before it exits, so none will come later."""
        events = context.instance.get_records_for_run(context.execute_step_args.run_id, of_type=set(_TERMINAL)).records
        return any(
            event.event_log_entry.step_key == key and event.event_log_entry.timestamp >= since for event in events
        )


def gpu_executor(settings: Settings) -> dg.ExecutorDefinition:
    """Each step in a process of its own; those tagged `diary/gpu` on devices of *settings*, leased in its home."""

    @dg.executor(
        name="gpu",
        config_schema={
            "max_concurrent": dg.Field(dg.Noneable(dg.IntSource), default_value=None, is_required=False),
            "grace_seconds": dg.Field(float, default_value=10.0, is_required=False),
            "retries": get_retries_config(),  # type: ignore[no-untyped-call]
        },
        requirements=dg.multiple_process_executor_requirements(),
    )
    def executor(init_context: dg.InitExecutorContext) -> StepDelegatingExecutor:
        config: Mapping[str, Any] = init_context.executor_config
        devices = visible_devices(settings)
        return StepDelegatingExecutor(
            DeviceStepHandler(devices, settings.root / "devices", config["grace_seconds"]),
            retries=RetryMode.from_config(config["retries"]) or RetryMode.ENABLED,
            max_concurrent=config["max_concurrent"],
            tag_concurrency_limits=[{"key": GPU_TAG, "value": "1", "limit": max(1, len(devices))}],  # more would wait
            sleep_seconds=POLL_SECONDS,
            check_step_health_interval_seconds=HEALTH_SECONDS,
        )

    return executor


def _key(context: StepHandlerContext) -> str:
    (key,) = context.execute_step_args.step_keys_to_execute or []
    return key


def _send(process: "subprocess.Popen[bytes]", what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, what)
