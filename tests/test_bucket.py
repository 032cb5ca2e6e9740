"""The same diary with its documents in a bucket: an emulator of Google Cloud Storage over the real wire."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from upath import UPath

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.notes.day import compose_blocks
from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.publish import Page, publish
from diary_pipeline.schema import DiaryDay
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import day_view
from tests.bucket_proxy import bucket_proxy
from tests.edited_pages import LAST, MORNING
from tests.memos import day_names, memos, tone
from tests.page_entries import DAY as MARCH
from tests.page_entries import MADE

DAY = "2026-03-14"


def sentences(identity: str) -> list[str]:
    return [f"This is what {identity} says.", "The colour of the boat was green."]


def test_a_folder_of_memos_becomes_a_page_in_the_bucket_and_again_nothing(home: Path, gcs_bucket: str) -> None:
    memos(home / "inbox", day_names(DAY, 3))
    diary = open_diary(Settings.load(home=home, store=f"{gcs_bucket}/diary", timezone="UTC"), ScriptedEngine(sentences))
    summary = pipeline.process(diary)
    assert (summary.transcribed, summary.written, summary.failed, len(summary.days)) == (3, 3, 0, 1)
    page = (UPath(gcs_bucket) / "diary" / "days" / "me" / f"{DAY}.md").read_text()
    recordings = [r for r, _ in diary.catalog.recordings.all()]
    assert all(f"This is what {r.id} says" in page for r in recordings)
    assert pipeline.process(diary).attempts == 0
    diary.close()


def test_memos_that_arrive_through_a_bucket_are_taken_in_and_left_there(home: Path, gcs_bucket: str) -> None:
    inbox = UPath(gcs_bucket) / "inbox"
    for file in memos(home / "elsewhere", day_names(DAY, 2)):
        (inbox / "anna" / file.name).write_bytes(file.read_bytes())
    diary = open_diary(
        Settings.load(home=home, inbox=str(inbox), store=f"{gcs_bucket}/diary", timezone="UTC"),
        ScriptedEngine(sentences),
    )
    summary = pipeline.process(diary)
    recordings = [r for r, _ in diary.catalog.recordings.all()]
    assert (summary.transcribed, summary.failed) == (2, 0)
    assert {r.author for r in recordings} == {"anna"}
    assert len(list((inbox / "anna").iterdir())) == 2
    diary.close()


def test_what_is_private_lies_only_in_the_home(home: Path, gcs_bucket: str) -> None:
    tone(home / "inbox" / f"{DAY} 08.00.wav", hertz=300)
    tone(home / "inbox" / f"{DAY} 09.00.wav", hertz=400)
    tone(home / "inbox" / "private" / f"{DAY} 10.00.wav", hertz=500)
    diary = open_diary(
        Settings.load(home=home, store=f"{gcs_bucket}/diary", timezone="UTC"), ScriptedEngine(speaking_privately())
    )
    assert pipeline.process(diary).failed == 0
    private = {r.source: r for r, _ in diary.catalog.recordings.all() if r.privacy == "local_only"}
    assert set(private) == {f"{DAY} 09.00.wav", f"{DAY} 10.00.wav"}
    everything = [(str(file), file.read_bytes()) for file in UPath(gcs_bucket).rglob("*") if file.is_file()]
    assert everything
    for name, data in everything:
        assert b"secret" not in data
        for recording in private.values():
            assert f"/{recording.id}" not in name
    assert all((home / (recording.audio or "")).exists() for recording in private.values())
    full = day_view(diary, next(iter(private.values())).day, "me")["markdown"]  # type: ignore[arg-type]
    assert full.count("This is a secret. ") == 2
    diary.close()


def speaking_privately() -> Callable[[str], Sequence[str]]:
    """Every memo tells a secret but the first; the second says so aloud, the third lies in the private folder."""

    def say(identity: str) -> list[str]:
        from diary_pipeline.catalog.recordings import recording_id

        if identity == recording_id("me", f"{DAY} 08.00.wav", 1):
            return ["Good morning."]
        opening = ["Private note."] if identity == recording_id("me", f"{DAY} 09.00.wav", 1) else []
        return [*opening, "This is a secret."]

    return say


def test_of_two_that_write_one_document_at_once_the_bucket_lets_the_first_win(
    home: Path, gcs_server: str, gcs_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "notes/0123/4567.json"
    with bucket_proxy(gcs_server) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
        type(UPath(gcs_bucket).fs).clear_instance_cache()
        store = Store(f"{gcs_bucket}/diary", home, 15)
        assert store.write_new(place, b"the first", "standard")
        proxy.hidden.add(f"diary/{place}")  # to the second it looks as if there were none
        assert not store.write_new(place, b"the second", "standard")
        proxy.hidden.clear()
        assert (store.read(place, "standard"), proxy.refused) == (b"the first", 1)
    type(UPath(gcs_bucket).fs).clear_instance_cache()


def test_a_page_that_is_saved_into_the_bucket_while_it_is_written_keeps_what_was_saved(
    home: Path, gcs_server: str, gcs_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"days/me/{DAY}"
    with bucket_proxy(gcs_server) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
        type(UPath(gcs_bucket).fs).clear_instance_cache()
        store = Store(f"{gcs_bucket}/diary", home, 15)
        for memos_of_day, own in (([MORNING], "own first"), ([MORNING, LAST], "own second")):
            saved = (store.read(f"{path}.md", "standard") or b"") + f"\n{own}\n".encode()
            proxy.meanwhile[f"diary/{path}.md"] = saved  # after the diary has read the page, and before it writes
            composed = compose_blocks(MARCH, memos_of_day)
            made = DiaryDay(
                author="me",
                day=MARCH,
                recordings=(),
                markdown=render(composed),
                provenance=MADE,
                blocks=tuple(composed),
            )
            assert publish(store, Page(path, "standard", "standard", made), lambda line: line, lambda: True)
        page = (store.read(f"{path}.md", "standard") or b"").decode()
        assert (proxy.refused, proxy.meanwhile) == (2, {})
        assert [page.count(one) for one in ("own first", "own second", "We painted", "Quiet evening. [")] == [1] * 4
    type(UPath(gcs_bucket).fs).clear_instance_cache()


def test_a_held_memo_is_on_no_page_of_the_bucket_and_goes_no_further(home: Path, gcs_bucket: str) -> None:
    tone(home / "inbox" / f"{DAY} 08.00.wav", hertz=300)
    held = tone(home / "inbox" / f"{DAY} 09.00.wav", hertz=400)
    diary = open_diary(
        Settings.load(home=home, store=gcs_bucket, timezone="UTC", settle_seconds=0), ScriptedEngine(sentences)
    )
    assert pipeline.process(diary).failed == 0
    page = UPath(gcs_bucket) / "days" / "me" / f"{DAY}.md"
    known = {r.source: r.id for r, _ in diary.catalog.recordings.all()}
    words = f"This is what {known[held.name]} says."
    before = page.read_text()
    assert words in before
    held.with_suffix(".json").write_text('{"private": true}')
    assert pipeline.process(diary).failed == 0
    assert words not in page.read_text()
    assert f"This is what {known[f'{DAY} 08.00.wav']} says." in page.read_text()
    late = tone(home / "inbox" / f"{DAY} 10.00.wav", hertz=500)
    late.with_suffix(".json").write_text('{"private": true}')
    assert pipeline.process(diary).transcribed == 0
    assert len(list((UPath(gcs_bucket) / "audio").iterdir())) == 2
    held.with_suffix(".json").unlink()
    assert pipeline.process(diary).failed == 0
    assert page.read_text() == before
    diary.close()
