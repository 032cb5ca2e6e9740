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
from diary_pipeline.views import day_tables, status
from diary_pipeline.views.refresh import refresh
from diary_pipeline.work import Report

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _HEIGHT, _HOURS = 480, 60, 24
_COLOURS = {"done": "#2a7", "failed": "#c33", "quarantined": "#c33"}


def day_outputs(
    context: dg.AssetExecutionContext, diary: Diary, report: Report, days: Sequence[date]
) -> "pd.DataFrame | dict[str, pd.DataFrame]":
    """Attach each day's metadata to the run's materialization; the day's table, or {day: table} for several days."""
    asset = context.asset_key.path[-1]
    tables = {day.isoformat(): day_tables.day_table(diary, asset, day) for day in days}
    pending, stale = status.pending(diary, days), status.stale(diary, days)
    for day, (key, table) in zip(days, tables.items(), strict=True):
        counts = {"pending": pending[day][report.stage], "stale": stale[day][report.stage]}
        figures = _figures(diary, asset, day, table, report) | counts
        context.add_asset_metadata(figures, partition_key=key)
    context.log.info(
        "%s: %d attempts, %d done, %d faults", report.stage, report.attempts, len(report.done), len(report.faults)
    )
    if report.stage == "compose":
        refresh(diary)
    return tables if len(days) > 1 else tables[days[0].isoformat()]


def _figures(diary: Diary, asset: str, day: date, table: "pd.DataFrame", report: Report) -> dict[str, Any]:
    entries = status.recordings(diary, [day])
    figures = {
        "dagster/partition_row_count": len(table),
        "dagster/uri": f"{diary.settings.store_url}/tables/{asset}/{day}.parquet",
        "recordings": len(entries),
        "failed": sum(entry["state"] in ("failed", "quarantined") for entry in entries),
        "minutes of audio": round(sum(entry["seconds"] or 0.0 for entry in entries) / 60, 2),
        "seconds spent by the run": round(report.seconds, 2),
        "day": dg.MetadataValue.md(f"![The day's memos by the hour]({picture(entries)})"),
    }
    if asset == "transcripts":
        return figures | _speech(table) | engine_figures(report.about)
    if asset == "diary_notes" and len(table):
        unwritten = {"notes that no model wrote": dg.MetadataValue.json(report.about.get("unwritten", {}))}
        return figures | _notes(table) | _models(diary, day) | unwritten
    if asset == "diary_days":
        return figures | _pages(diary, table)
    return figures


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
    figures: dict[str, float] = {}
    for line in model_reports(diary.catalog, [day]):
        name = f"{line.route}, {line.purpose} {line.prompt or '?'}{', trial' if line.trial else ''}"
        figures |= {f"{name}: dollars": line.dollars, f"{name}: tokens": line.input_tokens + line.output_tokens}
        figures |= {f"{name}: fallback rate": line.fallback_rate}
        shares = {"evidence score": line.evidence_score, "also said share": line.also_said}
        figures |= {f"{name}: {what}": share for what, share in shares.items() if share is not None}
    return figures


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
