"""Pages in a home, as people save and delete them: encodings, saves at the wrong moment, old buffers, damaged notes."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.notes.page.parse import NEW
from diary_pipeline.notes.page.publish import Page, publish, read_day
from diary_pipeline.notes.pages import put_back
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from diary_pipeline.views.show import day_view
from tests.memos import tone

DAY = "2026-03-14"
OWN = "My own words — “naïve”, déjà vu."


def said(identity: str) -> Sequence[str]:
    return [
        f"The box {identity} stood in the hall.",
        f"I need to buy bread for box {identity}.",
        "We painted the fence.",
    ]


@pytest.fixture
def diary(home: Path) -> Iterator[Diary]:
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with closing(open_diary(settings, ScriptedEngine(said))) as opened:
        yield opened


def arrive(diary: Diary, *hours: int) -> Summary:
    for hour in hours:
        tone(diary.settings.root / "inbox" / f"{DAY} {hour:02}.30.wav", seconds=0.02, hertz=100.0 * hour)
    return pipeline.process(diary)


def page_of(diary: Diary) -> Path:
    return diary.settings.root / "days" / "me" / f"{DAY}.md"


def ids(diary: Diary) -> list[str]:
    """The memos by time."""
    return [recording.id for recording, _ in diary.catalog.recordings.all()]


SAVED: dict[str, tuple[Callable[[str], bytes], bool]] = {
    "UTF-8 with a byte order mark": (lambda text: text.encode("utf-8-sig"), True),
    "UTF-16": (lambda text: text.encode("utf-16"), False),
    "UTF-16 without a mark": (lambda text: text.encode("utf-16-le"), False),
    "Windows-1252": (lambda text: text.encode("cp1252"), False),
    "Mac Roman": (lambda text: text.encode("mac_roman"), False),
    "a line in Windows-1252": (lambda text: text.replace(OWN, "").encode() + OWN.encode("cp1252"), False),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_page_in_another_encoding_is_read_and_its_bytes_are_kept(diary: Diary, how: str) -> None:
    encode, is_utf8 = SAVED[how]
    arrive(diary, 8)
    page = page_of(diary)
    bytes_saved = encode(page.read_text("utf-8").replace("- [ ]", "- [x]") + f"\n{OWN}\n")
    page.write_bytes(bytes_saved)
    summary = arrive(diary, 9)
    text = page.read_text("utf-8-sig")
    assert OWN in text
    assert (text.count("- [x]"), text.count("- [ ]"), text.count("# Saturday"), summary.conflicts) == (1, 1, 1, 0)
    kept = [file.read_bytes() for file in page.parent.glob(f"{DAY}.md.*.bak")]
    assert kept == ([] if is_utf8 else [bytes_saved])
    assert len(summary.notices) == len(kept)
    assert page.read_bytes().startswith("\ufeff".encode())
    assert day_view(diary, diary.catalog.recordings.all()[0][0].day, "me")["markdown"] == text  # type: ignore[arg-type]


def test_bytes_that_are_no_text_are_kept_and_stop_nothing(diary: Diary) -> None:
    arrive(diary, 8)
    page = page_of(diary)
    page.write_bytes(page.read_bytes() + b"\nmine \x81\x8d\xff\n")
    summary = arrive(diary, 9)
    assert (summary.failed, len(summary.notices), len(list(page.parent.glob("*.bak")))) == (0, 1, 1)
    assert "mine" in page.read_text("utf-8-sig")
    assert page.read_text("utf-8-sig").count("- [ ]") == 2


def test_a_page_that_is_saved_while_it_is_composed_is_merged_once_more(diary: Diary) -> None:
    arrive(diary, 8)
    page, store = page_of(diary), diary.store
    path = f"days/me/{DAY}"
    made = read_day(store.read(f"{path}.json", "standard"))
    assert made is not None
    saves = iter(["first words", "second words"])

    def save_now() -> bool:
        """A person saves in the moment between the merge and the writing."""
        own = next(saves, None)
        if own:
            page.write_text(page.read_text("utf-8").replace("- [ ]", "- [x]") + f"\n{own}\n", "utf-8")
        return True

    blocks = [
        *made.blocks[:-1],
        made.blocks[-1].model_copy(update={"text": made.blocks[-1].text.replace("bread", "rye")}),
    ]
    new = made.model_copy(update={"blocks": tuple(blocks)})
    publish(store, Page(path, "standard", "standard", new), lambda line: line, save_now)
    text = page.read_text("utf-8")
    assert ("first words" in text, "second words" in text, "- [x] Buy rye" in text, NEW in text) == (True,) * 3 + (
        False,
    )
    assert text.count("first words") == 1


def test_a_worker_that_lost_its_claim_writes_nothing(diary: Diary) -> None:
    arrive(diary, 8)
    before = {file: file.read_bytes() for file in page_of(diary).parent.iterdir()}
    made = read_day(before[page_of(diary).with_suffix(".json")])
    assert made is not None
    new = made.model_copy(update={"blocks": made.blocks[:1]})
    page = Page(f"days/me/{DAY}", "standard", "standard", new)
    assert publish(diary.store, page, lambda line: line, lambda: False) is None
    assert {file: file.read_bytes() for file in page_of(diary).parent.iterdir()} == before


@pytest.mark.parametrize("edit", [None, "mine\n"])
def test_a_death_between_the_two_files_of_a_page_doubles_nothing(diary: Diary, edit: str | None) -> None:
    arrive(diary, 8)
    page = page_of(diary)
    page.write_text(page.read_text("utf-8").replace("- [ ]", "- [x]"), "utf-8")
    old = page.read_bytes()
    arrive(diary, 9)
    whole = page.read_text("utf-8")
    page.write_bytes(old + (f"\n{edit}".encode() if edit else b""))  # the document is new, the page is not
    arrive(diary, 10)
    text = page.read_text("utf-8")
    assert [line for line in [*whole.splitlines(), *(edit or "").splitlines()] if line not in text.splitlines()] == []
    assert (text.count("- [x]"), text.count("- [ ]"), text.count("## To do"), NEW in text) == (1, 2, 1, False)
    assert len({line for line in text.splitlines() if line}) == len([line for line in text.splitlines() if line])


@pytest.mark.parametrize("left", [None, "", "\n \n"])
def test_a_page_that_was_deleted_or_emptied_is_written_again_by_the_next_run(diary: Diary, left: str | None) -> None:
    arrive(diary, 8, 9)
    page = page_of(diary)
    before = page.read_bytes()
    page.unlink() if left is None else page.write_text(left)
    if left is None:
        assert {"next `diary process`" in str(entry["reason"]) for entry in status.recordings(diary)} == {True}
    assert pipeline.process(diary).days == [f"me/{DAY}"]
    assert page.read_bytes() == before
    assert pipeline.process(diary).attempts == 0


def test_a_page_that_is_renamed_stays_as_it_is_and_the_day_gets_a_page_of_its_own(diary: Diary) -> None:
    arrive(diary, 8)
    page = page_of(diary)
    renamed = page.rename(page.with_name(f"{DAY} Anna's birthday.md"))
    renamed.write_text(f"{renamed.read_text('utf-8')}\n{OWN}\n", "utf-8")
    before = renamed.read_bytes()
    assert arrive(diary, 9).failed == 0
    assert (renamed.read_bytes(), page.read_text("utf-8").count("- [ ]")) == (before, 2)
    assert pipeline.process(diary).attempts == 0


def test_a_deleted_page_comes_back_with_the_late_memo(diary: Diary) -> None:
    arrive(diary, 8)
    page_of(diary).unlink()
    arrive(diary, 9)
    page = page_of(diary)
    assert page.read_text("utf-8").count("- [ ]") == 2
    page.write_text(page.read_text("utf-8") + "\nStarting over.\n", "utf-8")
    arrive(diary, 10)
    assert (page.read_text("utf-8").count("- [ ]"), "Starting over." in page.read_text("utf-8")) == (3, True)


def test_an_old_buffer_saved_over_a_late_memo_does_not_take_it_away(diary: Diary) -> None:
    arrive(diary, 8)
    page = page_of(diary)
    buffer = page.read_text("utf-8").replace("- [ ]", "- [x]")
    arrive(diary, 9)
    late = ids(diary)[1]
    page.write_text(buffer, "utf-8")
    reasons = {entry["id"]: entry["reason"] for entry in status.recordings(diary)}
    assert "the next `diary process` puts it back" in str(reasons[late])
    summary = pipeline.process(diary)
    assert late in summary.notices[0]
    text = page.read_text("utf-8")
    assert (text.count("- [x]"), text.count("- [ ]"), text.count(f"The box {late} stood")) == (
        1,
        1,
        2,
    )  # with its title
    arrive(diary, 10)
    page.write_text(buffer + "\nphone edit\n", "utf-8")
    pipeline.process(diary)
    text = page.read_text("utf-8")
    assert (text.count("- [x]"), text.count("- [ ]"), text.count("phone edit")) == (1, 2, 1)
    assert pipeline.process(diary).attempts == 0


def without(text: str, memo: str) -> str:
    """The page after a person deleted all that it has of a memo."""
    head, _, rest = text.partition("\n## 09:30")
    below = rest[rest.index("\n## ") :]
    return "\n".join(line for line in (head + below).splitlines() if f"/{memo}." not in line) + "\n"


def test_a_memo_that_a_person_deleted_stays_deleted_until_it_is_put_back(diary: Diary) -> None:
    arrive(diary, 8, 9)
    page, memo = page_of(diary), ids(diary)[1]
    page.write_text(without(page.read_text("utf-8"), memo), "utf-8")
    for hour in (None, 10):
        assert pipeline.process(diary).attempts == 0 if hour is None else arrive(diary, hour).days
        assert memo not in page.read_text("utf-8")
        (reason,) = [entry["reason"] for entry in status.recordings(diary) if entry["id"] == memo]
        assert reason == f"It is not on its page: you deleted it; `diary redo {DAY} --from compose` puts it back."
    day = diary.catalog.recordings.all()[0][0].day
    assert day is not None
    put_back(diary.work(), "me", day)
    pipeline.process(diary)
    assert f"The box {memo} stood" in page.read_text("utf-8")
    assert [entry["reason"] for entry in status.recordings(diary)] == [None] * 3


@pytest.mark.parametrize("kind", ["notes", "transcripts"])
@pytest.mark.parametrize("harm", ["missing", "half", "of another shape"])
def test_a_memo_whose_note_can_neither_be_read_nor_made_again_is_alone_without_words(
    diary: Diary, kind: str, harm: str
) -> None:
    arrive(diary, 8)
    memo, home = ids(diary)[0], diary.settings.root
    (transcript,), (note,) = ((home / folder / memo).iterdir() for folder in ("transcripts", "notes"))
    kept = {file: file.read_bytes() for file in [note, transcript, *(home / "audio").iterdir()]}
    for file, whole in kept.items():
        if file == note and kind == "transcripts":
            continue
        file.write_bytes(whole[: len(whole) // 2] if harm == "half" else json.dumps({"secret words": 1}).encode())
        if harm == "missing" or file not in (note, transcript):
            file.unlink()
    page = page_of(diary)
    page.write_text(page.read_text("utf-8").replace("- [ ]", "- [x]"), "utf-8")
    summary = arrive(diary, 9)
    text = page.read_text("utf-8")
    assert f"08:30 — its note cannot be read; `diary redo {memo}` makes it again." in text
    assert (text.count("- [x]"), text.count("- [ ]"), text.count(f"The box {memo} stood")) == (1, 1, 2)
    assert memo in {fault.subject for fault in summary.faults}
    assert not any(fault.permanent for fault in summary.faults)
    for file, whole in kept.items():
        file.write_bytes(whole)
    assert pipeline.process(diary).failed == 0
    text = page.read_text("utf-8")
    assert ("cannot be read" in text, text.count("- [x]"), text.count("- [ ]")) == (False, 1, 1)
    assert pipeline.process(diary).attempts == 0


def test_conflicts_are_counted_in_the_run_and_in_status(diary: Diary) -> None:
    arrive(diary, 8)
    page, (memo,) = page_of(diary), ids(diary)
    page.write_text(page.read_text("utf-8").replace("We painted the fence.", "We painted it green."), "utf-8")
    (document,) = (diary.settings.root / "notes" / memo).iterdir()
    note = document.read_text("utf-8")
    document.write_text(note.replace("We painted the fence.", "We repaired the fence."), "utf-8")
    assert arrive(diary, 9).conflicts == 1
    assert page.read_text("utf-8").count(NEW) == 1
    assert status.pages(diary, status.recordings(diary)) == [
        {"author": "me", "day": DAY, "conflicts": 1, "off_page": []}
    ]
    assert arrive(diary, 10).conflicts == 1
    page.write_text("".join(line for line in page.read_text("utf-8").splitlines(keepends=True) if "<!--" not in line))
    assert status.pages(diary, status.recordings(diary)) == []
