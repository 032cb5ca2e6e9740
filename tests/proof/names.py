"""Names of phones and recorders: each memo has the local time that its name says, whatever the file's time says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from tests.memos import tone
from tests.proof.phone_names import AMBIGUOUS, FOLDERS, MONTHS, NAMES
from tests.proof.trial import Play, Proof, Trial

ZONES = "UTC Europe/London Pacific/Auckland America/New_York Asia/Tokyo".split()
DAYS = (13, 14, 27, 28)
"""No month is 13, and of a diary that begins in 2015 no year is 13, 14 or, today, 27: these have one meaning."""


@contextmanager
def bench() -> Iterator[Play]:
    """Rounds share nothing."""
    yield play


def play(trial: Trial) -> None:
    """A moment in a zone, written in every way; and what can be read in two ways, or in none."""
    zone = ZoneInfo(trial.random.choice(ZONES))
    moment, modified = _moment(trial.random, zone), datetime(2026, 9, 9, 9, 9, tzinfo=UTC)
    wanted = {form: form.format(**_fields(moment)) for form in (*NAMES, *FOLDERS)}
    for path in (*wanted.values(), *AMBIGUOUS):
        tone(trial.home / "inbox" / path, seconds=0.01, modified=modified.timestamp())
    settings = Settings.load(home=trial.home, catalog=trial.catalog, timezone=zone.key, settle_seconds=0)
    with open_diary(settings) as diary:
        pipeline.discover(diary)
        trial.spoil(trial.home)
        rows = {recording.path: recording for recording, _ in diary.catalog.recordings.all()}
    for form, path in wanted.items():
        right, row = _written(form, moment), rows[path]
        is_right = row.recorded_at is not None and row.recorded_at.replace(microsecond=0) == right
        trial.tally.check(is_right, f"{path} is dated {row.recorded_at} by its {row.evidence_of_date}, not {right}")
        trial.tally.check(row.author == "me", f"{path} is {row.author}'s")
    for path in AMBIGUOUS:
        trial.tally.check(_is_refused(rows[path], modified), f"{path} is dated by its {rows[path].evidence_of_date}")


def _moment(random: Random, zone: ZoneInfo) -> datetime:
    year, month = random.randint(2016, 2025), random.choice(list(MONTHS))
    clock = random.randint(1, 22), random.randint(0, 59), random.randint(1, 59)
    return datetime(year, month, random.choice(DAYS), *clock, tzinfo=zone)


def _fields(moment: datetime) -> dict[str, Any]:
    en, de, fr, es, mon = MONTHS[moment.month]
    late, seconds = moment.hour >= 12, int(moment.timestamp())
    offset = moment.utcoffset() or timedelta()
    return {
        "t": moment,
        "u": moment.astimezone(UTC),
        "end": moment + timedelta(minutes=48),
        "h": moment.hour,
        "h12": (moment.hour - 1) % 12 + 1,
        "half": "P" if late else "A",
        "half_es": "p. m." if late else "a. m.",
        "kana": "午後" if late else "午前",
        "day": moment.day,
        "month": moment.month,
        "offset": f"{offset.total_seconds() / 3600:+.0f}",
        "seconds": seconds,
        "ms": seconds * 1000 + 123,
    } | {"en": en, "de": de, "fr": fr, "es": es, "mon": mon}


def _written(form: str, moment: datetime) -> datetime:
    """The moment as exactly as the form writes it; a form without a time means noon."""
    if "WA0001" in form:
        return moment.replace(hour=12, minute=0, second=0)
    return moment if "%S" in form or "{seconds}" in form or "{ms}" in form else moment.replace(second=0)


def _is_refused(row: Recording, modified: datetime) -> bool:
    return row.dated_by == "file time" and row.recorded_at == modified and "file name: " in (row.date_refused or "")


PROOF = Proof(
    name="names",
    promise=f"{len(NAMES)} names of phones and recorders have their local time, whatever the file's time says.",
    seed=20260314,
    rounds=40,
    sample=1,
    bench=bench,
)
