"""A home made by an older version (data/homes/README.md): it opens, loses nothing, and pays for nothing by itself.

LASTING promises hold for every later version, whatever changes in prompts, models and fingerprints on purpose: never
loosen one, change the code. EXACT tests say that today's version does nothing with a finished home and answers to the
letter; a purposeful change of a fingerprint, view or page may change what they expect, and only that.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import new_engine, open_diary
from diary_pipeline.catalog.database import HEAD
from diary_pipeline.diary import Diary
from diary_pipeline.views import status
from tests.nights import faithful
from tests.old_homes import HOMES, SHAPES, Hearing, OldHome, answers_of, facts_of, holds, lost, put_up, without_names
from tests.wire import Wire
from tests.wire_batches import Job

KEPT = HOMES / "0.1.0-0004"
DONE = [date(2026, 3, 14), date(2026, 3, 15)]  # the day after has a memo that waits, and one whose provider was down
DONE_DAYS = " ".join(f"--day {day}" for day in DONE)
EDITED = "me/2026-03-14"
STALE = {"done", "written", "transcribed", "ingested"}
OPEN_TO = {"done": STALE, "failed": STALE | {"failed"}, "quarantined": {"quarantined", "failed"}}
"""States that may follow: what is done may become stale, what failed may be done after all, a refusal may be called a
failure. All others stay, and so does the reason while the state does."""

CHANGED = frozenset({"status", "forecast --day 2026-03-14 --day 2026-03-15"})
"""Commands of `expected.json` whose answers were changed on purpose since; only exact tests skip them."""

PutUp = Callable[[], OldHome]


@dataclass(frozen=True)
class Life:
    """What a home of a shape went through: it was read, then its finished days were processed by day and by night.

    *answers*: of the first look; *before* and *after*: its files around the runs; *later*: the states afterwards.
    """

    answers: Mapping[str, Any]
    runs: Sequence[Mapping[str, Any]]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    later: Sequence[Mapping[str, Any]]
    asked_for: AbstractSet[date]
    called_nobody: bool
    revision: str


lives: dict[str, Life] = {}  # by shape: each is lived once, and looked at by several tests


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(answer=faithful).running() as running:
        yield running


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def put_it_up(request: pytest.FixtureRequest, shape: str, home: Path, wire: Wire) -> PutUp:
    def put() -> OldHome:
        if shape == "bucket":
            return put_up(KEPT, shape, home, wire, store=f"{request.getfixturevalue('gcs_bucket')}/diary")
        if shape == "postgresql":
            return put_up(KEPT, shape, home, wire, catalog=request.getfixturevalue("new_postgres_database")())
        return put_up(KEPT, shape, home, wire)

    without_names()
    return put


@pytest.fixture
def old(put_it_up: PutUp) -> OldHome:
    """The home, put up anew for each test."""
    return put_it_up()


def opened(old: OldHome) -> Diary:
    """The diary as a process has it; what is heard is what was heard then."""
    settings = old.settings()
    return open_diary(settings, Hearing(old.facts["said"], named=new_engine(settings).identity()))


@pytest.fixture
def life(shape: str, put_it_up: PutUp) -> Life:
    if shape not in lives:
        lives[shape] = lived(put_it_up())
    return lives[shape]


def lived(old: OldHome) -> Life:
    files = old.documents()
    answers = {command: old.ask(command) for command in old.answers}
    for command in [name for name in answers if name.startswith("search")]:  # what is found in pages and notes is new
        answers[command]["hits"] = [hit for hit in answers[command]["hits"] if hit["kind"] == "transcript"]
    before = old.documents()
    assert {name: before.get(name) for name in files} == files, "whoever only looks changes nothing"
    runs = [old.ask(f"process {DONE_DAYS}{mode}") for mode in ("", " --nightly")]
    quiet, later = old.called_nobody(), old.ask("status")["recordings"]
    diary = opened(old)
    with diary.catalog.database.reading() as connection:
        revision = str(connection.execute(text("SELECT version_num FROM diary_version")).scalar_one())
    asked_for = status.pending_new(diary).keys()
    diary.close()
    return Life(answers, runs, before, old.documents(), later, asked_for, quiet, revision)


def keeps_its_recordings(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> None:
    known = {recording["id"]: recording for recording in now}
    for before in then:
        after = known[before["id"]]
        assert (
            list(
                lost(
                    {name: value for name, value in before.items() if name not in ("state", "reason", "stages")}, after
                )
            )
            == []
        )
        assert after["state"] in OPEN_TO.get(before["state"], {before["state"]})
        assert before["reason"] in (None, after["reason"]) or after["state"] != before["state"]
        assert all(after["stages"][name]["attempts"] >= stage["attempts"] for name, stage in before["stages"].items())


def private_memos(shape: str) -> list[str]:
    return [
        recording["id"]
        for recording in answers_of(KEPT, shape)["status"]["recordings"]
        if recording["privacy"] == "local_only"
    ]


def private_words(shape: str, files: Mapping[str, bytes]) -> list[str]:
    """The objects of the bucket that are of a private memo, or hold a sentence of one."""
    names = private_memos(shape)
    spoken = [sentence.encode() for name in names for sentence in facts_of(KEPT)["said"][name]]
    objects = {place: data for place, data in files.items() if place.startswith("STORE/")}
    return [
        place
        for place, data in objects.items()
        if any(n in place for n in names) or any(words in data for words in spoken)
    ]


# LASTING: never loosen these.


def test_an_old_home_opens_and_shows_all_it_had(shape: str, life: Life) -> None:
    assert life.revision == HEAD
    then = answers_of(KEPT, shape)
    keeps_its_recordings(then["status"]["recordings"], life.answers["status"]["recordings"])
    shown = [
        name
        for name in then
        if name.startswith(("show", "search", "explain", "report", "export")) and not name.endswith("vtt")
    ]
    assert [fault for command in shown for fault in lost(then[command], life.answers[command])] == []


def test_what_is_done_in_an_old_home_costs_nothing_by_day_or_night(life: Life) -> None:
    assert life.called_nobody
    assert life.asked_for.isdisjoint(DONE), "nor does a sensor ask for it"


def test_whatever_is_done_with_an_old_home_nothing_of_it_is_lost(shape: str, life: Life) -> None:
    assert [name for name in life.before if name not in life.after] == []
    fixed = ("audio/", "transcripts/", "notes/", "inbox/", "prompts/", "vocabulary/")
    kept = {name: data for name, data in life.before.items() if name.partition("/")[2].startswith(fixed)}
    assert [name for name, data in kept.items() if not life.after[name].startswith(data)] == [], (
        "more names may be learnt"
    )
    keeps_its_recordings(answers_of(KEPT, shape)["status"]["recordings"], life.later)
    for name, lines in facts_of(KEPT)["written"].items():
        pages = [data.decode() for place, data in life.after.items() if place.endswith(f"days/{name}.md")]
        assert pages
        assert [line for line in lines for page in pages if line not in page] == []


def test_what_is_private_in_an_old_home_stays_out_of_the_bucket(shape: str, life: Life) -> None:
    private = private_memos(shape)
    assert bool([name for name in life.after if name.startswith("STORE/")]) == (shape == "bucket")
    assert private_words(shape, life.after) == []
    assert [name for name in private if not any(f"HOME/audio/{name}" in place for place in life.after)] == []


def test_only_the_memo_that_waited_is_paid_for_and_once(old: OldHome) -> None:
    waiting, said = old.facts["waiting"], old.facts["said"]
    for _ in range(2):
        diary = opened(old)
        pipeline.process(diary)
        (entry,) = [entry for entry in status.recordings(diary) if entry["id"] == waiting]
        assert (entry["state"], entry["reason"]) == ("done", None)
        diary.close()
    asked = [json.dumps(seen.body) for seen in old.wire.seen]
    assert len(asked) == 1
    assert [s for name, spoken in said.items() for s in spoken if (s in asked[0]) != (name == waiting)] == []
    assert all(sentence in old.pages("me/2026-03-16")[0].read_text() for sentence in said[waiting])


def test_a_page_that_is_made_anew_keeps_what_a_person_wrote_then_and_now(old: OldHome) -> None:
    pages = correct_a_time(old)
    assert pages
    for before, after in pages:
        assert before != after
        assert "08:40" in after
        assert [line for line in [*old.facts["written"][EDITED], "I found the photograph."] if line not in after] == []
        assert [line for line in old.facts["deleted"][EDITED] if line in after] == []
    assert private_words(old.shape, old.documents()) == []
    assert old.called_nobody()


def correct_a_time(old: OldHome) -> list[tuple[str, str]]:
    """Edit the page and correct the time of a memo on it; the page at each of its places, before and after."""
    places = old.pages(EDITED)
    for page in places:
        page.write_bytes(page.read_bytes() + b"\nI found the photograph.\n")
    before = [page.read_text() for page in places]
    (old.root / "inbox" / "2026-03-14 08.12.json").write_text('{"recorded_at": "2026-03-14T08:40:00+00:00"}')
    with opened(old) as diary:
        assert EDITED in pipeline.process(diary, DONE).days
    return list(zip(before, [page.read_text() for page in places], strict=True))


def test_a_batch_that_was_open_then_is_brought_home(home: Path, wire: Wire) -> None:
    diary = brought_home(home, wire)
    (entry,) = status.recordings(diary)
    assert (entry["state"], entry["reason"], status.pending_new(diary)) == ("done", None, {})
    assert diary.router is not None
    assert [row["item"] for row in diary.router.ledger.rows() if row["outcome"] is None] == []
    assert len(wire.seen) <= 1, "an answer to another prompt than today's may be asked for again, once"
    diary.close()


def brought_home(home: Path, wire: Wire) -> Diary:
    """The home with one memo in an open batch, after the provider has answered it; the diary is still open."""
    without_names()
    old = put_up(KEPT / "open-batch", "folder", home, wire)
    diary = opened(old)
    assert diary.router is not None
    (call,) = [row for row in diary.router.ledger.rows() if row["kind"] == "batch"]
    said = old.facts["said"][call["recording"]]
    spoken = "\n".join(f"[s{n:02d}] {sentence}" for n, sentence in enumerate(said, 1))
    body = {"model": "gpt-5-mini-2025-08-07", "input": spoken}
    wire.batches.jobs["batch-0"] = Job("batch-0", "openai", [(call["item"], body)], body["model"], {}, "file-in-0")
    wire.batches.ready = True
    for _ in range(2):
        pipeline.process(diary)
    return diary


# EXACT: today's version does nothing at all, and answers to the letter.


def test_with_everything_done_nothing_is_attempted_and_no_byte_changes(life: Life) -> None:
    assert [(run["attempts"], run["pages"], run["faults"]) for run in life.runs] == [(0, [], [])] * 2
    new = ("recordings/", "compositions/", ".diary-swept")  # what the catalog can be made of, and when it was swept
    after = {name: data for name, data in life.after.items() if not name.partition("/")[2].startswith(new)}
    assert after == life.before


def test_every_command_answers_as_it_did(shape: str, life: Life) -> None:
    then = {command: answer for command, answer in answers_of(KEPT, shape).items() if command not in CHANGED}
    assert [command for command, answer in then.items() if not holds(life.answers[command], answer)] == []


def test_a_corrected_time_changes_the_two_lines_that_tell_it(home: Path, wire: Wire) -> None:
    without_names()
    ((before, after),) = correct_a_time(put_up(KEPT, "folder", home, wire))
    gone = [line for line in before.splitlines() if line not in after.splitlines()]
    assert gone == [
        "## 08:12 · I watered the plants",
        "<small>00:01 · dated by its file name · 2026-03-14 08.12.ogg</small>",
    ]


def test_the_answer_of_the_batch_is_used_and_not_paid_for_again(home: Path, wire: Wire) -> None:
    diary = brought_home(home, wire)
    names = [recording.id for recording, _ in diary.catalog.recordings.all()]
    (document,) = diary.catalog.attempts.succeeded("write", names).values()
    assert '"writer":"openai/gpt-5-mini-2025-08-07"' in (home / str(document)).read_text()
    assert wire.seen == []
    diary.close()
