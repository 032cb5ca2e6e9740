"""What the catalog knows of results, the same on SQLite and PostgreSQL: which is in use, who may redo it, who moved."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from diary_pipeline.catalog import Arrival, Catalog, Subject

MOMENT = datetime(2026, 3, 14, 8, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/catalog.db" if is_sqlite else str(request.getfixturevalue("postgres_url"))
    opened = Catalog.open(url, timeout_seconds=10, lease_seconds=60.0)
    yield opened
    opened.close()


def make(catalog: Catalog, fingerprint: str, inputs: str, outcome: str = "ok", name: str = "memo") -> int:
    """One attempt that has ended; its token."""
    newest = catalog.results.of("write", [name])
    since = newest[name].last if name in newest else 0
    (claim,) = catalog.attempts.claim("write", [Subject(name, fingerprint, inputs, since)], "worker", None, 1)
    catalog.attempts.finish(claim, outcome, document=f"notes/{fingerprint}-{claim.token}.json")  # type: ignore[arg-type]
    return claim.token


def test_the_newest_result_is_in_use_whatever_made_it_and_a_failure_changes_nothing(catalog: Catalog) -> None:
    assert catalog.results.document("write", "memo") is None
    make(catalog, "f1", "a")
    second = make(catalog, "f2", "b")
    third = make(catalog, "f1", "a")
    assert catalog.results.document("write", "memo") == f"notes/f1-{third}.json"
    last = make(catalog, "f3", "c", "failed")
    made = catalog.results.of("write", ["memo"])["memo"]
    assert made.newest is not None
    assert (made.newest.token, made.newest.inputs, made.last, made.failed) == (third, "a", last, {"f3"})
    assert made.documents["f2"] == f"notes/f2-{second}.json"


def test_a_placeholder_is_in_use_until_there_is_a_result(catalog: Catalog) -> None:
    make(catalog, "f1", "a", "interim")
    assert (
        catalog.results.document(
            "write",
            "memo",
        )
        is not None
    )
    token = make(catalog, "f1", "a")
    make(catalog, "f2", "b", "interim")
    assert catalog.results.document("write", "memo") == f"notes/f1-{token}.json"


def test_what_is_redone_is_claimed_once_by_those_who_found_the_same_result(catalog: Catalog) -> None:
    token = make(catalog, "f1", "a")
    again = Subject("memo", "f1", "a", token, "redo")
    (claim,) = catalog.attempts.claim("write", [again], "one", None, 1)
    assert claim.subject.wanted == "redo"
    assert catalog.attempts.claim("write", [again], "two", None, 1) == [], "somebody is at it"
    catalog.attempts.finish(claim, "ok", document="notes/f1-again.json")
    assert catalog.attempts.claim("write", [again], "two", None, 1) == [], "it was redone since"
    assert len(catalog.attempts.claim("write", [Subject("memo", "f1", "a", claim.token)], "two", None, 1)) == 1


def test_faults_before_the_last_result_do_not_count_against_the_next_try(catalog: Catalog) -> None:
    make(catalog, "f1", "a", "fault")
    make(catalog, "f1", "a", "fault")
    token = make(catalog, "f1", "a")
    (claim,) = catalog.attempts.claim("write", [Subject("memo", "f1", "a", token)], "worker", None, 1)
    assert catalog.attempts.history(claim).faults == 0


def arrival(path: str, **more: object) -> Arrival:
    base = {"source": path, "author": "me", "seen": "1:1:1", "recorded_at": MOMENT, "dated_by": "file name"}
    return Arrival(path=path, **{**base, "day": date(2026, 3, 14), **more})  # type: ignore[arg-type]


def test_a_recording_takes_its_new_path_and_its_copy_the_former_one(catalog: Catalog) -> None:
    first, copy = (catalog.recordings.register(arrival(path), 1) for path in ("a.wav", "b.wav"))
    catalog.recordings.update(first, audio="audio/a.wav", sha256="0" * 64, size=9)
    catalog.recordings.update(copy, duplicate_of=first, sha256="0" * 64, size=9)
    (old,) = catalog.recordings.get([first])
    catalog.recordings.redate(old, arrival("b.wav"))
    assert [(r.id, r.path, r.source) for r in catalog.recordings.get([first, copy])] == [
        (first, "b.wav", "b.wav"),
        (copy, "a.wav", "b.wav"),
    ]
    assert catalog.recordings.sizes([first, "unknown"]) == {first: (9, "0" * 64)}


def test_what_lies_at_a_former_path_is_another_recording(catalog: Catalog) -> None:
    first = catalog.recordings.register(arrival("a.wav"), 1)
    catalog.recordings.update(first, audio="audio/a.wav")
    catalog.recordings.redate(catalog.recordings.get([first])[0], arrival("b.wav"))
    second = catalog.recordings.register(arrival("a.wav"), 1)
    assert second != first
    assert {path: known.id for path, known in catalog.recordings.known().items()} == {"a.wav": second, "b.wav": first}


@pytest.mark.parametrize("moved", [True, False])
def test_a_waiting_recording_follows_its_file(catalog: Catalog, *, moved: bool) -> None:
    first = catalog.recordings.register(arrival("a.wav"), 1)
    second = catalog.recordings.register(arrival("b.wav"), 1, None, first if moved else None)
    assert (second == first) == moved
    assert len(catalog.recordings.all()) == (1 if moved else 2)
