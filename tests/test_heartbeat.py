"""What keeps a process's claims alive while it works, and what it leaves when it dies."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.atomic_write import TEMPORARY
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog import Catalog, Subject
from diary_pipeline.errors import TransientError
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.work import Report
from tests.waiting import until

SUBJECT = Subject("0123456789abcdef", "f")


@pytest.mark.parametrize("catalog", ["sqlite", "postgresql"])
def test_claims_are_renewed_although_the_callback_of_each_heartbeat_fails(
    catalog: str, home: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if catalog == "postgresql" else ""
    beats = []

    def fails() -> None:
        beats.append(threading.current_thread().name)
        raise KeyError("whatever")

    settings = Settings.load(home=home, catalog=url, lease_seconds=0.2)
    with open_diary(settings, ScriptedEngine()) as diary:
        work = replace(diary, on_heartbeat=fails).work()
        for _ in work.claims(Report("ingest"), lambda: [SUBJECT]):
            until(lambda: len(beats) >= 3, 20)
            assert diary.catalog.attempts.claim("ingest", [SUBJECT], "another", None, 1) == []


@pytest.mark.parametrize("catalog", ["sqlite", "postgresql"])
def test_so_many_threads_as_the_catalog_was_opened_for_use_it_at_once(
    catalog: str, home: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if catalog == "postgresql" else f"sqlite:///{home / 'catalog.db'}"
    threads = 24
    opened = Catalog.open(url, timeout_seconds=5, lease_seconds=60, threads=threads)
    together = threading.Barrier(threads)

    def two_at_once(_: int) -> int:
        with opened.database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
            together.wait(20)
            with opened.database.reading() as another:
                return int(another.exec_driver_sql("SELECT 1").scalar_one())

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(two_at_once, range(threads))) == [1] * threads
    opened.close()


def test_a_pool_without_a_free_connection_is_said_to_be_full(home: Path) -> None:
    opened = Catalog.open(f"sqlite:///{home / 'catalog.db'}", timeout_seconds=0.1, lease_seconds=60)
    with ExitStack() as held:
        for _ in range(5 + 2 * 1 + 8):
            held.enter_context(opened.database.reading()).exec_driver_sql("SELECT 1")
        with pytest.raises(TransientError, match=r"All connections to the catalog .*DIARY_LLM__NOTES_AT_ONCE"):
            opened.recordings.known()
    assert opened.recordings.known() == {}
    opened.close()


def test_what_killed_processes_left_half_written_is_removed_after_a_day_and_nothing_else(home: Path) -> None:
    old = [home / "audio" / f"{TEMPORARY}1-x", home / "notes" / "ab" / f"{TEMPORARY}2-y"]
    kept = [home / "audio" / f"{TEMPORARY}3-z", home / "inbox" / f"{TEMPORARY}4", home / "notes" / "ab" / "1.json"]
    for file in [*old, *kept]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    for file in [*old, *kept[1:]]:
        os.utime(file, (time.time() - 90_000,) * 2)
    with open_diary(Settings.load(home=home), ScriptedEngine()) as diary:
        pipeline.process(diary)
        assert [file for file in old if file.exists()] == []
        assert [file for file in kept if not file.exists()] == []
