"""Dagster as `make ui` starts it, over a home of its own on free ports, and its GraphQL as a browser uses it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import free_port, running
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
ASSETS = ("recordings", "transcripts", "diary_notes", "diary_days")


@dataclass(frozen=True)
class Server:
    """Running servers over *home*."""

    home: Path
    url: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL answer; fails on errors."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            reply = json.load(answer)
        assert "errors" not in reply, reply["errors"]
        data: dict[str, Any] = reply["data"]
        return data

    def reload(self) -> None:
        """Reload the definitions, as the button does."""
        query = """mutation { reloadRepositoryLocation(repositoryLocationName: "diary") { __typename
            ... on WorkspaceLocationEntry { locationOrLoadError { __typename ... on PythonError { message } } } } }"""
        entry = self.ask(query)["reloadRepositoryLocation"]
        assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation", entry

    def stale(self, days: list[str]) -> dict[tuple[str, str], tuple[str, list[str]]]:
        """(asset, day) -> its stale status, and the categories of the causes."""
        query = """query($keys: [AssetKeyInput!], $day: String!) { assetNodes(assetKeys: $keys) { assetKey { path }
            staleStatus(partition: $day) staleCauses(partition: $day) { category reason } } }"""
        keys = [{"path": [name]} for name in ASSETS]
        found = {}
        for day in days:
            for node in self.ask(query, keys=keys, day=day)["assetNodes"]:
                found[node["assetKey"]["path"][0], day] = (
                    node["staleStatus"],
                    sorted({cause["category"] for cause in node["staleCauses"]}),
                )
        return found

    def backfill(self, days: list[str]) -> None:
        """Backfill all four assets for these days, and wait for the runs (the daemon starts one every half minute)."""
        query = """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
            __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
        params = {"assetSelection": [{"path": [name]} for name in ASSETS], "partitionNames": days}
        started = self.ask(query, params=params)["launchPartitionBackfill"]
        assert started["__typename"] == "LaunchBackfillSuccess", started

        def ended() -> list[str]:
            runs = self.runs(tags=[{"key": "dagster/backfill", "value": started["backfillId"]}])
            return [run["status"] for run in runs] if all(run["status"] in ENDED for run in runs) else []

        assert set(until(ended, 120, pause=0.5)) == {"SUCCESS"}

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        """Runs, newest first."""
        query = """query($filter: RunsFilter) { runsOrError(filter: $filter) { ... on Runs { results {
            runId status jobName tags { key value } startTime endTime creationTime } } } }"""
        found: list[dict[str, Any]] = self.ask(query, filter=filters)["runsOrError"]["results"]
        return found


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Server]:
    """The three processes over *home*, until the context ends."""
    ui, code = free_port(), free_port()
    environment = (
        os.environ | {"DIARY_HOME": str(home), "DIARY_UI_PORT": str(ui), "DIARY_CODE_PORT": str(code)} | settings
    )
    command = [sys.executable, "-m", "deploy.dagster.ui"]
    with running(
        command, ui, log=home.parent / "ui.log", stop=signal.SIGTERM, cwd=ROOT, env=environment, start_new_session=True
    ) as process:
        try:
            yield Server(home, f"http://127.0.0.1:{ui}")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            finally:
                _end_group(process)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
