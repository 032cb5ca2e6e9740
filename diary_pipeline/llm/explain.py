"""The router's calls and decisions for a recording, in order, from the ledger: `diary explain`."""

from typing import Any

from sqlalchemy import select

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import llm_calls as calls
from diary_pipeline.llm.provider import NANO


def explain(catalog: Catalog, recording: str) -> list[dict[str, Any]]:
    """Every decision, oldest first: route, kind, outcome, reason, tokens, and dollars reserved and settled.

    `outcome` None: the call is still under way. `usage` is reported (by the provider), assumed (not
    reported, so the whole reservation counts) or none. `ask` groups the calls of one request.
    """
    query = select(calls).where(calls.c.recording == recording).order_by(calls.c.id)
    with catalog.database.reading() as connection:
        return [_attempt(dict(row)) for row in connection.execute(query).mappings()]


def _attempt(row: dict[str, Any]) -> dict[str, Any]:
    settled = row["settled"]
    return {
        "ask": row["ask"],
        "purpose": row["purpose"],
        "kind": row["kind"],
        "route": row["route"],
        "outcome": row["outcome"],
        "reason": row["reason"],
        "input_tokens": row["input_tokens"],
        "output_tokens": row["output_tokens"],
        "usage": row["usage"],
        "reserved": row["reserved"] / NANO,
        "settled": None if settled is None else settled / NANO,
        "seconds": None if row["latency_ms"] is None else row["latency_ms"] / 1000,
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
    }
