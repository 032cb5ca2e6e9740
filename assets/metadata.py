"""What a person sees of a materialized day: counts, minutes, what still waits, where the page is, and the day as a picture.

What belongs here: figures as Dagster's metadata. What does not: making figures (`tables`, `status`), and any diary text: the event log
has no login, and erasing a memo could not reach it.
See https://docs.dagster.io/guides/build/assets/metadata-and-tags.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from diary_pipeline.llm import report
from diary_pipeline.pipeline import Diary
from diary_pipeline.views import day_tables, status
from diary_pipeline.work import Report

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _HEIGHT, _HOURS = 480, 60, 24
_COLOURS = {"done": "#2a7", "failed": "#c33", "quarantined": "#c33"}


def published(
    context: dg.AssetExecutionContext | dg.OpExecutionContext, diary: Diary, report: Report, days: Sequence[date]
) -> "pd.DataFrame | dict[str, pd.DataFrame]":
    """Describe each day that the asset was materialized for; returns its table, or {day: table} for several days."""
    op = context.op_execution_context if isinstance(context, dg.AssetExecutionContext) else context
    asset, step = op.asset_key.path[-1], op.get_step_execution_context()
    made = {day.isoformat(): day_tables.day_table(diary, asset, day) for day in days}
    waiting = status.pending(diary, days)
    for day in days:
        figures = _figures(diary, asset, day, made[day.isoformat()], report) | {"pending": waiting[day][report.stage]}
        step.add_asset_metadata(figures, partition_key=day.isoformat())
    context.log.info(
        "%s: %d attempts, %d done, %d faults", report.stage, report.attempts, len(report.done), len(report.faults)
    )
    return made if len(days) > 1 else made[days[0].isoformat()]


def _figures(diary: Diary, asset: str, day: date, table: "pd.DataFrame", report: Report) -> dict[str, Any]:
    entries = status.recordings(diary, [day])
    place = f"{diary.settings.store_url}/tables/{asset}/{day}.parquet"
    figures: dict[str, Any] = {
        "dagster/partition_row_count": len(table),
        "dagster/uri": place,
        "recordings": len(entries),
        "failed": sum(entry["state"] in ("failed", "quarantined") for entry in entries),
        "minutes of audio": round(sum(entry["seconds"] or 0.0 for entry in entries) / 60, 2),
        "seconds spent by the run": round(report.seconds, 2),
        "day": dg.MetadataValue.md(f"![The day's memos by the hour]({picture(entries)})"),
    }
    if asset == "diary_days":
        pages = [str(diary.store.at(page, "standard")) for page in table["page"]]
        figures["pages"] = dg.MetadataValue.md("\n".join(f"- `{page}`" for page in pages) or "none")
        figures["words"] = int(table["words"].sum())
    if asset == "transcripts":
        figures |= {
            "words": int(table["words"].sum()),
            "seconds of voice without words": float(table["uncovered_seconds"].sum()),
        }
        figures |= heard_on(report.about)
    if asset == "diary_notes" and len(table):
        figures["written by"] = dg.MetadataValue.json(
            {str(name): int(count) for name, count in table["writer"].value_counts().items()}
        )
        figures |= {"dollars": float(table["dollars"].sum()), "evidence score": float(table["evidence_score"].mean())}
        figures |= {"unsupported": int(table["unsupported"].sum()), "also said": int(table["also_said"].sum())}
        figures |= {"also said share": float(table["also_said_share"].mean())} | _models(diary, day)
    return figures


def _models(diary: Diary, day: date) -> dict[str, float]:
    """How each model did with each version of the prompt, as numbers, because Dagster draws those from run to run."""
    figures: dict[str, float] = {}
    for line in report(diary.catalog, [day]):
        name = f"{line.route}, {line.purpose} {line.prompt or '?'}{', trial' if line.trial else ''}"
        figures |= {f"{name}: dollars": line.dollars, f"{name}: tokens": line.input_tokens + line.output_tokens}
        figures |= {f"{name}: fallback rate": line.fallback_rate}
        shares = {"evidence score": line.evidence_score, "also said share": line.also_said}
        figures |= {f"{name}: {what}": share for what, share in shares.items() if share is not None}
    return figures


def heard_on(about: Mapping[str, Any]) -> dict[str, Any]:
    """What the run heard on, what loading the model took, and why it had to make do with less, if it had."""
    names = {
        "device": "device",
        "load_seconds": "seconds to load the model",
        "peak_mib": "peak memory (MiB)",
        "fallback": "fallback",
    }
    return {named: about[name] for name, named in names.items() if name in about}


def picture(entries: Sequence[dict[str, Any]]) -> str:
    """The day from midnight to midnight as a small SVG: a bar for each memo where its hour is, as high as it is long.

    A data URI.
    """
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
