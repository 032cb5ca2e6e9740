"""Checks of materialized days: the diary's own on every run, Great Expectations over day tables in the nightly job.

What belongs here: what must be true of a day's table, and whether a breach warns or blocks. What does not: running
expectations over a table (`expectations`).
See https://docs.dagster.io/guides/test/asset-checks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import dagster as dg

from assets.expectations import Expectations, findings
from assets.on_its_page import ON_ITS_PAGE, findings_of, memos_listed
from assets.partitions import days_in
from diary_pipeline.diary import Diary
from diary_pipeline.schema import State
from diary_pipeline.views import day_tables
from diary_pipeline.views.unmended import unmended

if TYPE_CHECKING:
    import pandas as pd

BLOCKING = frozenset({"every_recording_once", "cited_segments_exist"})
"""A breach of these would make the next asset wrong, so it blocks; of the others, a person should know."""

NOTES: Sequence[tuple[str, str, Callable[[float], bool], str]] = (
    (
        "evidence_holds",
        "evidence_score",
        lambda score: score >= 0.8,
        "Warns when over a fifth of a note's statements was rejected by the evidence check.",
    ),
    (
        "little_is_left_out",
        "also_said_share",
        lambda share: share <= 0.5,
        "Warns when over half of a memo appears under 'also said' only.",
    ),
)
"""The checks of notes on every run: name, column, which values pass, and the description."""

STATES: Sequence[str] = get_args(State)


def _recordings(gxe: Any) -> Mapping[str, Any]:
    return {
        "every_recording_once": gxe.ExpectColumnValuesToBeUnique(column="recording"),
        "states_are_known": gxe.ExpectColumnValuesToBeInSet(column="state", value_set=list(STATES)),
        "lengths_are_possible": gxe.ExpectColumnValuesToBeBetween(column="seconds", min_value=0, max_value=24 * 3600),
    }


def _transcripts(gxe: Any) -> Mapping[str, Any]:
    return {
        "every_recording_once": gxe.ExpectColumnValuesToBeUnique(column="recording"),
        "no_more_speech_than_audio": gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="seconds", column_B="speech_seconds", or_equal=True
        ),
        "no_speech_is_without_words": gxe.ExpectColumnValuesToBeBetween(column="uncovered_seconds", max_value=0),
        "speech_is_at_a_human_pace": gxe.ExpectColumnValuesToBeBetween(
            column="words_per_second", min_value=0, max_value=8
        ),
    }


def _notes(gxe: Any) -> Mapping[str, Any]:
    return {
        "every_recording_once": gxe.ExpectColumnValuesToBeUnique(column="recording"),
        "cited_segments_exist": gxe.ExpectColumnValuesToBeBetween(column="unknown_segments", max_value=0),
        "nothing_spoken_is_left_out": gxe.ExpectColumnValuesToBeBetween(column="uncited", max_value=0),
    }


def _days(gxe: Any) -> Mapping[str, Any]:
    return {
        "one_page_per_author": gxe.ExpectColumnValuesToBeUnique(column="author"),
        "pages_are_composed": gxe.ExpectColumnValuesToBeBetween(column="composed", min_value=1),
    }


EXPECTED: Mapping[str, tuple[Expectations, Sequence[str]]] = {
    "recordings": (_recordings, ("every_recording_once", "states_are_known", "lengths_are_possible")),
    "transcripts": (
        _transcripts,
        (
            "every_recording_once",
            "no_more_speech_than_audio",
            "no_speech_is_without_words",
            "speech_is_at_a_human_pace",
        ),
    ),
    "diary_notes": (_notes, ("every_recording_once", "cited_segments_exist", "nothing_spoken_is_left_out")),
    "diary_days": (_days, ("one_page_per_author", "pages_are_composed")),
}


def table_checks(asset: str, partitions: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    """The checks of one asset's day tables, in one step: Great Expectations is imported once."""
    expected, names = EXPECTED[asset]
    specs = [dg.AssetCheckSpec(name, asset=asset, blocking=name in BLOCKING) for name in names]

    @dg.multi_asset_check(name=f"{asset}_table", specs=specs, can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, diary: dg.ResourceParam[Diary]) -> Iterator[dg.AssetCheckResult]:
        found = findings(_table(diary, asset, context.run.tags, partitions), asset, expected)
        for name in sorted(key.name for key in context.selected_asset_check_keys):
            finding = found[name]
            severity = dg.AssetCheckSeverity.ERROR if name in BLOCKING else dg.AssetCheckSeverity.WARN
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name=name,
                passed=finding.met,
                severity=severity,
                metadata={"expectation": finding.expectation, "rows that do not meet it": finding.unexpected},
                description=finding.error,
            )

    return check


def finished_check(partitions: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    """On every run, but over the whole diary: is each memo on its page? `diary status` has the reasons in full."""

    @dg.asset_check(
        asset="diary_days",
        name=ON_ITS_PAGE.name,
        description="Warns until every memo that failed, was refused, is held or was taken off its page is mended, "
        "whatever its day; and while one of the run's days is pending.",
    )
    def check(context: dg.AssetCheckExecutionContext, diary: dg.ResourceParam[Diary]) -> dg.AssetCheckResult:
        days = days_in(context.run.tags, partitions)
        states = _table(diary, "recordings", context.run.tags, partitions)["state"]
        counts = {state: int((states == state).sum()) for state in STATES}
        pages = _table(diary, "diary_days", context.run.tags, partitions)
        edited = {"taken off a page": int(pages["off_page"].sum()), "conflicts": int(pages["conflicts"].sum())}
        listed = memos_listed(context.instance)
        return dg.AssetCheckResult(**findings_of(unmended(diary, days, listed), counts | edited))

    return check


def notes_checks(partitions: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    """On every run: did the evidence check accept the notes, and do they cover what was said?"""
    specs = [dg.AssetCheckSpec(name, asset="diary_notes", description=description) for name, _, _, description in NOTES]

    @dg.multi_asset_check(name="diary_notes_evidence", specs=specs, can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, diary: dg.ResourceParam[Diary]) -> Iterator[dg.AssetCheckResult]:
        table = _table(diary, "diary_notes", context.run.tags, partitions)
        wanted = {key.name for key in context.selected_asset_check_keys}
        for name, column, allowed, _ in NOTES:
            if name in wanted:
                breaches = int((~table[column].map(allowed)).sum()) if len(table) else 0
                mean = float(table[column].mean()) if len(table) else 0.0
                yield dg.AssetCheckResult(
                    asset_key="diary_notes",
                    check_name=name,
                    passed=not breaches,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"notes": len(table), "notes that breach it": breaches, f"mean {column}": mean},
                )

    return check


def _table(
    diary: Diary, asset: str, tags: Mapping[str, str], partitions: dg.DailyPartitionsDefinition
) -> "pd.DataFrame":
    """The tables of all the run's days in one: a run over many days evaluates a check once."""
    import pandas as pd

    frames = [day_tables.day_table(diary, asset, day) for day in days_in(tags, partitions)]
    return pd.concat(frames, ignore_index=True) if frames else day_tables.empty_table(asset)
