"""Tells Dagster what the command line made: the same metadata, tables and data versions as a run gives, and the check.

What belongs here: the sensor that looks for days that Dagster does not know of yet. What does not: requesting runs
(`sensors`).
See https://docs.dagster.io/guides/build/assets/external-assets.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import dagster as dg

from assets.metadata import DOCUMENTS, figures
from assets.on_its_page import refreshed
from assets.stage_assets import CHAIN
from diary_pipeline.catalog import ReadMark
from diary_pipeline.diary import Diary
from diary_pipeline.schema import Stage
from diary_pipeline.views import day_tables
from diary_pipeline.views.made import MadeOfDay, made_on
from diary_pipeline.views.table_files import schema_of, write_table
from jobs.dagster_internals import (
    CODE_VERSION_TAG,
    DATA_VERSION_TAG,
    DataVersion,
    compute_logical_data_version,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from jobs.requests import LIVE

TRANSCRIPTS = "transcripts"
"""A graph of steps, the last of which does not read the asset above."""

EARLIER = "earlier"
"""The code version of a day that was made with another model, prompt or program: Dagster shows it as stale."""


ATTEMPTS_AT_A_LOOK, DAYS_AT_A_TICK = 5000, 40
"""A diary with years of history is reported in many ticks, of which each lasts seconds."""


@dataclass
class _Cursor:
    """How far attempts were read, the days that wait to be reported, and when the check was looked at last."""

    reading: ReadMark
    days: list[date]
    mark: Mapping[str, int]

    @classmethod
    def loads(cls, text: str | None) -> "_Cursor":
        given = json.loads(text or "{}")
        days = [date.fromisoformat(day) for day in given.get("days", [])]
        return cls(ReadMark(**given.get("reading", {})), days, given.get("mark", {}))

    def dumps(self) -> str:
        days = [str(day) for day in self.days]
        return json.dumps({"reading": asdict(self.reading), "days": days, "mark": self.mark})


def made_elsewhere_sensor(
    partitions: dg.DailyPartitionsDefinition, versions: Mapping[Stage, str], days_at_a_tick: int = DAYS_AT_A_TICK
) -> dg.SensorDefinition:
    """Materializations and check results of what no run of Dagster made; *versions* are the assets' code versions."""

    def report(instance: dg.DagsterInstance, diary: Diary, cursor: _Cursor) -> int:
        reported = 0
        for day in _due(instance, diary, cursor):
            if reported >= days_at_a_tick:
                cursor.days.append(day)
            elif partitions.has_partition_key(str(day)):
                reported += bool(report_day(instance, diary, day, versions))
        return reported

    @dg.sensor(
        name="made_elsewhere_sensor",
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Shows as materialized what the command line made, and as mended what it mended.",
    )
    def sensor(context: dg.SensorEvaluationContext, diary: dg.ResourceParam[Diary]) -> dg.SkipReason:
        cursor = _Cursor.loads(context.cursor)
        reported = report(context.instance, diary, cursor)
        if (mark := diary.catalog.unmended.mark()) != cursor.mark:
            if (evaluation := refreshed(context.instance, diary)) is not None:
                context.instance.report_runless_asset_event(evaluation)
            cursor.mark = mark
        context.update_cursor(cursor.dumps())
        return dg.SkipReason(f"{reported} days were made elsewhere; {len(cursor.days)} wait.")

    return sensor


def _due(instance: dg.DagsterInstance, diary: Diary, cursor: _Cursor) -> list[date]:
    """The days to look at. Those on which somebody is working stay in *cursor*: a run tells of its own."""
    new, cursor.reading = diary.catalog.finished.after(cursor.reading, ATTEMPTS_AT_A_LOOK)
    days = list(dict.fromkeys([*cursor.days, *new]))
    runs = [run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=LIVE))] if days else []
    busy = diary.catalog.finished.busy(runs) if days else set()
    cursor.days = [day for day in days if day in busy]
    return [day for day in days if day not in busy]


def report_day(instance: dg.DagsterInstance, diary: Diary, day: date, versions: Mapping[Stage, str]) -> int:
    """Tell Dagster what it does not know of *day*, from the first asset to the last; how many assets that were."""
    made, above, reported = made_on(diary, [day])[day], None, 0
    for asset, stage in CHAIN.items():
        known = _newest(instance, asset, day)
        if stage in made and not _shows(known, made[stage]):
            instance.report_runless_asset_event(_materialization(diary, asset, day, versions, above))
            known, reported = _newest(instance, asset, day), reported + 1
        above = known
    return reported


def _newest(instance: dg.DagsterInstance, asset: str, day: date) -> dg.EventLogRecord | None:
    one = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[str(day)])
    return next(iter(instance.fetch_materializations(one, limit=1).records), None)


def _shows(known: dg.EventLogRecord | None, made: MadeOfDay) -> bool:
    """Whether a materialization shows these documents. Those of earlier versions do not say which they show."""
    if known is None or known.asset_materialization is None:
        return False
    shown = known.asset_materialization.metadata.get(DOCUMENTS)
    return known.timestamp >= made.finished if shown is None else shown.value == made.digest


def _materialization(
    diary: Diary, asset: str, day: date, versions: Mapping[Stage, str], above: dg.EventLogRecord | None
) -> dg.AssetMaterialization:
    import pyarrow as pa

    stage, table = CHAIN[asset], day_tables.day_table(diary, asset, day)
    metadata: dict[str, Any] = figures(diary, asset, stage, {day: table})[day]
    write_table(diary, asset, day, pa.Table.from_pandas(table, schema_of(asset), preserve_index=False))
    hashed = asset != TRANSCRIPTS
    tags = _versions(EARLIER if metadata["stale"] else versions[stage], above, hashed=hashed)
    return dg.AssetMaterialization(asset, partition=str(day), metadata=metadata, tags=tags)


def _versions(code_version: str, above: dg.EventLogRecord | None, *, hashed: bool) -> dict[str, str]:
    """The tags by which Dagster knows what is stale, as a run over one day sets them.

    *hashed*: a run reads the partition above, and so knows it by a hash of its partitions' versions.
    """
    tags, inputs = {CODE_VERSION_TAG: code_version}, dict[dg.AssetKey, DataVersion]()
    if above is not None and above.asset_materialization is not None and above.asset_key is not None:
        key, version = above.asset_key, (above.asset_materialization.tags or {}).get(DATA_VERSION_TAG, "")
        inputs[key] = DataVersion(hashlib.sha256(version.encode()).hexdigest() if hashed else version)
        tags[get_input_data_version_tag(key)] = inputs[key].value
        tags[get_input_event_pointer_tag(key)] = str(above.storage_id)
    return tags | {DATA_VERSION_TAG: compute_logical_data_version(code_version, inputs).value}
