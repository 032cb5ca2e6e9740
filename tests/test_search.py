"""Search through the index: what counts as a match, that it follows the documents, and where private text is."""

import signal
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.home_index import FILE
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.folding import fold, grams, query
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.refresh import refresh
from diary_pipeline.views.search import search
from tests.command import diary as command
from tests.memos import memos
from tests.processes import run

DAY = "2026-03-14"
SAID: Mapping[str, Sequence[str]] = {
    f"{DAY} 08.00.wav": ["I called the dentist about my toothache.", "The blue bike is at the café in Zürich."],
    f"{DAY} 09.00.wav": ["昨日は東京タワーに行きました。", "我今天去了北京的图书馆。"],
    f"{DAY} 10.00.wav": ["Doctor Nguyin and I met at 10:30.", "The bike is blue, and the e-mail says AND or NOT."],
    "2026-03-16 08.00.wav": ["The secret is under the third stone.", "My dentist must never know."],
}
PRIVATE = "2026-03-16 08.00.wav"
FOUND = {
    "dentist": 2,
    "DENTIST": 2,
    "tooth": 1,
    "ache": 1,
    "cafe": 1,
    "café zurich": 1,
    "blue bike": 2,
    '"blue bike"': 1,
    "“blue bike”": 1,
    '"bike is blue"': 1,
    '"lue bike"': 0,
    "東京": 1,
    "京": 2,
    '"東京タワー"': 1,
    "图书馆": 1,
    "10:30": 1,
    "e-mail": 1,
    "AND": 2,
    "NOT": 1,
    "NEAR(dentist": 0,
    "dentist OR bike": 0,
    "*": 0,
    '"': 0,
    "'": 0,
    '""': 0,
    "blue* bike": 2,
    "🙂": 0,
    "dentist -- ; DROP TABLE": 0,
    "my": 2,
    "x" * 10_000: 0,
    "dentist " * 1_250: 2,
    " ".join(chr(0x4E00 + n) for n in range(5_000)): 0,
}


@contextmanager
def opened(home: Path, catalog: str | None = None) -> Iterator[Diary]:
    words = {recording_id("me", name, 1): list(said) for name, said in SAID.items()}
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, **({"catalog": catalog} if catalog else {}))
    with open_diary(settings, ScriptedEngine(lambda one: words[one], model="script")) as diary:
        yield diary


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """A diary of four memos, one of them private, with each kind of catalog."""
    home = tmp_path_factory.mktemp("searched") / "home"
    memos(home / "inbox", list(SAID))
    url = None
    if request.param == "postgresql":
        from tests.services import new_database

        url = new_database(request.getfixturevalue("postgres_server"))
    with opened(home, url) as diary:
        pipeline.process(diary)
        pipeline.set_privacy(diary, recording_id("me", PRIVATE, 1), "local_only")
        refresh(diary)
        yield diary


@pytest.mark.parametrize("words", FOUND, ids=lambda words: words[:20])
def test_a_search_finds_whole_and_part_words_phrases_and_text_without_blanks(words: str, place: Diary) -> None:
    hits = search(place, words)
    assert len(hits) == FOUND[words], [hit["text"] for hit in hits]
    assert [hit["day"] for hit in hits] == sorted((hit["day"] for hit in hits), reverse=True)
    assert all(hit["source"] in SAID for hit in hits)


def test_a_search_is_limited_and_of_one_author(place: Diary) -> None:
    assert [hit["day"] for hit in search(place, "dentist", limit=1)] == ["2026-03-16"]
    assert search(place, "dentist", author="anna") == []
    assert len(search(place, "dentist", author="me")) == 2


def test_a_name_is_found_as_it_was_heard_also_in_older_memos(place: Diary) -> None:
    folder = place.settings.root / "vocabulary"
    folder.mkdir(exist_ok=True)
    (folder / "me.learnt.txt").write_text("Nguyen\tNguyin\t2030-01-01\nMia Nguyen\tme a Gwen\n", "utf-8")
    assert ["Nguyin" in hit["text"] for hit in search(place, "nguyen")] == [True]
    assert ["Nguyin" in hit["text"] for hit in search(place, '"doctor nguyen"')] == [True]
    assert len(search(place, "nguyin")) == 1
    (folder / "me.learnt.txt").unlink()


def test_no_table_of_postgresql_has_a_word_of_a_private_memo(place: Diary) -> None:
    index = place.settings.root / FILE
    assert stat.S_IMODE(index.stat().st_mode) == 0o600
    assert [hit["recording"] for hit in search(place, "third stone")] == [recording_id("me", PRIVATE, 1)]
    if place.catalog.shared_index:
        assert words_in(place, "dentist") == ["search_entries"]
        assert words_in(place, "stone", "secret", "third", "never know") == []


def words_in(diary: Diary, *words: str) -> list[str]:
    """The tables of PostgreSQL in which one of *words* occurs."""
    with diary.catalog.database.reading() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return [
            name
            for name in tables
            for row in [connection.execute(text(f"SELECT lower(string_agg(t::text, ' ')) FROM \"{name}\" t")).scalar()]
            if row and any(word in row for word in words)
        ]


def test_a_memo_that_becomes_private_leaves_postgresql_with_the_statement_that_says_so(
    home: Path, postgres_url: str
) -> None:
    memos(home / "inbox", list(SAID))
    with opened(home, postgres_url) as diary:
        pipeline.process(diary)
        refresh(diary)
        assert words_in(diary, "third stone") == ["search_entries"]
        diary.catalog.recordings.update(recording_id("me", PRIVATE, 1), privacy="local_only")
        assert words_in(diary, "third stone") == []
        assert len(search(diary, "third stone")) == 1
        held = recording_id("me", f"{DAY} 08.00.wav", 1)
        diary.catalog.recordings.update(held, hold="Its sidecar is broken.")
        assert words_in(diary, "toothache") == []
        assert len(search(diary, "toothache")) == 1
        assert words_in(diary, "toothache", "third stone") == []
        diary.catalog.recordings.update(held, hold=None)
        assert len(search(diary, "toothache")) == 1
        assert words_in(diary, "toothache") == ["search_entries"]


def test_the_index_follows_the_documents_and_what_a_person_writes(home: Path) -> None:
    memos(home / "inbox", list(SAID))
    with opened(home) as diary:
        assert search(diary, "dentist") == []
        pipeline.process(diary)
        assert len(search(diary, "dentist")) == 2
        page = home / "days" / "me" / f"{DAY}.md"
        page.write_text(page.read_text("utf-8") + "\nOrdered a purple unicycle.\n", "utf-8")
        assert [(hit["kind"], hit["text"]) for hit in search(diary, "unicycle")] == [
            ("page", "Ordered a purple unicycle.")
        ]
        pipeline.process(diary)
        assert len(search(diary, "unicycle")) == 1
        diary.catalog.recordings.update(recording_id("me", PRIVATE, 1), superseded_by="0" * 16)
        assert search(diary, "third stone") == []


def test_an_index_that_is_lost_or_damaged_is_made_anew_and_rebuild_makes_one(home: Path) -> None:
    memos(home / "inbox", list(SAID))
    with opened(home) as diary:
        pipeline.process(diary)
        assert len(search(diary, "dentist")) == 2
    for damage in (b"", b"no database at all, but longer than a header of one" * 100):
        for file in home.glob(f"{FILE}*"):
            file.unlink()
        (home / FILE).write_bytes(damage)
        with opened(home) as diary:
            assert len(search(diary, "dentist")) == 2
    assert command(home, "rebuild", "--force").code == 0
    assert (home / FILE).stat().st_size > 0
    with opened(home) as diary:
        assert len(search(diary, "dentist")) == 2


def test_a_process_that_is_killed_while_it_indexes_loses_nothing(home: Path) -> None:
    memos(home / "inbox", list(SAID))
    with opened(home) as diary:
        pipeline.process(diary)
    assert run(indexing_until_killed, home) == -signal.SIGKILL
    with opened(home) as diary:
        assert len(search(diary, "dentist")) == 2
        assert len(search(diary, "bike")) == 2


def indexing_until_killed(home: Path) -> None:
    """Die when the first documents were read and nothing is written."""
    import os
    import sys

    def die(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and "/notes/" in str(arguments[0]):
            os.kill(os.getpid(), signal.SIGKILL)

    with opened(home) as diary:
        sys.addaudithook(die)
        refresh(diary)


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 12))
def test_whatever_part_of_a_text_is_asked_for_is_found_in_it(written: str, start: int, length: int) -> None:
    folded = fold(written)
    assert fold(folded) == folded
    part = folded[start : start + length].strip()
    asked = query(part)
    if any(len(word) == 1 for word in part.split()):
        return  # a single letter is a word of its own
    assert asked.matches(folded)
    known: Callable[[str], bool] = lambda gram: any(one.startswith(gram) for one in grams(folded))  # noqa: E731 - beside its use
    assert all(known(gram) for term in asked.terms for way in term for gram in way.grams)
