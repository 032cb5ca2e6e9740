"""The fuzz table of the inbox: whatever lies there is on its page once or has a reason; nothing there is touched."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

from diary_pipeline.file_names import as_file, as_stored
from diary_pipeline.recordings.authors import folder_name
from diary_pipeline.recordings.listing import is_private_folder
from tests.command import Answer, diary
from tests.memos import authors
from tests.proof.inbox_files import CONTENTS, FOLDERS, LONGEST_NAME, NAMES, SIDECARS, STRANGER, TIMES, Kind
from tests.proof.trial import Play, Proof, Tally, Trial

FILES, FILES_OF_BYTES = 32, 17
OF_BYTES = ({"folder: none", "folder of random bytes"}, {"name of random bytes"}, {"noise in a WAV file"})
SIDECARS_OF_BYTES = {"sidecar of random bytes", "sidecar with wrong bytes"}
TABLES = (FOLDERS, NAMES, CONTENTS, SIDECARS, TIMES)
ENTRY = re.compile(r"^(?:## \d\d:\d\d|\d\d:\d\d — nothing was said)", re.MULTILINE)


@dataclass(frozen=True)
class Planted:
    """A file that was put into the inbox: by which kinds, and whether it must be on a page, or named as passed over."""

    path: str
    kinds: tuple[str, ...]
    must: bool
    passed: bool


@dataclass(frozen=True)
class Look:
    """What the diary made of an inbox: two runs of `process`, what `status` says, and on which pages each id stands."""

    runs: tuple[tuple[int, dict[str, Any]], ...]
    rows: Sequence[Mapping[str, Any]]
    passed_over: frozenset[str]
    on_pages: Counter[str]
    error: str


@contextmanager
def bench() -> Iterator[Play]:
    """Rounds share nothing."""
    yield play


def play(trial: Trial) -> None:
    """Files of random kinds in one inbox, and some whose names and sidecars are any bytes."""
    random = trial.random
    files = [_drawn(random) for _ in range(FILES)]
    plain = [next(iter(table)) for table in TABLES]
    for _ in range(FILES_OF_BYTES):
        drawn = [random.choice(sorted(kinds)) for kinds in (*OF_BYTES, SIDECARS_OF_BYTES)]
        files.append([*drawn, *plain[len(drawn) :]])
    _judge(trial, trial.home / "all", files, trial.tally)


def _drawn(random: Random) -> list[str]:
    """A kind of each table; every other one is the plain kind, so that what is odd meets what is not."""
    return [next(iter(table)) if random.random() < 0.5 else random.choice(list(table)) for table in TABLES]


def _judge(trial: Trial, home: Path, files: Sequence[Sequence[str]], tally: Tally) -> None:
    planted = _plant(trial.random, home / "inbox", files)
    _name_authors(home, planted)
    before = snapshot(home / "inbox")
    look = _look(home, trial)
    trial.tally.check(snapshot(home / "inbox") == before, "the inbox is not as it was")
    (first, said), (second, again) = look.runs
    if not tally.check(bool(said and again), f"`process` ended with {first}, {second}: {look.error}"):
        return
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in look.rows:
        rows.setdefault(row["path"], []).append(row)
    for file in planted:
        told = f"{file.path!r} ({', '.join(file.kinds)})"
        place = f"{as_file(file.path)}/"
        named = [path for path in look.passed_over if place.startswith(as_file(path).rstrip("/") + "/")]
        tally.check(bool(named) == file.passed, f"{told} is named as passed over {len(named)} times")
        if not file.passed:
            _judge_file(told, file, rows.get(file.path, []), look.on_pages, tally)
    bad = [row for row in look.rows if row["state"] in ("quarantined", "failed")]
    tally.check(first == bool(bad), f"`process` ended with {first}, and {len(bad)} recordings are not done")
    if not any(row["state"] == "failed" for row in bad):
        news = (second, again["attempts"])
        tally.check(news == (0, 0), f"the second run ended with {news[0]} after {news[1]} attempts")


def _name_authors(home: Path, planted: Sequence[Planted]) -> None:
    """Of every folder but the strangers' it is said that it is an author's."""
    first = {PurePosixPath(as_file(file.path)).parts[0] for file in planted if "/" in as_file(file.path)}
    known = (folder_name(name) for name in first if not name.startswith(STRANGER) and not is_private_folder(name))
    authors(home, *sorted(known))


def _judge_file(
    told: str, file: Planted, rows: Sequence[Mapping[str, Any]], on_pages: Counter[str], tally: Tally
) -> None:
    if not tally.check(len(rows) == 1, f"{told} has {len(rows)} rows"):
        return
    (row,) = rows
    where = 1 if row["state"] == "done" and not row["duplicate_of"] else 0
    tally.check(on_pages[row["id"]] == where, f"{told} is {row['state']} and {on_pages[row['id']]} times on a page")
    if row["state"] != "done":
        tally.check(bool(row["reason"]), f"{told} is {row['state']} without a reason")
    if file.must:
        tally.check(row["state"] == "done", f"{told} is {row['state']}: {row['reason']}")


def _plant(random: Random, inbox: Path, files: Sequence[Sequence[str]]) -> list[Planted]:
    planted, stems = [], set[str]()
    for kinds in files:
        made = [table[name] for table, name in zip(TABLES, kinds, strict=True)]
        file = _written(random, inbox, made, stems)
        if file is not None:
            path = file.relative_to(inbox).as_posix()
            stems.add(str(PurePosixPath(path).with_suffix("")))
            must, passed = all(kind.must for kind in made), any(kind.passed for kind in made)
            planted.append(Planted(as_stored(path), tuple(kinds), must, passed))
    return planted


def _written(random: Random, inbox: Path, made: Sequence[Kind], stems: set[str]) -> Path | None:
    """The file, its sidecar and its time; None where a file or folder of that name is in the way."""
    folder, name, content, said, modified = (kind.make(random) for kind in made)
    file = inbox / f"{folder}{name}"
    if str(file.relative_to(inbox).with_suffix("")) in stems or os.path.lexists(file):
        return None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return None
    file.write_bytes(content)
    os.utime(file, (modified, modified))
    beside = random.choice((f"{file.name}.json", f"{file.stem}.json"))
    if said is not None and len(os.fsencode(beside)) <= LONGEST_NAME:
        file.with_name(beside).write_bytes(said)
    return file


def _look(home: Path, trial: Trial) -> Look:
    runs = [_diary(home, trial.catalog, "process") for _ in range(2)]
    trial.spoil(home)
    status = _answer(_diary(home, trial.catalog, "status"))
    on_pages = Counter[str]()
    for page in (home / "days").rglob("*.json"):
        names = json.loads(page.read_bytes())["recordings"]
        entries = ENTRY.findall(page.with_suffix(".md").read_text("utf-8"))
        on_pages.update(names if len(entries) == len(names) else [*names, *names])
    error = runs[-1].err.rstrip().rpartition("\n")[2]
    passed = frozenset(one["path"] for one in status.get("passed_over", {}).get("some", ()))
    return Look(tuple((run.code, _answer(run)) for run in runs), status.get("recordings", ()), passed, on_pages, error)


def _diary(home: Path, catalog: str, command: str) -> Answer:
    return diary(home, command, "--json", DIARY_CATALOG=catalog, DIARY_SETTLE_SECONDS="0")


def _answer(answer: Answer) -> dict[str, Any]:
    """The command line's one JSON object; an empty one where it ended with a traceback or an error."""
    try:
        said: dict[str, Any] = json.loads(answer.out)
    except ValueError:
        return {}
    return said if "error" not in said and answer.code in (0, 1) and "Traceback" not in answer.err else {}


def snapshot(folder: Path) -> dict[bytes, tuple[str, int]]:
    """Every file below *folder*: its bytes' hash and its time."""
    found = {}
    for place, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - names may be no text
            with open(path, "rb") as stream:  # noqa: PTH123
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                found[path] = (digest, os.fstat(stream.fileno()).st_mtime_ns)
    return found


PROOF = Proof(
    name="inbox",
    promise="Whatever lies in the inbox is on its page exactly once, or has a reason; no file in the inbox is altered.",
    seed=20260314,
    rounds=100,
    sample=1,
    bench=bench,
)
