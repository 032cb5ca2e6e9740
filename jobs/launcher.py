"""A run launcher that reports whether a run's process is alive, so that run monitoring notices a killed code server.

Dagster's own DefaultRunLauncher has no health check: when the whole code server is killed, its runs stay STARTED for
ever and keep their slots. What belongs here: that one check. What does not: launching (inherited).
See https://docs.dagster.io/deployment/execution/run-monitoring.
"""

import dagster as dg

from jobs.dagster_internals import (
    CanCancelExecutionRequest,
    CanCancelExecutionResult,
    CheckRunHealthResult,
    DagsterUserCodeUnreachableError,
    WorkerStatus,
    deserialize_value,
)

TIMEOUT_SECONDS = 5


class CheckedRunLauncher(dg.DefaultRunLauncher):
    """`DefaultRunLauncher` with a health check for run monitoring."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes: the code server knows which runs are its child processes."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask the code server whether it could cancel the run; one that was restarted since does not know the run."""
        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "finished, or started by another launcher")
        request = CanCancelExecutionRequest(run_id=run.run_id)
        try:
            reply = deserialize_value(
                client.can_cancel_execution(request, timeout=TIMEOUT_SECONDS), CanCancelExecutionResult
            )
        except DagsterUserCodeUnreachableError:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "the code server does not answer; it is asked again")
        if reply.can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "the code server was restarted and does not have this run's process"
        )
