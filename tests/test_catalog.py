"""The catalog's promises, the same on SQLite and PostgreSQL: claims are exclusive, leases expire, history is kept."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection

from diary_pipeline.catalog import Arrival, Catalog, Subject
from diary_pipeline.catalog.privacy import PrivateBytes, class_of, record, tighten

DAY = date(2026, 3, 14)
MOMENT = datetime(2026, 3, 14, 8, 12, tzinfo=timezone(timedelta(hours=13)))
MEMO = Subject("memo", "f1")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def new_catalog(request: pytest.FixtureRequest) -> Iterator[Callable[[float], Catalog]]:
    """Opens the same database as often as it is called, with a lease of so many seconds."""
    url = (
        request.getfixturevalue("postgres_url")
        if request.param == "postgresql"
        else f"sqlite:///{request.getfixturevalue('tmp_path')}/catalog.db"
    )
    opened: list[Catalog] = []

    def open_it(lease_seconds: float = 60.0) -> Catalog:
        opened.append(Catalog.open(url, timeout_seconds=10, lease_seconds=lease_seconds))
        return opened[-1]

    yield open_it
    for catalog in opened:
        catalog.close()


@pytest.fixture
def catalog(new_catalog: Callable[[float], Catalog]) -> Catalog:
    return new_catalog(60.0)


def arrival(path: str = "a.wav", **more: object) -> Arrival:
    base = {"source": path, "author": "me", "seen": "1:1:1", "recorded_at": MOMENT, "dated_by": "file name", "day": DAY}
    return Arrival(path=path, **{**base, **more})  # type: ignore[arg-type]


def test_what_one_claims_nobody_else_gets(catalog: Catalog) -> None:
    assert len(catalog.attempts.claim("transcribe", [MEMO], "one", None, 10)) == 1
    assert catalog.attempts.claim("transcribe", [MEMO], "two", None, 10) == []
    assert len(catalog.attempts.claim("write", [MEMO], "two", None, 10)) == 1, "another stage is other work"


def test_what_is_done_is_not_claimed_again_until_its_fingerprint_changes(catalog: Catalog) -> None:
    (claim,) = catalog.attempts.claim("transcribe", [MEMO], "one", None, 10)
    assert catalog.attempts.finish(claim, "ok", document="transcripts/memo/f1.json")
    assert catalog.attempts.claim("transcribe", [MEMO], "two", None, 10) == []
    assert len(catalog.attempts.claim("transcribe", [Subject("memo", "f2")], "two", None, 10)) == 1
    assert catalog.attempts.succeeded("transcribe", ["memo"]) == {("memo", "f1"): "transcripts/memo/f1.json"}


def test_a_claim_whose_lease_ran_out_is_taken_over_and_its_old_holder_commits_nothing(
    new_catalog: Callable[[float], Catalog],
) -> None:
    late, heir = new_catalog(-1.0), new_catalog(60.0)
    (old,) = late.attempts.claim("transcribe", [MEMO], "late", None, 10)
    (new,) = heir.attempts.claim("transcribe", [MEMO], "heir", None, 10)
    committed: list[str] = []

    def commit(_: Connection) -> bool:
        committed.append("late")
        return True

    assert not late.attempts.finish(old, "ok", document="of the late one", also=commit)
    assert heir.attempts.finish(new, "ok", document="of the heir")
    assert committed == []
    assert heir.attempts.succeeded("transcribe", ["memo"]) == {("memo", "f1"): "of the heir"}


def test_a_renewed_lease_does_not_run_out(new_catalog: Callable[[float], Catalog]) -> None:
    short, long = new_catalog(-1.0), new_catalog(60.0)
    (claim,) = short.attempts.claim("transcribe", [MEMO], "worker", None, 10)
    assert long.attempts.renew("worker") == 1
    assert long.attempts.claim("transcribe", [MEMO], "other", None, 10) == []
    assert short.attempts.finish(claim, "ok")


def test_what_a_dead_worker_held_comes_alone_from_then_on_however_often_workers_die(catalog: Catalog) -> None:
    other, fresh = Subject("other", "f1"), Subject("fresh", "f1")
    assert len(catalog.attempts.claim("transcribe", [MEMO, other], "worker", "first", 10)) == 2
    assert catalog.attempts.release_run("first") == 2
    (first,) = catalog.attempts.claim("transcribe", [MEMO, other, fresh], "worker", "second", 10)
    assert (first.subject, first.suspect) == (fresh, False)
    for number in range(5):
        (claim,) = catalog.attempts.claim("transcribe", [MEMO, other], "worker", f"again{number}", 10)
        assert (claim.subject, claim.suspect) == (MEMO, True)
        catalog.attempts.release_run(f"again{number}")


def test_a_cancelled_run_and_a_polite_stop_leave_no_suspects(catalog: Catalog) -> None:
    other = Subject("other", "f1")
    catalog.attempts.claim("transcribe", [MEMO, other], "worker", "run", 10)
    assert catalog.attempts.release_run("run", died=False) == 2
    assert not [c for c in catalog.attempts.claim("transcribe", [MEMO, other], "stopped", None, 10) if c.suspect]
    assert catalog.attempts.release("stopped") == 2
    assert not [c for c in catalog.attempts.claim("transcribe", [MEMO, other], "worker", None, 10) if c.suspect]


def test_a_suspect_that_was_tried_is_none_any_more_unless_its_child_died(catalog: Catalog) -> None:
    catalog.attempts.claim("transcribe", [MEMO], "worker", "dead", 10)
    catalog.attempts.release_run("dead")
    for outcome, suspect, crashes in (("released", True, 0), ("crashed", True, 1), ("error", False, 1)):
        (claim,) = catalog.attempts.claim("transcribe", [MEMO], "worker", None, 10)
        assert claim.suspect
        catalog.attempts.finish(claim, outcome)  # type: ignore[arg-type]
        history = catalog.attempts.history(claim)
        assert (history.suspect, history.crashes) == (suspect, crashes)


def test_progress_is_told_while_somebody_is_at_it_and_forgotten_however_it_ends(
    new_catalog: Callable[[float], Catalog],
) -> None:
    catalog = new_catalog(60.0)

    def under_way() -> list[tuple[str, float]]:
        return [(work.subject, work.share) for work in catalog.attempts.under_way()]

    (claim,) = catalog.attempts.claim("transcribe", [MEMO], "worker", None, 10)
    assert under_way() == []
    catalog.attempts.record_progress(claim, 0.25, None)
    catalog.attempts.record_progress(claim, 0.5, 90)
    (work,) = catalog.attempts.under_way()
    assert (work.subject, work.stage, work.share) == ("memo", "transcribe", 0.5)
    assert work.seconds_left is not None
    assert 30 < work.seconds_left <= 90
    catalog.attempts.finish(claim, "released")
    catalog.attempts.record_progress(claim, 0.75, 1)
    assert under_way() == [], "a closed claim hears nothing more"

    (claim,) = catalog.attempts.claim("transcribe", [MEMO], "worker", "dead", 10)
    catalog.attempts.record_progress(claim, 0.5, 90)
    catalog.attempts.release_run("dead")
    assert under_way() == []
    (late,) = new_catalog(-1.0).attempts.claim("write", [MEMO], "late", None, 10)
    catalog.attempts.record_progress(late, 0.5, 90)
    assert under_way() == [], "nobody renews its lease"
    catalog.attempts.claim("write", [MEMO], "heir", None, 10)
    assert {(attempt["progress"], attempt["done_by"]) for attempt in catalog.attempts.of()} == {(None, None)}


def test_a_commit_and_what_belongs_to_it_are_one(catalog: Catalog) -> None:
    identity = catalog.recordings.register(arrival(), 1)
    (claim,) = catalog.attempts.claim("ingest", [Subject(identity, "f")], "worker", None, 10)
    assert not catalog.attempts.finish(claim, "ok", also=lambda _: False)
    assert catalog.attempts.of([identity])[-1]["outcome"] is None, "the claim is open as before"


def test_a_recording_keeps_its_moment_with_the_authors_offset(catalog: Catalog) -> None:
    identity = catalog.recordings.register(arrival(), 1)
    (recording,) = catalog.recordings.get([identity])
    assert (recording.recorded_at, recording.day, recording.dated_by) == (MOMENT, DAY, "file name")
    assert recording.recorded_at is not None
    assert recording.recorded_at.utcoffset() == timedelta(hours=13)


def test_a_file_that_two_processes_see_at_once_is_one_recording_and_its_privacy_only_tightens(catalog: Catalog) -> None:
    first = catalog.recordings.register(arrival(privacy="local_only"), 1)
    assert catalog.recordings.register(arrival(), 1) == first
    assert [(r.id, r.privacy) for r, _ in catalog.recordings.all()] == [(first, "local_only")]


def test_a_sidecar_that_comes_later_may_name_another_author_and_the_id_stays(catalog: Catalog) -> None:
    first = catalog.recordings.register(arrival(), 1)
    assert catalog.recordings.register(arrival(author="anna"), 1) == first
    assert [r.author for r in catalog.recordings.get([first])] == ["anna"]


def test_new_work_is_what_was_never_done_and_rests_a_while_after_a_failure(catalog: Catalog) -> None:
    identity = catalog.recordings.register(arrival(), 1)
    assert catalog.queue.new_work() == {DAY: [(identity, 0)]}
    (claim,) = catalog.attempts.claim("transcribe", [Subject(identity, "f")], "worker", None, 10)
    catalog.attempts.finish(claim, "error", error="the world was not ready")
    assert catalog.queue.new_work() == {}


def test_a_note_without_its_page_is_new_work_until_the_page_is_composed(catalog: Catalog) -> None:
    identity = catalog.recordings.register(arrival(), 1)
    (claim,) = catalog.attempts.claim("write", [Subject(identity, "f")], "worker", None, 10)
    catalog.attempts.finish(claim, "ok", document="note")
    assert catalog.queue.new_work() == {DAY: [(f"me/{DAY}", 0)]}
    (page,) = catalog.attempts.claim("compose", [Subject(f"me/{DAY}", "f")], "worker", None, 10)
    catalog.attempts.finish(page, "ok", document="page")
    assert catalog.queue.new_work() == {}


def test_a_corrected_date_makes_both_pages_stale(catalog: Catalog) -> None:
    identity = catalog.recordings.register(arrival(), 1)
    for day in (DAY, DAY + timedelta(days=1)):
        (page,) = catalog.attempts.claim("compose", [Subject(f"me/{day}", "f")], "worker", None, 10)
        catalog.attempts.finish(page, "ok", document="page")
    (recording,) = catalog.recordings.get([identity])
    catalog.recordings.redate(recording, arrival(day=DAY + timedelta(days=1), recorded_at=MOMENT + timedelta(days=1)))
    assert catalog.attempts.stale_pages(None) == [("me", DAY), ("me", DAY + timedelta(days=1))]


def ingested(catalog: Catalog, path: str, sha256: str = "a", **more: object) -> str:
    identity = catalog.recordings.register(arrival(path, **more), 1)
    catalog.recordings.update(identity, sha256=sha256, audio=f"audio/{identity}.wav")
    return identity


def test_evidence_holds_for_all_recordings_of_the_same_bytes_and_a_person_loosens_one(catalog: Catalog) -> None:
    mine, hers = ingested(catalog, "a.wav"), ingested(catalog, "anna/a.wav", author="anna")
    other = ingested(catalog, "b.wav", "b")
    catalog.recordings.register(arrival("private/a.wav", privacy="local_only"), 1, PrivateBytes("a", "folder"))
    assert [catalog.privacy.now(one) for one in (mine, hers, other)] == ["local_only", "local_only", "standard"]
    assert catalog.privacy.outside() == sorted([mine, hers])
    assert catalog.privacy.decide(mine, "standard", "a") == [mine]
    with catalog.database.writing() as connection:
        record(connection, "a", "local_only", "spoken", hers)
        assert tighten(connection, "a") == [mine], "what is found later tightens again"
        record(connection, "a", "local_only", "spoken", mine)
        assert [class_of(connection, "a", one) for one in (mine, None)] == ["local_only"] * 2
    assert [row["source"] for row in catalog.privacy.explain(mine)] == ["folder", "person", "spoken"]


def test_a_version_that_supersedes_a_private_one_is_private(catalog: Catalog) -> None:
    older, newer = ingested(catalog, "a.wav"), ingested(catalog, "b.wav", "b")
    catalog.privacy.decide(older, "local_only", "a")
    assert catalog.privacy.now(newer) == "standard"
    catalog.recordings.update(older, superseded_by=newer)
    with catalog.database.writing() as connection:
        assert tighten(connection, "b") == [newer]


def test_a_recording_came_home_only_when_nobody_works_on_it(catalog: Catalog) -> None:
    identity = ingested(catalog, "a.wav")
    (claim,) = catalog.attempts.claim("write", [Subject(identity, "f")], "worker", None, 10)
    catalog.privacy.decide(identity, "local_only", "a")
    assert not catalog.privacy.came_home(identity), "its worker may not know yet"
    catalog.attempts.finish(claim, "ok")
    assert catalog.privacy.outside() == [identity]
    assert catalog.privacy.came_home(identity)
    assert catalog.privacy.outside() == []
    catalog.privacy.decide(identity, "standard", "a")
    catalog.privacy.decide(identity, "local_only", "a")
    assert catalog.privacy.outside() == [identity], "it may have gone out meanwhile"


def test_moments_without_a_zone_are_refused(catalog: Catalog) -> None:
    with pytest.raises(Exception, match="a moment needs a time zone"):
        catalog.recordings.register(
            arrival(recorded_at=datetime(2026, 3, 14, 8, 12, tzinfo=UTC).replace(tzinfo=None)), 1
        )
