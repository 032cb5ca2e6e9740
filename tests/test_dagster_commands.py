"""Dagster's own command lines find the definitions from the project's root, without an option."""

import json
import os
import subprocess
import sys
from pathlib import Path

from deploy.dagster.home import ROOT, environment, prepare

SUCCESS = "All definitions loaded successfully."
ASSETS = ("recordings", "transcripts", "diary_notes", "diary_days")


def test_dg_and_dagster_load_the_definitions_from_the_root(home: Path) -> None:
    prepare(home)  # its instance file switches Dagster's telemetry off
    assert SUCCESS in run(home, "dg", "check", "defs")
    listed = json.loads(run(home, "dg", "list", "defs", "--json"))
    assert {asset["asset_key"] for asset in listed["assets"]} == set(ASSETS)
    assert "Validation successful for code location diary." in run(home, "dagster", "definitions", "validate")


def run(home: Path, name: str, *arguments: str) -> str:
    """What the installed command prints on stdout and stderr; fails unless it succeeds."""
    command = Path(sys.executable).with_name(name)
    assert command.exists(), f"{name} is a development dependency: run make setup"
    given = {**os.environ, **environment(home), "HOME": str(home.parent), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([command, *arguments], cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout if "--json" in arguments else done.stdout + done.stderr
