"""The proofs of the first promise: a few rounds of each find nothing, and each finds what was planted."""

import io
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.atomic_write import TEMPORARY
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from tests.memos import tone
from tests.proof.__main__ import main
from tests.proof.page import PAGE
from tests.proof.proofs import PROOFS
from tests.proof.trial import Play, Proof, Trial, play

MEND = f"Run `make proof` (or `make proof ARGS=NAME`), which writes {PAGE.name}."
ONE_KILL = 10  # a round of the kill loop with three memos and one kill, so that every memo is done whenever it falls
PROOF = {proof.name: proof for proof in PROOFS}


@pytest.mark.parametrize("proof", PROOFS, ids=list(PROOF))
def test_some_rounds_of_each_proof_find_nothing(proof: Proof, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    new: Callable[[], str] = request.getfixturevalue("new_postgres_database") if proof.postgresql else lambda: ""
    outcome = play(proof, tmp_path, rounds=range(proof.sample), new_catalog=new)
    assert outcome.violations == ()
    assert outcome.checks > 10 * outcome.rounds


def harm_inbox(home: Path) -> None:
    """A memo of the inbox is gone, a row is lost, a page lists a memo twice, another has an entry less than memos."""
    next(file for file in sorted((home / "inbox").iterdir()) if file.is_file()).unlink()
    with closing(sqlite3.connect(home / "catalog.db")) as catalog, catalog:
        catalog.execute("DELETE FROM recordings WHERE id = (SELECT max(id) FROM recordings WHERE audio IS NOT NULL)")
    first, second, *_ = sorted((home / "days").rglob("*.json")) * 2
    page = json.loads(first.read_bytes())
    first.write_text(json.dumps(page | {"recordings": page["recordings"] * 2}))
    text = second.with_suffix(".md")
    text.write_text(text.read_text("utf-8").partition("\n")[0], "utf-8")


def harm_kills(home: Path) -> None:
    """A transcript is doubled, a memo's bytes are altered, a memo is off its page, the engine was called too often."""
    transcript = next((home / "transcripts").rglob("*.json"))
    shutil.copy(transcript, transcript.with_name("another.json"))
    next((home / "inbox").iterdir()).write_bytes(b"other bytes")
    page = next((home / "days").rglob("*.md"))
    page.write_text(page.read_text("utf-8").replace("And then it says goodbye", ""), "utf-8")
    calls = home / "calls"
    calls.write_text(calls.read_text() * 9)


HELD: list[Any] = []
OVER = threading.Event()


@pytest.fixture
def _let_go() -> Iterator[None]:
    OVER.clear()
    yield
    OVER.set()
    for held in HELD:
        held.close()


def harm_soak(home: Path) -> None:
    """A file stays open, a thread goes on, memory is held; a temporary file is left, a person's words are lost."""
    HELD.append((home / "catalog.db").open())
    threading.Thread(target=OVER.wait, daemon=True).start()
    HELD.append(io.BytesIO(bytes(1_000_000)))
    (home / f"{TEMPORARY}1").touch()
    for page in (home / "days").rglob("*.md"):
        page.write_text(page.read_text("utf-8").replace("My own words", ""), "utf-8")


def harm_edits(home: Path) -> None:
    """The last own words are lost, and every late memo."""
    for page in (home / "days").rglob("*.md"):
        lines = page.read_text("utf-8").splitlines(keepends=True)
        left = [line for line in lines if "own words" not in line and not line.startswith("## ")]
        page.write_text("".join(left), "utf-8")


def harm_private(home: Path) -> None:
    """The words are in the bucket again, and audio as well; the home has lost its page and the memo's class."""
    with open_diary(Settings.load(home=home)) as diary:
        private = next(r for r, _ in diary.catalog.recordings.all() if r.privacy == "local_only" and r.audio)
        diary.store.replace("days/me/2026-03-14.md", b"The secret is under the third stone.", "standard")
        diary.store.replace(f"audio/{private.id}.wav", b"sound", "standard")
    (home / "days" / "me" / "2026-03-14.md").unlink()


def harm_containers(folder: Path) -> None:
    """Every file's sound is another one, and half as long."""
    for file in folder.iterdir():
        tone(file, seconds=4.5)


@pytest.mark.usefixtures("_let_go")
@pytest.mark.parametrize(
    ("name", "rounds", "harm", "seen"),
    [
        ("inbox", [0], harm_inbox, ["the inbox is not as it was", "has 0 rows", "is done and 2 times on a page"]),
        ("kills", [ONE_KILL], harm_kills, ["too many", "the inbox is not as it was", "'words': 0", "was transcribed"]),
        ("soak", [0, 1], harm_soak, ["more files", "more threads", "more traced", "temporary files", "own words are"]),
        ("private", [0], harm_private, ["still in the bucket", "audio/", "0 times on the page"]),
        ("containers", [1], harm_containers, ["its length is", "s were decoded", "is heard at", "s off"]),
        ("edits", [0], harm_edits, ["these lines are lost", "the late memo are (0, 1) times on its page"]),
    ],
)
def test_each_proof_finds_what_was_planted(
    name: str,
    rounds: list[int],
    harm: Callable[[Path], None],
    seen: list[str],
    tmp_path: Path,
) -> None:
    found = play(PROOF[name], tmp_path, rounds=rounds, spoil=harm).violations
    assert [words for words in seen if not any(words in violation for violation in found)] == [], found
    assert all(violation.startswith(f"{name} --seed {PROOF[name].seed} --") for violation in found)


def test_the_report_has_every_proof_without_a_violation_and_every_known_gap() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    rows = [line.removeprefix("| ").split(" | ") for line in lines if line.startswith("| ")]
    gaps = [(proof.name, gap) for proof in PROOFS for gap in proof.known_gaps]
    assert [(row[0], row[5]) for row in rows if len(row) == 8][1:] == [(proof.name, "0") for proof in PROOFS], MEND
    assert [(row[0], row[1]) for row in rows if len(row) == 4][1:] == gaps, MEND


def fails(trial: Trial) -> None:
    trial.tally.check(trial.number < 1, "a | broken\npromise")
    trial.tally.check(False, "what is known", "a gap")  # noqa: FBT003
    trial.tally.check(True, "what is mended", "a gap")  # noqa: FBT003


def dies(trial: Trial) -> None:
    raise KeyError(trial.number)


def proof_of(name: str, play_one: Play) -> Proof:
    @contextmanager
    def bench() -> Iterator[Play]:
        yield play_one

    return Proof(name, "Nothing is lost.", seed=7, rounds=2, sample=1, bench=bench, known_gaps={"a gap": "It is."})


def test_a_violation_is_exit_status_1_and_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proofs, page = [proof_of("one", fails), proof_of("other", dies)], tmp_path / "proof.md"
    assert main(["one"], proofs, page) == 1
    assert "one: 2 rounds, 6 checks, 1 violations" in capsys.readouterr().err
    text = page.read_text()
    assert "| one | Nothing is lost. | 7 | 2 | 6 | 1 |" in text
    assert "| one | a gap | It is. | 2 of 4 |" in text
    assert "| one | one --seed 7 --only 1: a \\| broken promise |" in text
    assert main(["other", "--rounds", "1"], proofs, page) == 1
    assert "| one | Nothing is lost. | 7 | 2 | 6 | 1 |" in page.read_text()
    assert "| other | other --seed 7 --only 0: the round ended with KeyError(0) |" in page.read_text()
    assert main(["one", "--rounds", "1"], proofs, page) == 0
    assert "one --seed 7" not in page.read_text()


def test_one_round_is_played_again_with_the_same_random_numbers_and_without_a_report(tmp_path: Path) -> None:
    drawn = list[float]()
    proofs, page = [proof_of("one", lambda trial: drawn.append(trial.random.random()))], tmp_path / "proof.md"
    assert main(["one"], proofs, page) == 0
    page.unlink()
    assert main(["one", "--only", "1"], proofs, page) == 0
    assert (drawn[2], page.exists()) == (drawn[1], False)


def test_a_gap_that_is_taken_off_the_list_is_a_violation(tmp_path: Path) -> None:
    mended = replace(proof_of("one", fails), known_gaps={})
    outcome = play(mended, tmp_path, rounds=[0])
    assert [violation.partition(": ")[2] for violation in outcome.violations] == ["what is known"]
