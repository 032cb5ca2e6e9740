"""The run launcher's health check, asked about a real run of a real code server that is killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from deploy.dagster.home import ROOT, environment, prepare
from jobs.dagster_internals import WorkerStatus
from jobs.launcher import CheckedRunLauncher
from tests.services import free_port, running
from tests.waiting import until

CODE = """
import threading
import dagster as dg

@dg.op
def wait(): threading.Event().wait(120)

@dg.job(executor_def=dg.in_process_executor)
def waiting(): wait()
"""
INSTANCE = """
telemetry: {enabled: false}
run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}
run_launcher: {module: jobs.launcher, class: CheckedRunLauncher}
"""


@pytest.mark.timeout(200)
def test_a_run_is_lost_once_another_code_server_answers_and_not_before(home: Path) -> None:
    (home / "waiting_job.py").write_text(CODE)
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text(INSTANCE)
    port = free_port()
    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        with code_server(home, port):
            run = launched(home, port, instance)
            assert status(instance, run) == WorkerStatus.RUNNING, "its process is a child of the code server"
        assert status(instance, run) == WorkerStatus.RUNNING, "a code server that does not answer may come back"
        with code_server(home, port):
            assert status(instance, run) == WorkerStatus.NOT_FOUND
        instance.report_run_failed(instance.get_run_by_id(run) or pytest.fail("no such run"))
        assert status(instance, run) == WorkerStatus.RUNNING, "nothing is left to do for a run that has ended"


@contextmanager
def code_server(home: Path, port: int) -> Iterator[None]:
    """A code server until the context ends; then it and its runs are killed."""
    serve = ["api", "grpc", "--python-file", "waiting_job.py", "--host", "127.0.0.1", "--port", str(port)]
    log = home / f"server.{port}.log"
    with running(
        dagster(*serve), port, log=log, stop=signal.SIGTERM, cwd=home, env=variables(home), start_new_session=True
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def launched(home: Path, port: int, instance: dg.DagsterInstance) -> str:
    """The id of a run that the code server has started."""
    workspace = home / "workspace.yaml"
    workspace.write_text(f"load_from: [{{grpc_server: {{host: 127.0.0.1, port: {port}, location_name: code}}}}]\n")
    command = dagster("job", "launch", "--workspace", str(workspace), "--job", "waiting")
    subprocess.run(command, cwd=home, env=variables(home), check=True, capture_output=True)
    (run,) = until(lambda: instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])), 60)
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> WorkerStatus:
    launcher, run = instance.run_launcher, instance.get_run_by_id(run_id)
    assert isinstance(launcher, CheckedRunLauncher)
    assert launcher.supports_check_run_worker_health
    assert run is not None
    return launcher.check_run_worker_health(run).status


def dagster(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dagster", *arguments]


def variables(home: Path) -> dict[str, str]:
    return {**os.environ, **environment(home), "PYTHONPATH": str(ROOT)}
