"""What the kill loop must leave behind: rows, documents, pages and calls of the engine, each memo's once."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diary_pipeline.atomic_write import TEMPORARY
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.diary import Diary
from diary_pipeline.notes.page.parse import NEW
from diary_pipeline.schema import Recording
from tests.proof.trial import Tally

STAGES, FOLDERS = ("ingest", "transcribe", "write"), ("audio", "transcripts", "notes")
TEMPORARIES = "files of killed processes"
KNOWN_GAPS = {
    TEMPORARIES: f"A process killed while it writes leaves a file `{TEMPORARY}...` that `process` removes after a day.",
}
Deaths = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Left:
    """What lies in a home: memos as recordings, attempts, pages as text, files of the store, calls of the engine."""

    recordings: Sequence[Recording]
    attempts: Sequence[Mapping[str, Any]]
    pages: Mapping[str, str]
    listed: Counter[str]
    files: Counter[str]
    calls: Counter[str]


def left_in(diary: Diary) -> Left:
    """Look at everything."""
    home = diary.settings.root
    days = sorted((home / "days").rglob("*.md"))
    calls = home / "calls"
    below = [file.relative_to(home) for folder in FOLDERS for file in (home / folder).rglob("*") if file.is_file()]
    return Left(
        [recording for recording, _ in diary.catalog.recordings.all()],
        diary.catalog.attempts.of(),
        defaultdict(str, {f"{day.parent.name}/{day.stem}": day.read_text("utf-8") for day in days}),
        Counter(name for day in days for name in json.loads(day.with_suffix(".json").read_text("utf-8"))["recordings"]),
        Counter(place_of(file) for file in below),
        Counter(line.split()[0] for line in calls.read_text().splitlines()) if calls.exists() else Counter(),
    )


def place_of(file: Path) -> str:
    """A file of the store without its fingerprint: `transcripts/ID`; temporaries all alike."""
    if file.name.startswith(TEMPORARY):
        return TEMPORARY
    return f"{file.parts[0]}/{file.stem if file.parts[0] == 'audio' else file.parts[1]}"


def deaths_of(left: Left) -> Deaths:
    """How often a process died at a stage of a subject, as (subject, stage)."""
    return Counter((a["subject"], a["stage"]) for a in left.attempts if a["outcome"] == "died")


def judge(tally: Tally, left: Left, names: Sequence[str], deaths: Deaths) -> None:
    """Each memo is done once, and was transcribed no more often than processes died over it, and once."""
    paths = sorted(recording.path for recording in left.recordings)
    tally.check(paths == sorted(names), f"memos are {sorted(names)}, rows {paths}")
    oks = Counter((a["subject"], a["stage"]) for a in left.attempts if a["outcome"] == "ok")
    for recording in left.recordings:
        name = recording.id
        page = page_subject(recording.author, recording.day)
        done = {stage: oks[name, stage] for stage in STAGES} | {"listed": left.listed[name]}
        shown = {"heading": left.pages[page].count(f"· This is what {name} says")}
        shown |= {"words": left.pages[page].count(f"This is what {name} says. And then it says goodbye.")}
        tally.check(max(done.values()) <= 1, f"{recording.path} is done twice: {done}")
        tally.check(max(shown.values()) <= 1, f"{recording.path} is on its page twice: {shown}")
        tally.check(NEW not in left.pages[page], f"{page} has a conflict that nobody made")
        tally.check(min((done | shown).values()) == 1, f"{recording.path} lacks {done | shown}")
        most = 1 + deaths.get((name, "transcribe"), 0)
        calls = left.calls[name]
        tally.check(calls <= most, f"{recording.path} was transcribed {calls} times, {most} allowed")


def judge_files(tally: Tally, left: Left) -> None:
    """The store holds each memo's audio, transcript and note, and nothing else."""
    temporaries = left.files[TEMPORARY]
    tally.check(not temporaries, f"{temporaries} temporary files", TEMPORARIES)
    wanted = Counter(f"{folder}/{r.id}" for r in left.recordings for folder in FOLDERS)
    found = left.files - Counter({TEMPORARY: temporaries})
    tally.check(found == wanted, f"the store lacks {wanted - found} and has {found - wanted} too many")
