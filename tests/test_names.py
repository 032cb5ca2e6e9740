"""What names of phones and recorders say: samples of each kind of date, clock, zone, copy and counter."""

from datetime import date

import pytest

from diary_pipeline.recordings.naming import is_date_folder, is_recorder_folder, read_name

READ = {
    "Memo%202026-03-14%2008%3A12.m4a": "2026-03-14 08:12:00",
    "20260314_0138.wav": "2026-03-14 01:38:00",
    "202603140003.wav": "2026-03-14 00:03:00",
    "2026-0314-081233.WAV": "2026-03-14 08:12:33",
    "2026-03-14 08.12": "2026-03-14 08:12:00",
    "\uff12\uff10\uff12\uff16-03-14 08\uff1a12.m4a": "2026-03-14 08:12:00",
    "2026-03-14 08\ua78912\ua78933.m4a": "2026-03-14 08:12:33",
    "2026-03-14 Anna 08.12.33.m4a": "2026-03-14 08:12:33",
    "2026-03-14 (Sat) 08.12.m4a": "2026-03-14 08:12:00",
    "Saturday, March 14, 2026 at 8.12 AM.m4a": "2026-03-14 08:12:00",
    "samedi 14 mars 2026 à 20h.m4a": "2026-03-14 20:00:00",
    "1er mars 2026 8h12m33s.m4a": "2026-03-01 08:12:33",
    "14 Mar 26 08.12.m4a": "2026-03-14 08:12:00",
    "2026年3月14日(土) 午後8時12分.m4a": "2026-03-14 20:12:00",
    "令和8年3月14日 08:12.m4a": "2026-03-14 08:12:00",
    "2026년 3월 14일 오전 8:12.m4a": "2026-03-14 08:12:00",
    "2026-03-14 at 12.22.05 AM.m4a": "2026-03-14 00:22:05",
    "2026-03-14 8pm.m4a": "2026-03-14 20:00:00",
    "8.12 PM on 14 March 2026.m4a": "2026-03-14 20:12:00",
    "2026-03-14T08.12.33+0100.m4a": "2026-03-14 08:12:33+01:00",
    "Call (2026-03-14 08:12 UTC+13).m4a": "2026-03-14 08:12:00+13:00",
    "20260314_081233_conflict-20260320-101112.m4a": "2026-03-14 08:12:33",
    "20260314_081233_DESKTOP_Mar-20-1011-2026_Conflict.m4a": "2026-03-14 08:12:33",
    "20260314_081233 (SFConflict anna@example.com 2026-03-20-10-11-12).m4a": "2026-03-14 08:12:33",
    "2026-03-14 08.12 (copia en conflicto de Ana 2026-03-20).m4a": "2026-03-14 08:12:00",
    "2026-03-14 08.12 (Anna の競合コピー 2026-03-20).m4a": "2026-03-14 08:12:00",
    "20260314_081233-20260314_091500.m4a": "2026-03-14 08:12:33",
    "2026-03-14 bis 2026-03-16.m4a": "2026-03-14",
    "14.03.26.m4a": "2026-03-14",
    "2026-03-14 walk v1.22.33.m4a": "2026-03-14",
    "2026-03-15-1.22.m4a": "2026-03-15",
    "PTT-20260315-WA0001.opus": "2026-03-15",
    "1773475953123456.ogg": "2026-03-14 08:12:33.123456+00:00",
}

REFUSED = {
    "03-04-2026 08.12.m4a": "two dates",
    "03/04/2026.m4a": "two dates",
    "03-04-26 08.12.m4a": "two dates",
    "20-03-26 08.12.m4a": "two dates",
    "04032026_081233.m4a": "two dates",
    "30 February 2026.m4a": "no date of the calendar",
    "2026年2月30日.m4a": "no date of the calendar",
    "2026-03-14 at 13.12 PM.m4a": "no clock shows",
    "2026-03-14 and 2026-03-20.m4a": "several dates",
    "20260314_081233 20260315_091500 20260320.m4a": "several dates",
    "260314_0001.wav": "with a counter",
    "memo (conflicted copy 2026-03-20).m4a": "that of a copy",
    "1773475953 1773475999.m4a": "several Unix times",
}

NOTHING = (
    "New Recording 7.m4a TASCAM_0001.wav REC00012.wav 14-03-26.m4a 260315.m4a +642026031514.m4a 120260315.m4a "
    "d41d8cd98f001773475953ecf8427e.m4a +1773475953.m4a 0064211234567.m4a DVT_0007.wav IMG_1234.mov"
).split()


def said(name: str) -> str | None:
    found = read_name(name, date(2015, 1, 1), date(2026, 11, 26))
    return f"{found.day} {found.clock or ''}".strip() if found else None


@pytest.mark.parametrize(("name", "moment"), READ.items(), ids=list(READ))
def test_a_name_says_when_it_was(name: str, moment: str) -> None:
    assert said(name) == moment


@pytest.mark.parametrize(("name", "why"), REFUSED.items(), ids=list(REFUSED))
def test_a_name_that_cannot_be_or_has_two_meanings_is_refused_with_the_reason(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        said(name)


def test_other_digits_are_no_date() -> None:
    assert {name: said(name) for name in NOTHING if said(name)} == {}


def test_four_digits_that_may_count_are_no_time_and_that_is_said() -> None:
    found = read_name("20260315_0003.m4a", date(2015, 1, 1), date(2026, 11, 26))
    assert found is not None
    assert (found.clock, found.doubt) == (None, "'0003' may be a time or a counter")


DATES = "2026;2026-03;2026-03-14;20260314;14.3.2026;March 2026;14 mars 2026;2026年3月;03;2026-W11;KW 11".split(";")
RECORDERS = (
    "FOLDER01;Voice Memos;Sprachmemos;Mémos vocaux;Notas de voz;ボイスメモ;WhatsApp Voice Notes;Call Recordings;"
    "Recordings;100MEDIA;DSS_FLDA;ZOOM0001;My Recordings;Enregistrements;Grabaciones;Aufnahmen;DCIM;Easy Voice Recorder"
).split(";")
PEOPLE = "anna;May;Jan;Anna 2;Zoë;April;...;Interviews;日菜子;Roland;Mark;Augusta;Anna's iPhone;Seconda".split(";")


def test_folders_of_dates_and_recorders_are_told_from_those_of_people() -> None:
    assert [name for name in DATES if not is_date_folder(name)] == []
    assert [name for name in RECORDERS if not is_recorder_folder(name)] == []
    assert [name for name in PEOPLE if is_date_folder(name) or is_recorder_folder(name)] == []
