"""Metadata of a materialized day: counts, minutes, what is pending, where its page is, and a picture of the day.

What belongs here: figures as Dagster's metadata. What does not: computing figures (`diary_pipeline.views`), and any
diary text: Dagster's event log has no login, and erasing a memo does not reach it.
See https://docs.dagster.io/guides/build/assets/metadata-and-tags.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from diary_pipeline.diary import Diary
from diary_pipeline.llm import report as model_reports
from diary_pipeline.schema import Stage
from diary_pipeline.views import day_tables, status
from diary_pipeline.views.made import made_on
from diary_pipeline.views.refresh import refresh
from diary_pipeline.work import Report

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _HEIGHT, _HOURS = 480, 60, 24
DOCUMENTS = "documents"
"""A hash of the documents that a materialization shows: by it, nothing is shown twice."""

_COLOURS = {"done": "#2a7", "failed": "#c33", "quarantined": "#c33"}


def day_outputs(
    context: dg.AssetExecutionContext, diary: Diary, report: Report, days: Sequence[date]
) -> "pd.DataFrame | dict[str, pd.DataFrame]":
    """Attach each day's metadata to the run's materialization; the day's table, or {day: table} for several days."""
    asset = context.asset_key.path[-1]
    tables = {day.isoformat(): day_tables.day_table(diary, asset, day) for day in days}
    described = figures(diary, asset, report.stage, {day: tables[day.isoformat()] for day in days})
    for day in days:
        context.add_asset_metadata(described[day] | _of_run(asset, report), partition_key=day.isoformat())
    context.log.info(
        "%s: %d attempts, %d done, %d faults", report.stage, report.attempts, len(report.done), len(report.faults)
    )
    if report.stage == "compose":
        refresh(diary)
    return tables if len(days) > 1 else tables[days[0].isoformat()]


def figures(
    diary: Diary, asset: str, stage: Stage, tables: "Mapping[date, pd.DataFrame]"
) -> dict[date, dict[str, Any]]:
    """By day, what there is to say of its documents, whoever made them. `DOCUMENTS` says which they are."""
    days = list(tables)
    pending, stale = status.pending(diary, days), status.stale(diary, days)
    made = made_on(diary, days)
    return {
        day: _figures(diary, asset, day, table)
        | {"pending": pending[day][stage], "stale": stale[day][stage]}
        | ({DOCUMENTS: made[day][stage].digest} if stage in made[day] else {})
        for day, table in tables.items()
    }


def _of_run(asset: str, report: Report) -> dict[str, Any]:
    spent: dict[str, Any] = {"seconds spent by the run": round(report.seconds, 2)}
    if asset == "transcripts":
        return spent | engine_figures(report.about)
    if asset == "diary_notes":
        return spent | {"notes that no model wrote": dg.MetadataValue.json(report.about.get("unwritten", {}))}
    return spent


def _figures(diary: Diary, asset: str, day: date, table: "pd.DataFrame") -> dict[str, Any]:
    entries = status.recordings(diary, [day])
    found = {
        "dagster/partition_row_count": len(table),
        "dagster/uri": f"{diary.settings.store_url}/tables/{asset}/{day}.parquet",
        "recordings": len(entries),
        "failed": sum(entry["state"] in ("failed", "quarantined") for entry in entries),
        "minutes of audio": round(sum(entry["seconds"] or 0.0 for entry in entries) / 60, 2),
        "day": dg.MetadataValue.md(f"![The day's memos by the hour]({picture(entries)})"),
    }
    if asset == "transcripts":
        return found | _speech(table)
    if asset == "diary_notes" and len(table):
        return found | _notes(table) | _models(diary, day)
    if asset == "diary_days":
        return found | _pages(diary, table)
    return found


def _speech(table: "pd.DataFrame") -> dict[str, Any]:
    return {
        "words": int(table["words"].sum()),
        "seconds of voice without words": float(table["uncovered_seconds"].sum()),
    }


def _notes(table: "pd.DataFrame") -> dict[str, Any]:
    written_by = {str(name): int(count) for name, count in table["writer"].value_counts().items()}
    return {
        "written by": dg.MetadataValue.json(written_by),
        "dollars": float(table["dollars"].sum()),
        "evidence score": float(table["evidence_score"].mean()),
        "unsupported": int(table["unsupported"].sum()),
        "also said": int(table["also_said"].sum()),
        "also said share": float(table["also_said_share"].mean()),
    }


def _pages(diary: Diary, table: "pd.DataFrame") -> dict[str, Any]:
    pages = [str(diary.store.at(page, "standard")) for page in table["page"]]
    listed = "\n".join(f"- `{page}`" for page in pages) or "none"
    counts = {name: int(table[name].sum()) for name in ("words", "conflicts")}
    return {"pages": dg.MetadataValue.md(listed)} | counts


def _models(diary: Diary, day: date) -> dict[str, float]:
    """How each model did with each version of the prompt, as numbers: Dagster plots those over runs and partitions."""
    found: dict[str, float] = {}
    for line in model_reports(diary.catalog, [day]):
        name = f"{line.route}, {line.purpose} {line.prompt or '?'}{', trial' if line.trial else ''}"
        found |= {f"{name}: dollars": line.dollars, f"{name}: tokens": line.input_tokens + line.output_tokens}
        found |= {f"{name}: fallback rate": line.fallback_rate}
        shares = {"evidence score": line.evidence_score, "also said share": line.also_said}
        found |= {f"{name}: {what}": share for what, share in shares.items() if share is not None}
    return found


def engine_figures(about: Mapping[str, Any]) -> dict[str, Any]:
    """The device the run transcribed on, what loading the model took, and why it fell back to less, if it did."""
    names = {
        "device": "device",
        "load_seconds": "seconds to load the model",
        "peak_mib": "peak memory (MiB)",
        "fallback": "fallback",
        "model": "speech model",
    }
    return {label: about[name] for name, label in names.items() if name in about}


def picture(entries: Sequence[dict[str, Any]]) -> str:
    """A small SVG of the day from midnight to midnight, as a data URI: a bar per memo, at its hour, high by length."""
    bars = "".join(_bar(entry) for entry in entries if entry["recorded_at"])
    hours = "".join(
        f'<text x="{hour / _HOURS * _WIDTH:.0f}" y="{_HEIGHT - 2}" font-size="9" fill="#888">{hour:02d}</text>'
        for hour in range(0, 24, 3)
    )
    line = f'<path d="M0 {_HEIGHT - 12}H{_WIDTH}" stroke="#bbb"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}">{line}{bars}{hours}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _bar(entry: dict[str, Any]) -> str:
    moment = datetime.fromisoformat(entry["recorded_at"])
    left = (moment.hour + moment.minute / 60) / _HOURS * _WIDTH
    height = min(_HEIGHT - 16, 6 + (entry["seconds"] or 0.0) / 3)
    top, colour = _HEIGHT - 12 - height, _COLOURS.get(entry["state"], "#888")
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="5" height="{height:.1f}" fill="{colour}"/>'
