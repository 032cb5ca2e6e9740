"""DAGSTER_HOME: Dagster's own files inside a diary's home, prepared before several processes open them.

What belongs here: the instance's folder. What does not: the processes that use it (`ui`, Procfile).
See https://docs.dagster.io/deployment/oss/oss-instance-configuration.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from diary_pipeline.transcribe.environment import ALLOCATOR_VARIABLES, LIBRARY_VARIABLES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def prepare(home: Path, instance: str = "dagster.yaml") -> Path:
    """Prepare `home/dagster` and return it. An instance file that is there already is the user's own, and stays."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "dagster.yaml"
    if not file.exists():
        shutil.copyfile(HERE / instance, file)
    _initialise(folder)
    return folder


def environment(home: Path) -> Mapping[str, str]:
    """The environment of every Dagster process over this home: its folders, and the variables for transcribing."""
    folders = {"DIARY_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    return {**ALLOCATOR_VARIABLES, **LIBRARY_VARIABLES, **folders}


def _initialise(folder: Path) -> None:
    """Create the tables in this one process: several at once can leave a fresh SQLite home unusable."""
    import dagster as dg

    os.environ["DAGSTER_HOME"] = str(folder)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        instance.get_runs(limit=1)
        instance.all_asset_keys()
        instance.all_instigator_state()
