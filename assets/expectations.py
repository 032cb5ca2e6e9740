"""Great Expectations behind asset checks, imported when a check runs: it costs three seconds and 230 MB.

What belongs here: running expectations over a table and reporting the result. What does not: which ones (`checks`).
See https://docs.greatexpectations.io/docs/core/introduction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Expectations = Callable[[Any], Mapping[str, Any]]
"""From Great Expectations' module of expectations to one expectation per check name."""


@dataclass(frozen=True)
class Finding:
    """The result of one expectation: whether the table meets it, how many rows do not, and what it raised."""

    met: bool
    expectation: str
    unexpected: int
    error: str | None


def findings(table: "pd.DataFrame", name: str, expected: Expectations) -> dict[str, Finding]:
    """Validate *table*; the findings by check name. They hold counts, and no value of the table."""
    import logging

    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    suite = context.suites.add(gx.ExpectationSuite(name=name))
    for check, expectation in expected(gx.expectations).items():
        expectation.meta = {"check": check}  # results come back in another order
        suite.add_expectation(expectation)
    batch = (
        context.data_sources.add_pandas("tables").add_dataframe_asset(name).add_batch_definition_whole_dataframe("day")
    )
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    results = definition.run(batch_parameters={"dataframe": table}, result_format="COMPLETE").results
    return {_check_of(result): _finding(result) for result in results}


def _check_of(result: Any) -> str:
    return str(result.expectation_config.meta["check"])


def _finding(result: Any) -> Finding:
    raised = result.exception_info or {}
    causes = [raised] if "raised_exception" in raised else list(raised.values())
    error = next((str(cause.get("exception_message")) for cause in causes if cause.get("raised_exception")), None)
    unexpected = int((result.result or {}).get("unexpected_count") or 0)
    return Finding(bool(result.success), str(result.expectation_config.type), unexpected, error)
