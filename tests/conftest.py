"""The test bed: an empty environment, a home of its own for every test, and the real services of `services.py`.

Belongs here: what many tests stand on. Does not belong here: a fixture that one test file alone uses.
"""

import gc
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.environment import LIBRARY_VARIABLES
from tests.memos import authors

pytest_plugins = ("tests.services", "tests.foreign")

OFF_THE_CLOUD = {
    "FSSPEC_GS_TOKEN": "anon",  # else credentials are looked for on the network, for seconds
    "NO_GCE_CHECK": "true",
    "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",  # asks for a storage layout that the emulator does not know
}
OF_THE_TESTS = {"DIARY_REQUIRE", "DIARY_SHARED"}
FOREIGN = re.compile(
    r"(DIARY|DAGSTER|OPENAI|ANTHROPIC|MISTRAL|GOOGLE|GCSFS|FSSPEC|STORAGE_EMULATOR|PG|OTEL)_?\w*|(HF|HUGGING_FACE_HUB)_TOKEN|\w*_PROXY",
    re.IGNORECASE,
)


def pytest_configure() -> None:
    """Empty the environment before anything reads it, once, so that processes started by a test see the same."""
    empty_environment()


def empty_environment() -> None:
    """Take out of the environment what a diary, its tools and its tests could read, and set what all tests stand on."""
    for name in [name for name in os.environ if FOREIGN.fullmatch(name) and name not in OF_THE_TESTS]:
        del os.environ[name]
    os.environ |= {"TZ": "UTC", **OFF_THE_CLOUD, **LIBRARY_VARIABLES}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes, each faster with compiled files
    sys.dont_write_bytecode = False
    time.tzset()


LONGEST_FIRST = (
    "dagster_server evidence_sets notes_real_model evidence_natural engine_faithful gpu_executor engine_long proof "
    "transcribe demo exclusion evidence nightly engine_memory own_words llm_trials forecast bad_input router_load "
    "dagster_launcher dagster_runs dagster_commands dagster_storage dagster_checks dagster_requests dagster_resources "
    "library rebuild old_home notes_routed weights router_budget llm_batches night_names outages crashes "
    "endpoint_privacy broken_worlds"
).split()
"""Test files of more than five CPU seconds, the longest first: none of them may begin when the others have ended."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, by the fixtures that a test requests or by its file, and let the longest files begin first."""
    rank = {f"test_{name}": number for number, name in enumerate(LONGEST_FIRST)}
    for item in items:
        if item.path.stem in rank or "slow" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


def pytest_collection_finish() -> None:
    """Leave what was imported out of the searches for garbage: they took a tenth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session", autouse=True)
def _no_home_of_a_person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that live longer than a test must not find the diary of whoever runs the tests either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIARY_HOME", str(tmp_path_factory.mktemp("nobody")))
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty diary home with its inbox. Anna, Ben and Carl keep it too, of whom a person has said so."""
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    authors(tmp_path / "home", "anna", "ben", "carl")
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIARY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)  # a developer's `.env` lies in the project's root


@pytest.fixture
def settings(home: Path) -> Settings:
    """Default settings over the test's home."""
    return Settings.load(home=home)
