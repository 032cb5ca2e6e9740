"""What a large diary costs: `make bench NAME=growth`, at 100,000 files and recordings (QUICK=1: 5,000), per catalog.

look_cpu: CPU-s of a full look. idle_points: hundredths of a core of the sensor between events. notice: seconds from
when a new memo has settled until it is registered. status, search, query: seconds of the command. process_over_empty:
seconds of `process` with one new memo, over that of an empty home. rss_mb: the most memory of this process.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.growth_home import engine, fill, memo, settings_of
from benchmarks.process import QUICK, peak_mib, stopwatch
from diary_pipeline import pipeline
from diary_pipeline.arrivals import arrivals
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.views.refresh import refresh
from tests.services import new_database, postgres, postgres_binaries

COUNT = 5_000 if QUICK else 100_000
ROOT = Path(__file__).resolve().parent.parent
IDLE_SECONDS = 20.0
SLOW_SECONDS = 5.0
MONTH = "SELECT author, count(*) FROM recordings WHERE day BETWEEN '2012-02-01' AND '2012-02-29' GROUP BY author"


def main() -> None:
    """Print one line per catalog."""
    if len(sys.argv) > 2:  # a child with memory of its own
        measure(Path(sys.argv[1]), sys.argv[2])
        return
    with tempfile.TemporaryDirectory(prefix="diary-growth-") as folder:
        run(Path(folder) / "sqlite", "")
        if binaries := postgres_binaries():
            with postgres(binaries) as server:
                run(Path(folder) / "postgresql", new_database(server))
        else:
            print("no PostgreSQL on this machine")


def run(home: Path, catalog: str) -> None:
    """Fill a home and measure it in a process of its own."""
    fill(home, COUNT, catalog or None)
    child = [sys.executable, "-m", "benchmarks.growth", str(home), catalog]
    subprocess.run(child, cwd=ROOT, check=True)  # noqa: S603 - this very file
    shutil.rmtree(home)


def measure(home: Path, catalog: str) -> None:
    """Measure one home and print its line."""
    settings = settings_of(home, catalog or None)
    figures = {"recordings": COUNT, "look_cpu": f"{look_cpu(settings):.2f}", "idle_points": f"{idle(settings):.1f}"}
    figures["notice"] = f"{notice(settings):.2f}"
    figures["status"] = command(settings, "status")
    with open_diary(settings, engine()) as diary:  # as the end of every run does: search index and day tables
        refresh(diary)
    figures["search"] = command(settings, "search", "fence")
    figures["query"] = command(settings, "query", MONTH)
    with tempfile.TemporaryDirectory(prefix="diary-growth-empty-") as empty:
        over = process(settings, 1) - process(settings_of(Path(empty)), 1)
    figures |= {"process_over_empty": f"{over:.2f}", "rss_mb": f"{peak_mib():.0f}"}
    print("bench growth:", " ".join(f"{name}={value}" for name, value in figures.items()), flush=True)


def look_cpu(settings: Settings) -> float:
    """CPU-s of a full look at which nothing is new; the median of five."""
    seconds = []
    with open_diary(settings, engine()) as diary:
        for _ in range(5):
            with stopwatch() as watch:
                pipeline.discover(diary)
            seconds.append(watch.seconds)
    return statistics.median(seconds)


def idle(settings: Settings) -> float:
    """Hundredths of a core that a sensor's tick costs, with its full look, when it is as long as ticks are."""
    with stopwatch() as fixed, open_diary(settings, engine()) as diary:
        pipeline.discover(diary)
        pipeline.notice_corrections(diary)
    with (
        open_diary(settings, engine()) as diary,
        arrivals(settings, lambda paths: pipeline.discover(diary, only=paths)) as inbox,
        stopwatch() as waiting,
    ):
        inbox.look(IDLE_SECONDS)
    return 100 * (fixed.seconds / settings.watch_seconds + waiting.seconds / waiting.wall)


def notice(settings: Settings) -> float:
    """Seconds from when a memo has settled until it is registered; the median of three."""
    found = []
    with (
        open_diary(settings, engine()) as diary,
        arrivals(settings, lambda paths: pipeline.discover(diary, only=paths)) as inbox,
    ):
        for number in range(3):
            memo(settings.root / "inbox" / f"2024-01-0{number + 1} 08.00.wav", COUNT + 100 + number)
            settled = time.monotonic() + settings.settle_seconds
            while len(diary.catalog.recordings.waiting(None)) <= number:
                inbox.look(5)
            found.append(time.monotonic() - settled)
    return statistics.median(found)


def command(settings: Settings, *words: str) -> str:
    """Seconds of a command, the best of three where it is quick; absent where there is no such command."""
    given = {"HOME": settings.root, "TIMEZONE": "UTC", "WHISPER_MODEL": "tiny.en", "START_DATE": settings.start_date}
    given |= {"CATALOG": settings.catalog_url}
    environment = {**os.environ, **{f"DIARY_{name}": str(value) for name, value in given.items()}}
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        line = [sys.executable, "-m", "diary_pipeline.cli", *words]
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            return "absent"
        seconds.append(time.monotonic() - began)
        if seconds[-1] > SLOW_SECONDS:
            break
    return f"{min(seconds):.2f}"


def process(settings: Settings, number: int) -> float:
    """Seconds of `process` with one new memo, after the inbox is settled; the best of three."""
    return min(_timed(settings, COUNT + 200 + number * 10 + turn) for turn in range(3))


def _timed(settings: Settings, number: int) -> float:
    memo(settings.root / "inbox" / f"2024-02-01 08.{number % 60:02d}.wav", number)
    time.sleep(settings.settle_seconds)
    began = time.monotonic()
    with open_diary(settings, engine()) as diary:
        pipeline.process(diary)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
