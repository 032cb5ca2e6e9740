"""The soak: one process keeps diary after diary (arrivals, edits, corrections, idle runs), and does not swell."""

import gc
import json
import os
import resource
import threading
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import _lru_cache_wrapper, partial
from pathlib import Path
from typing import Any

from diary_pipeline import pipeline
from diary_pipeline.atomic_write import TEMPORARY
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import tone
from tests.proof.trial import Play, Proof, Tally, Trial

LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "fi")
VISITS, MEMOS, DAYS = 2, 2, ("2026-03-14", "2026-03-15")
SAID = ("We painted the fence.", "I need to buy bread.", "Anna came at nine.", "It rained all day.")
OWN = "My own words of visit {0}."
WARM = 1
"""So many diaries fill what a process fills once: modules, tables of words, compiled statements."""
ALLOWED = {"files": 0, "threads": 0, "children": 0, "traced": 400_000, "resident": 16_000_000}
"""What a process may hold more than when it was warm; bytes, because the allocator has needs of its own."""


@dataclass(frozen=True)
class Size:
    """What this process holds: open files, threads, child processes, bytes of Python objects, bytes of memory."""

    files: int
    threads: int
    children: int
    traced: int
    resident: int


@contextmanager
def bench() -> Iterator[Play]:
    """Memory is traced for as long as the rounds last."""
    tracemalloc.start()
    try:
        yield partial(play, [])
    finally:
        tracemalloc.stop()


def play(sizes: list[Size], trial: Trial) -> None:
    """Keep a diary for some visits, close it, and measure the process."""
    home, tally = trial.home, trial.tally
    settings = Settings.load(home=home, catalog=trial.catalog, timezone="UTC", settle_seconds=0)
    engine = ScriptedEngine(lambda name: [SAID[int(name, 16) % len(SAID)], SAID[int(name[::-1], 16) % len(SAID)]])
    with closing(open_diary(settings, engine)) as diary:
        for visit in range(VISITS):
            _visit(trial, diary, visit)
        trial.spoil(home)
        _judge(tally, diary)
    sizes.append(size())
    if len(sizes) > WARM:
        grown = {name: now - asdict(sizes[WARM - 1])[name] for name, now in asdict(sizes[-1]).items()}
        for name, more in grown.items():
            tally.check(more <= ALLOWED[name], f"{more} more {name} after {len(sizes)} diaries than after {WARM}")


def _visit(trial: Trial, diary: Diary, visit: int) -> None:
    """New memos; then a person writes on a page and corrects a memo's language, so that it is redone; then nothing."""
    random, home, tally = trial.random, trial.home, trial.tally
    for number in range(MEMOS):
        name = f"{DAYS[number % len(DAYS)]} {8 + visit:02}.{number:02}.wav"
        tone(home / "inbox" / name, seconds=0.1, hertz=300 + 10 * visit + number)
    first = pipeline.process(diary)
    page = home / "days" / "me" / f"{random.choice(DAYS)}.md"
    title, _, rest = page.read_text("utf-8").partition("\n")
    page.write_text(f"{title}\n\n{OWN.format(visit)}\n{rest}", "utf-8")
    memo = random.choice(sorted((home / "inbox").glob("*.wav")))
    memo.with_name(f"{memo.name}.json").write_text(json.dumps({"language": LANGUAGES[visit % len(LANGUAGES)]}))
    again, idle = pipeline.process(diary), pipeline.process(diary)
    tally.check(not any(run.faults for run in (first, again, idle)), f"runs with faults: {first}, {again}, {idle}")
    tally.check(again.transcribed == 1, f"a corrected memo was transcribed {again.transcribed} times")
    tally.check((idle.attempts, idle.days) == (0, []), f"a run without news did something: {idle}")


def _judge(tally: Tally, diary: Diary) -> None:
    home, memos = diary.settings.root, VISITS * MEMOS
    pages = sorted((home / "days").rglob("*.md"))
    made = [json.loads(page.with_suffix(".json").read_bytes()) for page in pages]
    listed = Counter(name for page in made for name in page["recordings"])
    tally.check(len(listed) == memos and set(listed.values()) == {1}, f"of {memos} memos pages list {listed}")
    text = "\n".join(page.read_text("utf-8") for page in pages)
    found = [text.count(OWN.format(visit)) for visit in range(VISITS)]
    tally.check(set(found) == {1}, f"a person's own words are lost or doubled: {found}")
    rows, most = len(diary.catalog.attempts.of()), 3 * memos + VISITS * (2 + 2 * len(DAYS))
    tally.check(rows <= most, f"{rows} attempts are in the catalog, {most} allowed")
    tally.check(len(diary.catalog.recordings.all()) == memos, "the catalog has other recordings than the inbox")
    temporaries = [file for file in home.rglob("*") if TEMPORARY in file.name]
    tally.check(not temporaries, f"temporary files are left: {temporaries}")


def size() -> Size:
    """Measure this process. What bounded caches of the diary hold is given back first: it is no growth without end."""
    caches: list[Any] = [thing for thing in gc.get_objects() if type(thing) is _lru_cache_wrapper]
    for cache in caches:
        if cache.__module__.startswith("diary_pipeline.") and cache.cache_parameters()["maxsize"] is not None:
            cache.cache_clear()
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Size(
        files=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - the listing itself is open, each time alike
        threads=threading.active_count(),
        children=sum(len(task.read_text().split()) for task in Path("/proc/self/task").glob("*/children")),
        traced=tracemalloc.get_traced_memory()[0],
        resident=pages * resource.getpagesize(),
    )


PROOF = Proof(
    name="soak",
    promise="A process that keeps diary after diary holds no more memory, files, threads or children, nor idle rows.",
    seed=20260314,
    rounds=100,
    sample=WARM + 1,
    bench=bench,
    chained=True,
)
