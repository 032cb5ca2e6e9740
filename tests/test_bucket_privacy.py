"""With a bucket as the store: what becomes private leaves the bucket, by its own listing, through crashes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from upath import UPath

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import day_view, transcript_of
from tests.becoming_private import WAYS, by_command, by_sidecar, in_bucket, leaks
from tests.memos import tone

DAY = "2026-03-14"
MEMO, OTHER = f"{DAY} 08.00.wav", f"{DAY} 09.00.wav"
SECRET = "The secret is under the third stone."
WORDS = "third stone"
STAGES = (pipeline.ingest, pipeline.transcribe, pipeline.write_notes, pipeline.compose_days)
MOMENTS = {"ingested": 1, "transcribed": 2, "done": 4}
"""How many stages have passed."""


@pytest.fixture
def two_memos(home: Path) -> Path:
    tone(home / "inbox" / MEMO, hertz=300)
    tone(home / "inbox" / OTHER, hertz=400)
    return home


@contextmanager
def opened(home: Path, bucket: str, sentences: Sequence[str] = (SECRET,), model: str = "script") -> Iterator[Diary]:
    """The diary of a new process; every memo but the other one says *sentences*."""
    from diary_pipeline.catalog.recordings import recording_id

    plain = recording_id("me", OTHER, 1)
    settings = Settings.load(home=home, store=f"{bucket}/diary", timezone="UTC", settle_seconds=0)
    engine = ScriptedEngine(lambda one: ["Good morning."] if one == plain else sentences, model=model)
    with open_diary(settings, engine) as diary:
        yield diary


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_whatever_makes_a_memo_private_leaves_nothing_of_it_in_the_bucket(
    way: str, moment: str, two_memos: Path, gcs_bucket: str
) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        for stage in (pipeline.ingest, pipeline.transcribe, pipeline.write_notes, pipeline.compose_days)[
            : MOMENTS[moment]
        ]:
            stage(diary)
        assert (leaks(diary, gcs_bucket, WORDS) != []) == (MOMENTS[moment] > 1)
        WAYS[way](diary, two_memos / "inbox" / MEMO)
        pipeline.discover(diary)
        assert leaks(diary, gcs_bucket, WORDS) == []
        summary = pipeline.process(diary)
        assert (summary.failed, leaks(diary, gcs_bucket, WORDS)) == (0, [])
        page = page_at_home(diary)
        assert (page.count(f"{SECRET} "), page.count("Good morning. ")) == (1, 1)
        outside = in_bucket(gcs_bucket)[f"{gcs_bucket.removeprefix('gs://')}/diary/days/me/{DAY}.md"]
        assert b"a private memo" in outside
        assert b"Good morning" in outside
        assert pipeline.process(diary).attempts == 0
        assert diary.catalog.privacy.outside() == []


def page_at_home(diary: Diary) -> str:
    """The page as the one who keeps the diary sees it."""
    recording = next(r for r, _ in diary.catalog.recordings.all() if r.day)
    assert recording.day is not None
    return str(day_view(diary, recording.day, "me")["markdown"])


def test_words_that_only_a_better_model_understands_bring_everything_home(two_memos: Path, gcs_bucket: str) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.process(diary)
        assert leaks(diary, gcs_bucket, WORDS) != []
    with opened(two_memos, gcs_bucket, ("Private.", SECRET), model="better") as diary:
        assert pipeline.process(diary, wanted="stale").failed == 0
        assert leaks(diary, gcs_bucket, WORDS) == []
        assert SECRET in page_at_home(diary)


def test_bytes_kept_of_a_page_in_another_encoding_come_home_too(two_memos: Path, gcs_bucket: str) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.process(diary)
        page = diary.store.at(f"days/me/{DAY}.md", "standard")
        page.write_bytes(f"{page.read_text('utf-8')}\nDéjà vu, naïve.\n".encode("cp1252"))
        tone(two_memos / "inbox" / f"{DAY} 22.00.wav", hertz=500)
        pipeline.process(diary)
        assert [name for name in leaks(diary, gcs_bucket, WORDS) if name.endswith(".bak")] != []
        for recording, _ in diary.catalog.recordings.all():
            pipeline.set_privacy(diary, recording.id, "local_only")
        assert pipeline.process(diary).failed == 0
        assert leaks(diary, gcs_bucket, WORDS) == []
        assert list((two_memos / "days" / "me").glob("*.bak")) != []


def test_audio_is_in_the_bucket_only_after_its_words_are_known(two_memos: Path, gcs_bucket: str) -> None:
    with opened(two_memos, gcs_bucket, ("Private note.", SECRET)) as diary:
        pipeline.ingest(diary)
        audio = {r.path: r.audio or "" for r, _ in diary.catalog.recordings.all()}
        assert in_bucket(gcs_bucket) == {}
        pipeline.transcribe(diary)
        assert [name.partition("/diary/")[2] for name in in_bucket(gcs_bucket) if "/audio/" in name] == [audio[OTHER]]
        assert (two_memos / audio[MEMO]).exists()
        assert not (two_memos / audio[OTHER]).exists(), "the bucket has it"


def test_another_machine_takes_audio_that_is_not_in_the_bucket_yet_from_the_inbox(
    two_memos: Path, gcs_bucket: str, tmp_path: Path
) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.ingest(diary)
        catalog, inbox = diary.settings.catalog_url, str(two_memos / "inbox")
    settings = Settings.load(
        home=tmp_path / "second", inbox=inbox, catalog=catalog, store=f"{gcs_bucket}/diary", timezone="UTC"
    )
    with open_diary(settings, ScriptedEngine(lambda _: [SECRET])) as second:
        assert pipeline.transcribe(second).faults == []
    with opened(two_memos, gcs_bucket) as diary:
        assert pipeline.process(diary).failed == 0
        assert all(transcript_of(diary, r) for r, _ in diary.catalog.recordings.all())


def test_without_the_inbox_it_waits_for_the_machine_that_has_it_and_says_so(
    two_memos: Path, gcs_bucket: str, tmp_path: Path
) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.ingest(diary)
        catalog = diary.settings.catalog_url
    settings = Settings.load(home=tmp_path / "second", catalog=catalog, store=f"{gcs_bucket}/diary", timezone="UTC")
    with open_diary(settings, ScriptedEngine(lambda _: [SECRET])) as second:
        faults = pipeline.transcribe(second).faults
    assert len(faults) == 2
    assert all("If another machine has ingested it" in fault.reason and not fault.permanent for fault in faults)
    with opened(two_memos, gcs_bucket) as diary:
        assert pipeline.process(diary).failed == 0


def test_edits_of_the_page_in_the_bucket_come_home_with_it(two_memos: Path, gcs_bucket: str) -> None:
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.process(diary)
        page = UPath(gcs_bucket) / "diary" / "days" / "me" / f"{DAY}.md"
        page.write_text(page.read_text() + "\nMy own line.\n")
        by_command(diary, two_memos / "inbox" / MEMO)
        assert not page.exists()
        pipeline.process(diary)
        assert "My own line." in page_at_home(diary)
        assert leaks(diary, gcs_bucket, WORDS) == []


def test_a_page_that_both_places_have_is_kept_beside_where_a_person_edited_it(two_memos: Path, gcs_bucket: str) -> None:
    tone(two_memos / "inbox" / "private" / f"{DAY} 10.00.wav", hertz=500)
    with opened(two_memos, gcs_bucket) as diary:
        pipeline.process(diary)
        page = UPath(gcs_bucket) / "diary" / "days" / "me" / f"{DAY}.md"
        page.write_text(page.read_text() + "\nMy own line.\n")
        by_command(diary, two_memos / "inbox" / MEMO)
        pipeline.process(diary)
        kept = list((two_memos / "days" / "me").glob(f"{DAY}.*.md"))
        assert ["My own line." in file.read_text() for file in kept] == [True]
        assert leaks(diary, gcs_bucket, WORDS) == []


def test_a_loosened_memo_is_read_wherever_its_documents_are(two_memos: Path, gcs_bucket: str) -> None:
    by_sidecar_first = two_memos / "inbox" / MEMO
    with opened(two_memos, gcs_bucket) as diary:
        by_sidecar(diary, by_sidecar_first)
        pipeline.process(diary)
        recording = next(r for r, _ in diary.catalog.recordings.all() if r.path == MEMO)
        pipeline.set_privacy(diary, recording.id, "standard")
        assert pipeline.process(diary).failed == 0
        page = in_bucket(gcs_bucket)[f"{gcs_bucket.removeprefix('gs://')}/diary/days/me/{DAY}.md"]
        assert SECRET.encode() in page
        pipeline.set_privacy(diary, recording.id, "local_only")
        assert pipeline.process(diary).failed == 0
        assert leaks(diary, gcs_bucket, WORDS) == []
