"""Dagster over real servers: what is stale after a change, backfills, and the sensor that works without a click."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diary_pipeline.home import remember
from tests.dagster_server import ASSETS, ROOT, Server, serving
from tests.memos import authors, day_names, memos
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLES, BUILD = ROOT / "samples", ROOT / "build" / "ui"
SETTLE_SECONDS, LATENCY_ALLOWED = 2.0, 12.0
DAYS = ["2026-03-14", "2026-03-15", "2026-03-16"]
EMPTY_DAY = "2026-03-17"
FRESH: tuple[str, list[str]] = ("FRESH", [])
STALE = ("STALE", ["CODE"])


@pytest.fixture(scope="module")
def server(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("served") / "home"
    for day in DAYS:
        memos(home / "inbox", day_names(day, 2))
    (home / "inbox" / "anna").mkdir()
    authors(home, "anna")
    for name, value in {"whisper_model": "tiny.en", "timezone": "Europe/London"}.items():
        remember(home, name, value)
    with serving(home) as running:
        until(lambda: all_of(running) == only_stale(), 60, pause=1)  # the sensor requested the days by itself
        yield running


def all_of(server: Server) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return server.stale(DAYS)


def only_stale(*assets: str) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return {(asset, day): STALE if asset in assets else FRESH for asset in ASSETS for day in DAYS}


@pytest.mark.timeout(260)
def test_a_day_is_launched_in_the_browser_and_a_memo_that_is_copied_appears_on_its_page(
    chromium: str, server: Server
) -> None:
    launched = [{"key": "dagster/partition", "value": EMPTY_DAY}]
    with browsing(chromium) as page:
        page.goto(f"{server.url}/locations/diary/asset-groups/diary/lineage")
        for asset in ASSETS:
            page.get_by_text(asset, exact=True).first.wait_for()
        page.get_by_text("partitions").first.wait_for()
        keep(page, "assets")
        launch(page, server, EMPTY_DAY)
        until(lambda: [run["status"] for run in server.runs(tags=launched)] == ["SUCCESS"], 60)
        copied = time.time()
        shutil.copy(SAMPLES / "2026-03-14 18.40.wav", server.home / "inbox" / "anna" / f"{EMPTY_DAY} 18.40.wav")
        diary_page = server.home / "days" / "anna" / f"{EMPTY_DAY}.md"
        until(diary_page.exists, 60, pause=0.05)
        seconds = time.time() - copied - SETTLE_SECONDS
        breakdown = where_the_seconds_go(server, copied + SETTLE_SECONDS)
        assert "dentist" in diary_page.read_text()
        assert seconds <= LATENCY_ALLOWED, breakdown
        page.goto(f"{server.url}/assets/diary_days?view=partitions&partition={EMPTY_DAY}")
        page.get_by_text("minutes of audio").first.wait_for()
        assert page.get_by_text("dentist").count() == 0
        keep(page, "day")
        before, text = documents(server.home), diary_page.read_text()
        redo(page, server, EMPTY_DAY, "transcribe")
        until(lambda: [run["status"] for run in server.runs(tags=launched, pipelineName="redo")] == ["SUCCESS"], 60)
        made = sorted(name.split("/")[0] for name in documents(server.home) - before)
        assert (made, before < documents(server.home)) == (["notes", "transcripts"], True)
        assert diary_page.read_text() == text


@pytest.mark.timeout(280)
def test_exactly_the_affected_stages_are_stale_and_a_backfill_redoes_them(server: Server) -> None:
    pages = {day: (server.home / "days" / "me" / f"{day}.md").read_text() for day in DAYS}
    before = documents(server.home)
    server.reload()
    assert all_of(server) == only_stale()
    remember(server.home, "whisper_model", "base")
    server.reload()
    assert all_of(server) == only_stale("transcripts", "diary_notes", "diary_days")
    server.backfill(DAYS)
    assert all_of(server) == only_stale()
    again = documents(server.home)
    assert before < again, "old documents are kept beside the new ones"
    assert len({name for name in again - before if name.startswith("transcripts/")}) == 2 * len(DAYS)
    (server.home / "prompts").mkdir()
    (server.home / "prompts" / "mine.md").write_text("---\ntitle_words: 5\n---\nAs I said it.\n")
    remember(server.home, "note_style", "mine")
    server.reload()
    assert all_of(server) == only_stale("diary_notes", "diary_days")
    server.backfill(DAYS)
    assert all_of(server) == only_stale()
    last = documents(server.home)
    assert {name for name in last - again if name.startswith("transcripts/")} == set()
    assert len({name for name in last - again if name.startswith("notes/")}) == 2 * len(DAYS)
    assert {day: (server.home / "days" / "me" / f"{day}.md").read_text() for day in DAYS} == pages


def documents(home: Path) -> set[str]:
    return {
        file.relative_to(home).as_posix()
        for folder in ("transcripts", "notes")
        for file in (home / folder).rglob("*.json")
    }


def test_the_ui_shows_the_fields_of_the_diary_and_hides_the_catalogs_value(server: Server) -> None:
    query = """query($selector: ResourceSelector!) { topLevelResourceDetailsOrError(resourceSelector: $selector) {
        ... on ResourceDetails { configFields { name description isSecret } } } }"""
    selector = {"repositoryLocationName": "diary", "repositoryName": "__repository__", "resourceName": "diary"}
    fields = server.ask(query, selector=selector)["topLevelResourceDetailsOrError"]["configFields"]
    assert {"home", "store", "timezone", "whisper_model"} < {field["name"] for field in fields}
    assert all(field["description"] for field in fields)
    assert [field["name"] for field in fields if field["isSecret"]] == ["catalog"]


def test_what_runs_made_is_shown_once_and_the_sensor_that_tells_of_the_command_line_works(server: Server) -> None:
    query = """query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor {
        sensorState { ticks(limit: 5) { status skipReason error { message } } } } } }"""
    selector = {"repositoryLocationName": "diary", "repositoryName": "__repository__"}
    selector["sensorName"] = "made_elsewhere_sensor"
    ticks = until(lambda: server.ask(query, selector=selector)["sensorOrError"]["sensorState"]["ticks"][1:], 60)
    assert {(tick["status"], tick["error"]) for tick in ticks} == {("SKIPPED", None)}
    query = """query($key: AssetKeyInput!) { assetOrError(assetKey: $key) { ... on Asset {
        assetMaterializations(limit: 200) { runId } } } }"""
    for name in ASSETS:
        made = server.ask(query, key={"path": [name]})["assetOrError"]["assetMaterializations"]
        assert all(one["runId"] for one in made), "each is of a run"


def launch(page: "Page", server: Server, day: str) -> None:
    """Launch one day of the job in the browser: button, day, button."""
    page.goto(f"{server.url}/locations/diary/jobs/process_new_audio")
    page.get_by_role("button", name="Materialize all…").click()
    page.get_by_text("Show all partitions").click()
    box = page.locator('input[type="text"]').first
    box.fill(day)
    box.press("Enter")
    box.blur()
    keep(page, "launch")
    page.get_by_role("button", name="Launch 1 run").click()


def redo(page: "Page", server: Server, day: str, stage: str) -> None:
    """Redo one day from a stage, in the launchpad: button with shift, day, stage, button."""
    page.goto(f"{server.url}/locations/diary/jobs/redo")
    page.get_by_role("button", name="Materialize all…").click(modifiers=["Shift"])
    editor = page.locator(".cm-s-config-editor")
    page.get_by_text("from_stage: write").first.wait_for()
    editor.evaluate(f"it => it.CodeMirror.setValue(it.CodeMirror.getValue().replace('write', '{stage}'))")
    box = page.get_by_placeholder("Partition")
    box.fill(day)
    box.press("Enter")
    keep(page, "redo")
    page.get_by_role("button").filter(has_text=re.compile("^Materialize$")).last.click()


def where_the_seconds_go(server: Server, settled: float) -> str:
    """From the settled file to the page, by step; kept beside the screenshots and printed."""
    run = server.runs(tags=[{"key": "dagster/sensor_name", "value": "new_audio_sensor"}])[0]
    moments = [
        ("noticed", run["creationTime"]),
        ("process started", run["startTime"]),
        ("run ended", run["endTime"] or time.time()),
    ]
    lines, before = ["seconds from a settled file to its page:"], settled
    for name, moment in moments:
        lines.append(f"  {name:16} +{moment - before:5.2f} s")
        before = moment
    breakdown = "\n".join(lines)
    (BUILD / "latency.txt").write_text(f"{breakdown}\n")
    print(breakdown)
    return breakdown


def keep(page: "Page", name: str) -> None:
    """Keep a picture of the page as a build artifact."""
    BUILD.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=BUILD / f"{name}.png")


@contextmanager
def browsing(chromium: str) -> Iterator["Page"]:
    from playwright.sync_api import sync_playwright

    quiet = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
    with (
        sync_playwright() as play,
        play.chromium.launch(executable_path=chromium, args=[*quiet, "--disable-component-update"]) as browser,
    ):
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(60_000)
        yield page
