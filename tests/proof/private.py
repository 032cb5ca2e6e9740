"""Private stays private: memos become private in every way at every moment, beside kills; nothing of them gets out.

Out is what a language model's server receives, and what a bucket lists by itself.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.schema import Mode
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.becoming_private import WAYS, leaks
from tests.memos import tone
from tests.processes import ended, run, start
from tests.proof.kills import PATIENCE, die_at
from tests.proof.trial import Play, Proof, Trial
from tests.services import gcs, new_bucket
from tests.wire import Wire

DAY = "2026-03-14"
MEMO, OTHER = f"{DAY} 08.00.wav", f"{DAY} 09.00.wav"
SECRET, WORDS = "The secret is under the third stone.", "third stone"
SPOKEN = "spoken"
WAY_NAMES = (*WAYS, SPOKEN)
MOMENTS = ("before", "between stages", "after", "during a batch")
MOST_STEPS = 500
"""A kill falls within so many steps (`kills.STEPS`): about half of what a process takes that does everything."""


@contextmanager
def bench() -> Iterator[Play]:
    """All rounds share one emulator of a bucket's service; each has a bucket of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="diary-gcs-") as folder,
        gcs(Path(folder)) as server,
        patch.dict(os.environ, {"STORAGE_EMULATOR_HOST": server}),
    ):
        yield partial(play, server)


def play(server: str, trial: Trial) -> None:
    """Do some of the work, make the memo private in one way, kill the next process at a random step, then go on."""
    way = WAY_NAMES[trial.number % len(WAY_NAMES)]
    moment = MOMENTS[trial.number // len(WAY_NAMES) % len(MOMENTS)]
    bucket = new_bucket(server)
    tone(trial.home / "inbox" / MEMO, hertz=300)
    tone(trial.home / "inbox" / OTHER, hertz=400)
    with Wire(answer=_answer).running() as wire, patch.dict(os.environ, _environment(bucket, wire, trial.catalog)):
        _reach(trial, moment, way)
        with _opened(trial.home, way) as diary:
            if way != SPOKEN:
                WAYS[way](diary, trial.home / "inbox" / MEMO)
                pipeline.discover(diary)
        sent = _sent(wire)
        first = moment == "before" or (way == SPOKEN and moment == "between stages")
        trial.tally.check(not (first and sent), f"{way}, {moment}: its words were sent before")
        _kill_one(trial, way)
        for number in range(3):  # a batch is cancelled by one run and collected by the next
            status = run(_work, trial.home, way, run_id=f"run-{number}")
            trial.tally.check(status == 0, f"{way}, {moment}: run {number} ended with {status}")
        trial.spoil(trial.home)
        _judge(trial, f"{way}, {moment}", bucket, wire, sent)


def _judge(trial: Trial, what: str, bucket: str, wire: Wire, sent: int) -> None:
    check = trial.tally.check
    with _opened(trial.home, "") as diary:
        classes = {r.path: r.privacy for r, _ in diary.catalog.recordings.all()}
        check(classes.pop(OTHER) == "standard", f"{what}: the other memo is private too")
        check(set(classes.values()) == {"local_only"}, f"{what}: {classes}")
        check(_sent(wire) == sent, f"{what}: its words were sent {_sent(wire) - sent} times after it became private")
        found = leaks(diary, bucket, WORDS)
        check(not found, f"{what}: still in the bucket: {found}")
        check(not wire.batches.files, f"{what}: files are left at the provider: {sorted(wire.batches.files)}")
        check(diary.catalog.privacy.outside() == [], f"{what}: not recorded as brought home")
        left = [r.id for r, _ in diary.catalog.recordings.all() if r.audio and not _audio(diary, r.audio)]
        check(not left, f"{what}: lost audio: {left}")
    page = trial.home / "days" / "me" / f"{DAY}.md"
    text = page.read_text() if page.exists() else ""
    check(text.count(f"{SECRET} ") == 1, f"{what}: {text.count(SECRET)} times on the page at home")
    check(text.count("Good morning. ") == 1, f"{what}: the other memo is {text.count('Good morning. ')} times there")


def _audio(diary: Diary, path: str) -> bool:
    with diary.store.local_file(path, "standard") as file:
        return file.stat().st_size > 0


def _reach(trial: Trial, moment: str, way: str) -> None:
    """Do what is done before the memo becomes private; what is spoken is not understood yet."""
    random = trial.random
    with _opened(trial.home, "") as diary:
        if moment == "between stages":
            pipeline.ingest(diary)
            if way != SPOKEN and random.random() < 0.7:
                pipeline.transcribe(diary)
                if random.random() < 0.5:
                    pipeline.write_notes(diary)
        elif moment != "before":
            pipeline.process(diary, mode="nightly" if moment == "during a batch" else "interactive")


def _kill_one(trial: Trial, way: str) -> None:
    """A process that dies at a random step, unless it has ended before; its claims are released."""
    process = start(_work, trial.home, way, run_id="killed", kill_at=trial.random.randint(1, MOST_STEPS))
    ended(process, PATIENCE)
    with _opened(trial.home, way) as diary:
        pipeline.release_run(diary, "killed")


def _work(home: Path, way: str, *, run_id: str, mode: Mode = "interactive", kill_at: int | None = None) -> None:
    """The work of one process: everything that is pending. It may be killed before one of its steps."""
    os.dup2(os.open(home / f"{run_id}.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    if kill_at is not None:
        die_at(kill_at)
    with _opened(home, way) as diary:
        pipeline.process(diary.of_run(run_id), mode=mode, wanted="stale" if way == SPOKEN else "pending")


@contextmanager
def _opened(home: Path, way: str) -> Iterator[Diary]:
    """The diary of one process. Where the way is speech, its engine understands the phrase; before, none did."""
    plain, spoken = recording_id("me", OTHER, 1), way == SPOKEN

    def say(identity: str) -> Sequence[str]:
        return ["Good morning."] if identity == plain else ["Private.", SECRET] if spoken else [SECRET]

    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with open_diary(settings, ScriptedEngine(say, model="better" if spoken else "first")) as diary:
        yield diary


def _environment(bucket: str, wire: Wire, catalog: str) -> dict[str, str]:
    """A store in the bucket, and a model on another machine (by an address that does not count as this one)."""
    deadline = datetime.now(UTC) + timedelta(hours=6)
    provider = {"openai": {"base_url": wire.base("openai").replace("127.0.0.1", "0.0.0.0")}}
    return {
        "DIARY_STORE": f"{bucket}/diary",
        "DIARY_CATALOG": catalog,
        "DIARY_OPENAI_API_KEY": "sk-test",
        "DIARY_LLM__ROUTES": '["openai/m"]',
        "DIARY_LLM__PROVIDERS": json.dumps(provider),
        "DIARY_LLM__PRICES": '{"openai/m": {"input": 1, "output": 2}}',
        "DIARY_LLM__BATCH_DEADLINE": f"{deadline:%H:%M}",
    }


def _answer(body: dict[str, object]) -> str:
    """No answer is a note: pages have the speaker's own words."""
    return "{}"


def _sent(wire: Wire) -> int:
    """How many requests held the secret."""
    return sum(WORDS.encode() in request for request in wire.raw)


PROOF = Proof(
    name="private",
    promise="Whatever makes a memo private, and when: nothing of it is sent later or left in a bucket, despite kills.",
    seed=20260314,
    rounds=2 * len(WAY_NAMES) * len(MOMENTS),
    sample=2,
    bench=bench,
)
