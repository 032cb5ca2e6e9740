"""What the pipeline and Dagster add to the engine: `make bench NAME=overhead` (QUICK=1: fewer memos).

Three ways over the same memos, each in a process of its own whose seconds the operating system counts: the engine alone (reading and
decoding audio too), the library's whole pipeline, a Dagster run of all four assets. What does not belong here: the engine's own speed.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from diary_pipeline.transcribe.environment import ALLOCATOR_VARIABLES

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 3, 14)
SECONDS = 12
WAYS = ("engine", "library", "dagster")
DAYS_OF_BACKFILL = 30


@dataclass(frozen=True)
class Spent:
    """Seconds of one child process: on the clock, and of CPU."""

    wall: float
    cpu: float


def main() -> None:
    """Measure all sets of memos, or be the child that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=[*WAYS, "nothing"], help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--scripted", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--days", type=int, default=1, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        CHILDREN[arguments.child](arguments.home, scripted=arguments.scripted, days=arguments.days)
        return
    quick = bool(os.environ.get("QUICK"))
    with tempfile.TemporaryDirectory(prefix="diary-bench-") as folder:
        root = Path(folder)
        fixed = spent(root, "nothing", scripted=True, days=1)
        print(f"fixed cost of a Dagster run (an empty day): {fixed.wall:.1f} s, {fixed.cpu:.1f} CPU-s")
        compare(root, "scripted", count=20 if quick else 200, days=1)
        compare(root, "tiny.en", count=6 if quick else 30, days=1)
        backfill(root, per_day=1 if quick else 4)


def compare(root: Path, engine: str, *, count: int, days: int) -> None:
    """One day of *count* memos in all three ways."""
    found = {}
    for way in WAYS:
        home = root / f"{engine}-{way}"
        fill(home, count, days)
        found[way] = spent(home, way, scripted=engine == "scripted", days=days)
    alone = found["engine"]
    for way, seconds in found.items():
        ratios = f"{seconds.wall / alone.wall:5.2f}x / {seconds.cpu / alone.cpu:5.2f}x the engine alone (clock / CPU)"
        print(f"{engine:9} {count:4} memos  {way:8} {seconds.wall:7.1f} s {seconds.cpu:7.1f} CPU-s  {ratios}")
    library_ratio, dagster_ratio = (found[way].wall / alone.wall for way in ("library", "dagster"))
    extra = found["dagster"].wall - alone.wall
    clock = "yes" if found["dagster"].wall <= 1.15 * alone.wall + 10 else "no"
    cpu = "yes" if found["dagster"].cpu <= 1.15 * alone.cpu + 10 else "no"
    figures = f"library={library_ratio:.2f} dagster={dagster_ratio:.2f} extra_seconds={extra:.1f}"
    print(f"bench overhead: engine={engine} {figures} within_by_clock={clock} within_by_cpu={cpu}")


def backfill(root: Path, *, per_day: int) -> None:
    """Thirty days of memos in one range run, against the same memos as one batch of one day, both with tiny.en."""
    many, one = root / "backfill", root / "batch"
    fill(many, per_day, DAYS_OF_BACKFILL)
    fill(one, per_day * DAYS_OF_BACKFILL, 1)
    spread, batch = (
        spent(home, "dagster", scripted=False, days=days) for home, days in ((many, DAYS_OF_BACKFILL), (one, 1))
    )
    pages = len(list((many / "days").rglob("*.md")))
    print(
        f"bench backfill: days={DAYS_OF_BACKFILL} memos={per_day * DAYS_OF_BACKFILL} pages={pages} cpu={spread.cpu:.1f} "
        f"one_batch_cpu={batch.cpu:.1f} ratio={spread.cpu / batch.cpu:.2f}"
    )


def fill(home: Path, count: int, days: int) -> None:
    """Put *count* memos for each of *days* into an inbox, all with bytes of their own."""
    (home / "inbox").mkdir(parents=True)
    cuts = slices()
    for day in range(days):
        for number in range(count):
            name = f"{DAY + timedelta(days=day)} {8 + number // 60:02d}.{number % 60:02d}.wav"
            write_wav(home / "inbox" / name, next(cuts))
            os.utime(home / "inbox" / name, (1, 1_790_000_000))


def slices() -> Iterator[Any]:
    """Endless slices of the sample memos, of different lengths and beginnings, as 16 kHz samples."""
    import numpy as np
    from faster_whisper import decode_audio

    whole = np.concatenate([decode_audio(str(file)) for file in sorted((ROOT / "samples").glob("2026-03-1[46]*.m4a"))])
    start = 0
    while True:
        length = 16_000 * (6 + start // 7 % (2 * SECONDS - 11))
        start = (start + 16_000 * 5 + 777) % (len(whole) - 16_000 * 2 * SECONDS)
        yield (whole[start : start + length] * 32767).astype(np.int16)


def write_wav(path: Path, samples: Any) -> None:
    """Write 16 kHz mono samples."""
    import wave

    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(samples.tobytes())


def spent(home: Path, way: str, *, scripted: bool, days: int) -> Spent:
    """What a child process took for one way."""
    command = [sys.executable, "-m", "benchmarks.overhead", "--child", way, "--home", str(home), "--days", str(days)]
    environment = {**os.environ, **ALLOCATOR_VARIABLES, "DIARY_HOME": str(home), "DIARY_LOG_LEVEL": "ERROR"}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(  # noqa: S603 - this very file
        [*command, *(["--scripted"] if scripted else [])],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{way} failed:\n{done.stderr[-3000:]}")
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def engine_alone(home: Path, *, scripted: bool, **_: int) -> None:
    """Read, decode and hear all memos of the inbox, and keep nothing."""
    from diary_pipeline.bootstrap import reader_factory
    from diary_pipeline.transcribe.engine import Job

    settings = new_settings(home)
    mine = threading.local()  # a reader is for one thread, and the engine has several
    with ExitStack() as stack:

        def samples_of(file: Path) -> Iterator[Any]:
            if not hasattr(mine, "reader"):
                mine.reader = stack.enter_context(reader_factory(settings)())
            yield from mine.reader.samples(file)

        jobs = (Job(file.name, partial(samples_of, file), "en") for file in sorted((home / "inbox").iterdir()))
        failed = [result for result in new_engine(settings, scripted=scripted).transcribe(jobs) if result.error]
    if failed:
        sys.exit(f"{len(failed)} memos failed")


def library(home: Path, *, scripted: bool, **_: int) -> None:
    """The whole pipeline in this process."""
    from diary_pipeline import pipeline
    from diary_pipeline.bootstrap import open_diary

    settings = new_settings(home)
    summary = pipeline.process(open_diary(settings, new_engine(settings, scripted=scripted)))
    if summary.failed or not summary.transcribed:
        sys.exit(f"failed: {summary.faults}")


def dagster_run(home: Path, *, scripted: bool, days: int) -> None:
    """The same through a Dagster run with its instance on disk, as the daemon's run workers have it."""
    import dagster as dg

    from assets.partitions import RANGE_END, RANGE_START
    from definitions import build_defs
    from deploy.dagster.home import prepare
    from diary_pipeline.bootstrap import open_diary
    from jobs.jobs import ARRIVALS

    settings = new_settings(home)
    engine = new_engine(settings, scripted=scripted)
    diary = dg.ResourceDefinition.hardcoded_resource(open_diary(settings, engine))
    tags = {RANGE_START: str(DAY), RANGE_END: str(DAY + timedelta(days=days - 1))}
    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        job = build_defs(settings, engine, diary=diary).resolve_job_def(ARRIVALS)
        result = job.execute_in_process(instance=instance, tags=tags, raise_on_error=True)
    if not result.success:
        sys.exit("the run failed")


def new_settings(home: Path) -> Any:
    """The settings of all three ways."""
    from diary_pipeline.settings import Settings

    return Settings.load(home=home, whisper_model="tiny.en", timezone="UTC", settle_seconds=0)


def new_engine(settings: Any, *, scripted: bool) -> Any:
    """The engine of all three ways."""
    from diary_pipeline import bootstrap
    from diary_pipeline.testing import ScriptedEngine

    return (
        ScriptedEngine(lambda identity: [f"This is what {identity} says."])
        if scripted
        else bootstrap.new_engine(settings)
    )


CHILDREN: dict[str, Callable[..., None]] = {
    "engine": engine_alone,
    "library": library,
    "dagster": dagster_run,
    "nothing": dagster_run,
}

if __name__ == "__main__":
    main()
