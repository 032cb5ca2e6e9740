"""The router against a third-party mock of the providers (npm's @copilotkit/aimock), with its chaos switches on."""

import json
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.llm import Policy
from diary_pipeline.llm.breaker import BreakerOptions
from diary_pipeline.llm.provider import Limits
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.services import Need, free_port, running
from tests.wire_shapes import GOOD

CLI = (
    Path(__file__).resolve().parent.parent
    / ".venv"
    / ".aimock"
    / "node_modules"
    / "@copilotkit"
    / "aimock"
    / "dist"
    / "cli.js"
)
CHAOS = {"--chaos-drop": "0.1", "--chaos-malformed": "0.1", "--chaos-disconnect": "0.1", "--chaos-ratelimit": "0.1"}
NOTES = 24


@pytest.fixture(scope="module")
def aimock(need: Need, slow: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The mock's address; four calls in ten fail there."""
    node = shutil.which("node") or need.missing("aimock", "no node on the PATH")
    if not CLI.exists():
        need.missing("aimock", "no @copilotkit/aimock in .venv/.aimock; make test installs it where there is npm")
    folder, port = tmp_path_factory.mktemp("aimock"), free_port()
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": [{"match": {}, "response": {"content": GOOD}}]}))
    command = [
        node,
        CLI,
        "-p",
        str(port),
        "-f",
        folder / "fixtures.json",
        "--log-level",
        "silent",
        *(x for pair in CHAOS.items() for x in pair),
    ]
    with running(command, port, log=folder / "log", stop=signal.SIGTERM, cwd=folder):
        yield f"http://127.0.0.1:{port}"


def journal(url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{url}/__aimock/journal?method=POST&limit=1000", timeout=10) as answer:
        found = json.load(answer)
    entries: list[dict[str, Any]] = found["entries"] if isinstance(found, dict) else found
    return entries


def test_two_dozen_notes_are_written_although_four_calls_in_ten_fail_and_the_ledger_has_every_call(
    home: Path, aimock: str
) -> None:
    addresses = {"openai": f"{aimock}/v1", "anthropic": aimock, "mistral": aimock}
    routes = [
        a_route(a_provider(kind, url, limits=Limits(concurrency=4, context=100_000))) for kind, url in addresses.items()
    ]
    patient = Policy(hedging=False, breaker=BreakerOptions(failures=100, cooldown=0.1))
    with (
        a_catalog(home) as catalog,
        a_router(catalog, home, *routes, policy=patient) as router,
        ThreadPoolExecutor(8) as pool,
    ):
        outcomes = list(pool.map(lambda n: router.ask(a_request(f"n{n}", deadline=60.0), accept), range(NOTES)))
        rows = [row for row in router.ledger.rows() if row["outcome"] != "skipped"]
    asked = [entry for entry in journal(aimock) if entry["method"] == "POST"]
    assert sum(outcome.accepted for outcome in outcomes) >= NOTES - 1
    assert len(rows) == len(asked), "every request on the wire is in the ledger"
    found = {row["outcome"] for row in rows}
    assert "ok" in found
    assert {"server", "connection", "bad_response", "rate_limit"} >= found - {"ok"} != set(), (
        "which of them failed is drawn by the server"
    )
