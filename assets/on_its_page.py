"""The check that every memo is on its page: over the whole diary, by runs and by the sensor `made_elsewhere_sensor`.

A memo that one evaluation lists is in the next ones until it is on its page. What belongs here: what an evaluation
says. What does not: which memos those are (`diary_pipeline.views.unmended`).
See https://docs.dagster.io/guides/test/asset-checks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import dagster as dg

from diary_pipeline.diary import Diary
from diary_pipeline.views.unmended import UnmendedMemo, unmended

ON_ITS_PAGE = dg.AssetCheckKey(dg.AssetKey("diary_days"), "every_memo_is_on_its_page")
NOT_ON_IT, MEMOS = "not on their page", "memos that are not on their page"
_PLANNED = 50
"""So many runs at most have announced an evaluation that they have not made yet."""


class PageFindings(TypedDict):
    """What an evaluation of the check says."""

    passed: bool
    severity: dg.AssetCheckSeverity
    metadata: Mapping[str, Any]


def findings_of(memos: Sequence[UnmendedMemo], counts: Mapping[str, int]) -> PageFindings:
    """The evaluation that lists these *memos*, by id and kind of reason."""
    listed = [
        {"recording": m.recording, "day": m.day and str(m.day), "state": m.state, "reason": m.reason} for m in memos
    ]
    metadata = {**counts, NOT_ON_IT: len(memos), MEMOS: dg.MetadataValue.json(listed)}
    return {"passed": not memos, "severity": dg.AssetCheckSeverity.WARN, "metadata": metadata}


def memos_listed(instance: dg.DagsterInstance) -> list[str]:
    """The ids of the memos that the newest evaluation lists."""
    newest = _newest(instance)
    return [] if newest is None else [memo["recording"] for memo in _memos(newest)]


def refreshed(instance: dg.DagsterInstance, diary: Diary) -> dg.AssetCheckEvaluation | None:
    """The check evaluated anew, if it says anything else than before; a run or the command line may have mended it."""
    newest = _newest(instance)
    now = findings_of(unmended(diary, listed=memos_listed(instance)), {})
    if newest is not None and (newest.passed, _memos(newest)) == (now["passed"], now["metadata"][MEMOS].data):
        return None
    return dg.AssetCheckEvaluation(asset_key=ON_ITS_PAGE.asset_key, check_name=ON_ITS_PAGE.name, **now)


def _newest(instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation | None:
    history = instance.event_log_storage.get_asset_check_execution_history(ON_ITS_PAGE, limit=_PLANNED)
    evaluations = (record.evaluation for record in history)
    return next((one for one in evaluations if isinstance(one, dg.AssetCheckEvaluation)), None)


def _memos(evaluation: dg.AssetCheckEvaluation) -> list[dict[str, Any]]:
    listed: Any = evaluation.metadata.get(MEMOS)
    return list(listed.data) if listed is not None else []
