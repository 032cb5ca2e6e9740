"""How each model does with each version of a prompt: scores, cost, and how often another route answered.

Sums over the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, distinct, func, select

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.llm.provider import NANO


@dataclass(frozen=True)
class ModelReport:
    """One model with one version of a prompt. *trial*: its answers were judged and not used.

    *asked* counts the recordings that it was asked about, *accepted* those for which an answer of it was accepted;
    *fallback_rate* is the share of the others. *evidence_score* (share of an answer that is accepted) and *also_said*
    (share of the spoken words that it omits) are means over all judged answers, None where there were none. *dollars*
    are what was settled.
    """

    route: str
    prompt: str | None
    purpose: str
    trial: bool
    asked: int
    accepted: int
    fallback_rate: float
    evidence_score: float | None
    also_said: float | None
    calls: int
    input_tokens: int
    output_tokens: int
    dollars: float


def report(catalog: Catalog, days: Sequence[date] | None = None) -> list[ModelReport]:
    """A report for each model and prompt version, over *days* (all: None); the most used first, trials last."""
    c, trial = calls.c, (calls.c.kind == "shadow").label("trial")
    judged = and_(c.outcome.is_not(None), c.outcome.not_in(("skipped", "answered")))  # a batch's answer is judged later
    sent = and_(c.kind != "cache", c.outcome != "skipped")
    query = select(
        c.route,
        c.prompt,
        c.purpose,
        trial,
        func.count(distinct(case((judged, c.recording)))).label("asked"),
        func.count(distinct(case((c.outcome == "ok", c.recording)))).label("accepted"),
        func.avg(c.score).label("score"),
        func.avg(c.omitted).label("omitted"),
        func.count(case((sent, c.id))).label("calls"),
        func.coalesce(func.sum(c.input_tokens), 0).label("read"),
        func.coalesce(func.sum(c.output_tokens), 0).label("written"),
        func.coalesce(func.sum(c.settled), 0).label("settled"),
    ).group_by(c.route, c.prompt, c.purpose, trial)
    if days is not None:
        query = query.where(c.day.in_(days))
    with catalog.database.reading() as connection:
        rows = connection.execute(query).all()
    lines = [_model_report(row) for row in rows if row.asked or row.calls]
    return sorted(lines, key=lambda line: (line.trial, -line.asked, line.route, line.prompt or "", line.purpose))


def _model_report(row: Any) -> ModelReport:
    return ModelReport(
        row.route,
        row.prompt,
        row.purpose,
        bool(row.trial),
        row.asked,
        row.accepted,
        round(1 - row.accepted / row.asked, 3) if row.asked else 0.0,
        _rounded(row.score),
        _rounded(row.omitted),
        row.calls,
        int(row.read),
        int(row.written),
        int(row.settled) / NANO,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(float(share), 3)
