"""Every name from Dagster's private modules that this project uses; they are why `pyproject.toml` pins its version.

Dagster has no public way to write an executor of steps in processes, or a run launcher that reports a run's health.
What belongs here: imports of `dagster._*`. What does not: code. When a new version of Dagster has moved a name,
tests/test_dagster_internals.py says which one and what to do.
See https://docs.dagster.io/about/changelog.
"""

from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_TAG,
    DataVersion,
    compute_logical_data_version,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.execution.retries import RetryMode, get_retries_config
from dagster._core.executor.step_delegating import (
    CheckStepHealthResult,
    StepDelegatingExecutor,
    StepHandler,
    StepHandlerContext,
)
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

__all__ = [
    "CODE_VERSION_TAG",
    "DATA_VERSION_TAG",
    "CanCancelExecutionRequest",
    "CanCancelExecutionResult",
    "CheckRunHealthResult",
    "CheckStepHealthResult",
    "DagsterUserCodeUnreachableError",
    "DataVersion",
    "RetryMode",
    "StepDelegatingExecutor",
    "StepHandler",
    "StepHandlerContext",
    "UnresolvedAssetJobDefinition",
    "WorkerStatus",
    "compute_logical_data_version",
    "deserialize_value",
    "get_input_data_version_tag",
    "get_input_event_pointer_tag",
    "get_retries_config",
]
