"""A run launcher that can tell whether a run's process is still there, so that run monitoring notices a code server that was killed.

Dagster's own DefaultRunLauncher cannot be asked: after a kill of the whole code server its runs stay "started" for ever, and so do the
slots they hold. What belongs here: that one question. What does not: launching (inherited).
See https://docs.dagster.io/deployment/execution/run-monitoring.
"""

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

ASK_SECONDS = 5


class CheckedRunLauncher(DefaultRunLauncher):
    """`DefaultRunLauncher` that answers run monitoring's question."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes: the code server knows which runs are its children."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask the code server whether it could cancel the run; if it does not know the run, it was started after it."""
        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "finished, or started by somebody else")
        request = CanCancelExecutionRequest(run_id=run.run_id)
        try:
            reply = deserialize_value(
                client.can_cancel_execution(request, timeout=ASK_SECONDS), CanCancelExecutionResult
            )
        except DagsterUserCodeUnreachableError:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "the code server does not answer; it is asked again")
        if reply.can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "the code server was restarted and does not have this run's process"
        )
