"""The rules of the diary day and of its evidence, by table."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from diary_pipeline.recordings.dating import Dated, Evidence, date_recording, diary_day, parse_moment

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONDON, AUCKLAND, NEW_YORK = "Europe/London", "Pacific/Auckland", "America/New_York"
OLD_FILE = "2026-01-02T03:04:05+00:00"  # a file time that is on none of the tables' days


def dated(
    name: str = "New Recording 7.m4a",
    *,
    zone: str = LONDON,
    requested: str | None = None,
    sidecar: str | None = None,
    container: str | None = None,
    modified: str | None = None,
    day_start: time = time(4),
) -> Dated | None:
    file_time = datetime.fromisoformat(modified) if modified else None
    evidence = Evidence(requested, sidecar, name, container, file_time)
    return date_recording(evidence, zone=ZoneInfo(zone), day_start=day_start, now=NOW)


@pytest.mark.parametrize(
    ("name", "wall_clock"),
    [
        ("2026-03-14 08.12.m4a", "2026-03-14T08:12:00"),
        ("2026-03-14 08.12.33.m4a", "2026-03-14T08:12:33"),
        ("Recording_20260315_142200.ogg", "2026-03-15T14:22:00"),
        ("20260315_142200.m4a", "2026-03-15T14:22:00"),
        ("20260315142200.wav", "2026-03-15T14:22:00"),
        ("2026-03-15T14-22-00.m4a", "2026-03-15T14:22:00"),
        ("2026-03-15T14:22:00.250.m4a", "2026-03-15T14:22:00"),
        ("20260315T1422.m4a", "2026-03-15T14:22:00"),
        ("Voice 260315_142200.m4a", "2026-03-15T14:22:00"),
        ("audio_2026-03-15_14-22-05.ogg", "2026-03-15T14:22:05"),
        ("2026_03_15_14_22_05.ogg", "2026-03-15T14:22:05"),
        ("20260315 142200-ABCDEF12.m4a", "2026-03-15T14:22:00"),
        ("20260315 142200-00012345.m4a", "2026-03-15T14:22:00"),
        ("20260315_142200-0001.m4a", "2026-03-15T14:22:00"),
        ("20260315_142200_260101.m4a", "2026-03-15T14:22:00"),
        ("WhatsApp Ptt 2026-03-15 at 2.22.05 PM.ogg", "2026-03-15T14:22:05"),
        ("Memo 2026-03-15 at 12.22.05 AM.m4a", "2026-03-15T00:22:05"),
        ("WhatsApp Audio 2026-03-15 at 14.22.05.opus", "2026-03-15T14:22:05"),
        ("13-04-2024 08.12.m4a", "2024-04-13T08:12:00"),
        ("04-13-2024 08.12.m4a", "2024-04-13T08:12:00"),
        ("04.04.2024 08.12.m4a", "2024-04-04T08:12:00"),
        ("call 0064211234567_20260315_142200.m4a", "2026-03-15T14:22:00"),
        ("1999-12-30 23.10.wav", "1999-12-30T23:10:00"),
    ],
)
def test_a_time_in_the_name_is_the_authors_wall_clock(name: str, wall_clock: str) -> None:
    for zone in (LONDON, AUCKLAND):
        found = dated(name, zone=zone, container="2026-01-01T10:00:00Z", modified=OLD_FILE)
        assert found is not None
        assert found.dated_by == "file name"
        assert found.recorded_at == datetime.fromisoformat(wall_clock).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("2026-03-15T14:22:00+13:00.m4a", "2026-03-15T01:22:00+00:00"),
        ("2026-03-15T14-22-00+13:00.m4a", "2026-03-15T01:22:00+00:00"),
        ("2026-03-15T142200-0500.m4a", "2026-03-15T19:22:00+00:00"),
        ("2026-03-15T14:22:00.250Z.m4a", "2026-03-15T14:22:00+00:00"),
        ("20260315 142200Z.m4a", "2026-03-15T14:22:00+00:00"),
    ],
)
def test_an_offset_in_the_name_decides_the_instant_and_the_author_sees_local_time(name: str, instant: str) -> None:
    found = dated(name, zone=AUCKLAND)
    assert found is not None
    assert found.recorded_at == datetime.fromisoformat(instant)
    assert found.recorded_at.isoformat().endswith("+13:00")


@pytest.mark.parametrize(
    ("name", "container", "modified", "wall_clock"),
    [
        ("PTT-20260315-WA0001.opus", None, "2026-03-15T18:30:00+00:00", "2026-03-15T18:30:00"),
        ("PTT-20260315-WA0001.opus", None, OLD_FILE, "2026-03-15T12:00:00"),
        ("AUD-20260315-WA0007.m4a", None, None, "2026-03-15T12:00:00"),
        ("2026-03-15 walk.m4a", "2026-03-15T07:48:00Z", "2026-03-15T18:30:00+00:00", "2026-03-15T07:48:00"),
        ("2026-03-15 walk.m4a", "1970-01-01T00:00:00Z", "2026-03-15T18:30:00+00:00", "2026-03-15T18:30:00"),
        ("2026-03-15 walk.m4a", "2026-03-16T07:48:00Z", OLD_FILE, "2026-03-15T12:00:00"),
        ("2026-03-15 walk.m4a", "2026-03-15T01:38:00Z", None, "2026-03-15T01:38:00"),
        ("20260315_0003.m4a", None, None, "2026-03-15T12:00:00"),
        ("2026-03-15-1.22.m4a", None, None, "2026-03-15T12:00:00"),
        ("2026-03-15 call 20998877.m4a", None, None, "2026-03-15T12:00:00"),
    ],
)
def test_a_date_without_a_time_borrows_one_of_the_same_day_or_means_noon(
    name: str, container: str | None, modified: str | None, wall_clock: str
) -> None:
    found = dated(name, container=container, modified=modified)
    assert found is not None
    assert found.dated_by == "file name"
    assert found.recorded_at.replace(tzinfo=None) == datetime.fromisoformat(wall_clock)


def test_the_borrowed_time_must_be_of_the_same_day_where_the_author_lives() -> None:
    found = dated("PTT-20260315-WA0001.opus", zone=AUCKLAND, modified="2026-03-14T20:30:00+00:00")
    assert found is not None
    assert found.recorded_at.isoformat() == "2026-03-15T09:30:00+13:00"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("03-04-2024 08.12.m4a", "two dates"),
        ("03.04.2024.m4a", "two dates"),
        ("2024-02-30 08.12.m4a", "no date of the calendar"),
        ("2023-02-29.m4a", "no date of the calendar"),
        ("2026-13-01 08.12.m4a", "no date of the calendar"),
        ("20261301_081200.m4a", "no date of the calendar"),
        ("31-31-2024.m4a", "no date of the calendar"),
        ("2026-03-14 25.12.m4a", "no clock shows"),
        ("2026-03-14 at 13.12 PM.m4a", "no clock shows"),
        ("2026-03-14 and 2026-03-15.m4a", "several dates"),
        ("1970-01-01 00.12.m4a", "never set"),
        ("1970-01-01.m4a", "never set"),
        ("1904-01-01 00.00.m4a", "never set"),
        ("1980-01-01 00.00.00.m4a", "never set"),
        ("20000101_000000.m4a", "never set"),
        ("2099-03-14 08.12.m4a", "future"),
        ("2026-11-26 08.12.m4a", "future"),
    ],
)
def test_impossible_and_ambiguous_names_are_refused_and_the_next_evidence_is_asked(name: str, why: str) -> None:
    found = dated(name, container="2026-03-16T07:48:00.000000Z")
    assert found is not None
    assert (found.dated_by, found.recorded_at.isoformat()) == ("container", "2026-03-16T07:48:00+00:00")
    assert len(found.refused) == 1
    assert found.refused[0].startswith("file name: ")
    assert why in found.refused[0]
    assert dated(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "New Recording 7.m4a",
        "+642026031514.m4a",
        "120260315.m4a",
        "202603151.m4a",
        "260315.m4a",
        "Voice 993415_142200.m4a",
        "14-03-26.m4a",
        "track 2026.m4a",
        "",
    ],
)
def test_other_digits_in_a_name_are_no_date(name: str) -> None:
    assert dated(name) is None


@pytest.mark.parametrize(
    ("container", "why"),
    [
        ("1904-01-01T00:00:00.000000Z", "never set"),
        ("1970-01-01T00:00:00.000000Z", "never set"),
        ("1970-01-01T05:00:00Z", "never set"),
        ("1980-01-01T00:00:00Z", "never set"),
        ("2000-01-01T00:00:00Z", "never set"),
        ("2026-11-25T15:00:00Z", "future"),
        ("9999-12-31T23:59:59Z", "no date on which"),
        ("0001-01-01T00:00:00", "no date on which"),
        ("2026-03-16", "no time of day"),
        ("2026", "not a date and time"),
        ("03/04/2024", "not a date and time"),
        ("yesterday", "not a date and time"),
    ],
)
def test_a_container_time_that_cannot_be_is_refused_for_the_file_time(container: str, why: str) -> None:
    found = dated(container=container, modified="2026-03-16T09:00:00+00:00")
    assert found is not None
    assert found.dated_by == "file time"
    assert why in found.refused[0]


@pytest.mark.parametrize(
    "text", ["1970-01-01T00:00:00Z", "2026-11-26T12:00:00Z", "2026-03-14", "03/04/2024 08:12", "soon"]
)
def test_a_request_and_a_sidecar_are_refused_like_any_other_evidence(text: str) -> None:
    found = dated("2026-03-14 08.12.m4a", requested=text, sidecar=text)
    assert found is not None
    assert found.dated_by == "file name"
    assert [why.partition(":")[0] for why in found.refused] == ["request", "sidecar"]


def test_the_evidence_is_asked_in_its_order() -> None:
    everything = {
        "requested": "2026-03-01T10:00:00Z",
        "sidecar": "2026-03-02T10:00:00Z",
        "name": "2026-03-03 10.00.m4a",
        "container": "2026-03-04T10:00:00Z",
        "modified": "2026-03-05T10:00:00+00:00",
    }
    seen = []
    for gone in (None, "requested", "sidecar", "name", "container", "modified"):
        if gone:
            del everything[gone]
        found = dated(**everything)  # type: ignore[arg-type]
        seen.append((found.dated_by, found.day.day) if found else None)
    assert seen == [("request", 1), ("sidecar", 2), ("file name", 3), ("container", 4), ("file time", 5), None]


def test_a_container_written_this_very_second_is_believed() -> None:
    found = dated(container=NOW.isoformat(), modified=NOW.isoformat())
    assert found is not None
    assert found.dated_by == "container"


@pytest.mark.parametrize(
    ("zone", "moment", "day_start", "day"),
    [
        (LONDON, "2026-03-16T03:59:59+00:00", time(4), "2026-03-15"),
        (LONDON, "2026-03-16T04:00:00+00:00", time(4), "2026-03-16"),
        (LONDON, "2026-03-16T01:38:00+00:00", time(4), "2026-03-15"),
        (LONDON, "2026-03-16T00:00:00+00:00", time(0), "2026-03-16"),
        (LONDON, "2026-03-15T23:59:59+00:00", time(0), "2026-03-15"),
        (LONDON, "2026-01-01T01:00:00+00:00", time(4), "2025-12-31"),
        (AUCKLAND, "2026-03-15T14:59:00+00:00", time(4), "2026-03-15"),  # 03:59 on the 16th
        (AUCKLAND, "2026-03-15T15:00:00+00:00", time(4), "2026-03-16"),
        (AUCKLAND, "2026-04-04T15:59:00+00:00", time(4), "2026-04-04"),  # 03:59 after clocks went back
        (AUCKLAND, "2026-04-04T16:00:00+00:00", time(4), "2026-04-05"),
        (LONDON, "2026-03-29T02:59:00+00:00", time(4), "2026-03-28"),  # 03:59 after clocks went on
        (LONDON, "2026-03-29T03:00:00+00:00", time(4), "2026-03-29"),
        (LONDON, "2026-10-25T03:59:00+00:00", time(4), "2026-10-24"),
        (LONDON, "2026-10-25T04:00:00+00:00", time(4), "2026-10-25"),
        (NEW_YORK, "2026-03-08T07:59:00+00:00", time(4), "2026-03-07"),
        (NEW_YORK, "2026-03-08T08:00:00+00:00", time(4), "2026-03-08"),
        (NEW_YORK, "2026-11-01T08:59:00+00:00", time(4), "2026-10-31"),
        (NEW_YORK, "2026-11-01T09:00:00+00:00", time(4), "2026-11-01"),
        (NEW_YORK, "2026-03-16T08:30:00+09:00", time(4), "2026-03-15"),  # spoken in Tokyo, filed at home
    ],
)
def test_the_wall_clock_of_the_author_decides_the_diary_day(zone: str, moment: str, day_start: time, day: str) -> None:
    assert diary_day(datetime.fromisoformat(moment), ZoneInfo(zone), day_start).isoformat() == day
    found = dated(requested=moment, zone=zone, day_start=day_start)
    assert found is not None
    assert found.day.isoformat() == day


def test_a_memo_of_auckland_that_only_its_metadata_dates_is_filed_by_auckland() -> None:
    found = dated(container="2026-03-16T07:48:00.000000Z", zone=AUCKLAND)
    assert found is not None
    assert (found.recorded_at.isoformat(), found.day.isoformat()) == ("2026-03-16T20:48:00+13:00", "2026-03-16")
    late = dated(container="2026-03-16T20:48:00", zone=AUCKLAND)
    assert late is not None
    assert (late.recorded_at.isoformat(), late.day.isoformat()) == ("2026-03-17T09:48:00+13:00", "2026-03-17")


@pytest.mark.parametrize(
    ("name", "zone", "universal", "day"),
    [
        ("2026-03-29 01.30.m4a", LONDON, "2026-03-29T01:30:00+00:00", "2026-03-28"),  # does not exist: shown as 02:30
        ("2026-10-25 01.30.m4a", LONDON, "2026-10-25T00:30:00+00:00", "2026-10-24"),  # comes twice: the first
        ("2026-03-08 02.30.m4a", NEW_YORK, "2026-03-08T07:30:00+00:00", "2026-03-07"),
        ("2026-11-01 01.30.m4a", NEW_YORK, "2026-11-01T05:30:00+00:00", "2026-10-31"),
        ("2026-11-01 12.00.m4a", NEW_YORK, "2026-11-01T17:00:00+00:00", "2026-11-01"),
    ],
)
def test_local_times_at_a_clock_change_have_one_meaning(name: str, zone: str, universal: str, day: str) -> None:
    found = dated(name, zone=zone)
    assert found is not None
    assert found.recorded_at == datetime.fromisoformat(universal)
    assert found.day.isoformat() == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-14T08:12:00+00:00", "2026-03-14T08:12:00+00:00"),
        ("2026-03-14T08:12:00Z", "2026-03-14T08:12:00+00:00"),
        (" 2026-03-14 08:12 ", "2026-03-13T19:12:00+00:00"),
        ("20260314T081200", "2026-03-13T19:12:00+00:00"),
        ("1999-12-31T23:00:00+13:00", "1999-12-31T10:00:00+00:00"),
    ],
)
def test_a_requested_time_is_iso_8601_and_local_without_an_offset(text: str, instant: str) -> None:
    assert parse_moment(text, ZoneInfo(AUCKLAND)) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-03-14", "20260314", "2026-W11-6", "14/03/2026 08:12", "2026-02-30T08:00:00"]
)
def test_a_requested_time_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="Write one like"):
        parse_moment(text, ZoneInfo(AUCKLAND))
