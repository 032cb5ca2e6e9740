"""Names that a person corrects on a page are learnt, and spelt so from that day on; nothing else is ever learnt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.notes.learned_names import corrected_names
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.vocabulary import MOST_LEARNT, VocabularyEntry, entries, learn
from tests.memos import memos

DAY, NEXT = "2026-03-14", "2026-03-15"
SAID = "I met niner at the quay at nine."


@pytest.mark.parametrize(
    ("before", "after", "learnt"),
    [
        (SAID, "I met Nina at the quay at nine.", [("niner", "Nina")]),
        ("Niner came by.", "Nina came by.", [("niner", "Nina")]),
        ("I met shiv on there.", "I met Siobhan there.", [("shiv on", "Siobhan")]),
        ("Then Sara called.", "Then Sarah called.", [("Sara", "Sarah")]),
        ("He saw Katherin's boat.", "He saw Catherine's boat.", [("Katherin", "Catherine")]),
        (SAID, "I met niner at the quay at ten.", []),
        (SAID, "I met niner at the quay at Nina.", []),
        (SAID, "I met niner at the Quay at nine.", []),
        (SAID, "I met niner at the quay on Monday.", []),
        (SAID, "I met Bartholomew at the quay at nine.", []),
        (SAID, "I met nina at the quay at nine.", []),
        (SAID, "I met nobody, and went home with a headache.", []),
        ("It was 9 o'clock.", "It was Nina o'clock.", []),
        ("The bread rose.", "The Brenda rose.", []),
        ("We will go.", "We Wil go.", []),
        ("We did not go.", "We did Nat go.", []),
        ("Them we saw.", "Then we saw.", []),
        ("Will called.", "Wil called.", []),
        ("On march the first.", "On March the first.", []),
        ("Sara called. Then Sara came.", "Sarah called. Then Sara came.", []),
        (
            "See niner now.",
            "See Nina now, and then this whole line was written anew by hand, at length.\n\nAnd one more.",
            [],
        ),
    ],
)
def test_a_correction_is_learnt_only_where_it_is_a_name_and_can_be_nothing_else(
    before: str, after: str, learnt: list[tuple[str, str]]
) -> None:
    page = "# Saturday\n\n## 09:00\n\n{} [0:00](x.wav#t=0)\n\n<small>12 s</small>\n"
    assert corrected_names(page.format(before), page.format(after)) == learnt
    assert corrected_names(page.format(before), page.format(before)) == []


def test_a_number_a_day_or_a_denial_is_no_name_whatever_a_file_says() -> None:
    wrong = [
        VocabularyEntry("Nina", "nine"),
        VocabularyEntry("Tess", "Tuesday"),
        VocabularyEntry("Nat", "not"),
        VocabularyEntry("4", "niner"),
        VocabularyEntry("Ida", "and I"),
    ]
    assert spellings(wrong, date(2026, 3, 14)) == {}
    assert spellings([VocabularyEntry("Nina", "niner"), VocabularyEntry("Nino", "niner")], None) == {}, (
        "two names for one would be a guess"
    )


def test_a_name_holds_from_its_day_on() -> None:
    known = [VocabularyEntry("Nina", "niner", date(2026, 3, 14)), VocabularyEntry("Sarah", "Sara")]
    assert spellings(known, date(2026, 3, 13)) == spellings(known, None) == {"Sara": "Sarah"}
    assert spellings(known, date(2026, 3, 14)) == {"niner": "Nina", "Sara": "Sarah"}


def test_spelling_changes_whole_words_at_once_and_no_name_that_is_right() -> None:
    known = {"niner": "Nina", "Ann": "Ann Marie", "Sara": "Sarah"}
    assert (
        spelt("Niner's dog, Ann Marie, Ann. A sara, Sara, niners.", known)
        == "Nina's dog, Ann Marie, Ann Marie. A sara, Sarah, niners."
    )
    assert spelt("a.b (c)", {"a.b": r"\1 Bo"}) == r"\1 Bo (c)"


def test_what_is_learnt_is_bounded_and_kept_beside_what_a_person_wrote(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "me.learnt.txt").write_text("Nina\tniner\n# Sarah\tSara\nBo", encoding="utf-8")
    names = [VocabularyEntry(f"Name{'x' * n}", f"heard{'x' * n}") for n in range(MOST_LEARNT + 5)]
    added = learn(tmp_path, "me", [VocabularyEntry("Nino", "niner"), VocabularyEntry("Sarah", "Sara"), *names])
    assert added == names[: MOST_LEARNT - 2]
    assert entries(tmp_path, "me") == [VocabularyEntry("Nina", "niner"), VocabularyEntry("Bo"), *added]
    assert learn(tmp_path, "../me", [VocabularyEntry("Nina", "niner")])
    assert not (tmp_path / "me.learnt.txt").exists()


@dataclass
class Home:
    """A diary whose memos say what the test wants, by file name."""

    settings: Settings
    texts: dict[str, str] = field(default_factory=dict)

    def open(self) -> Diary:
        return open_diary(self.settings, ScriptedEngine(lambda identity: [self.texts[self.sources[identity]]]))

    def process(self) -> Summary:
        diary = self.open()
        pipeline.ingest(diary)
        self.sources = {r.id: r.source for r, _ in diary.catalog.recordings.all()}
        summary = pipeline.process(diary)
        diary.close()
        return summary

    def page(self, day: str) -> Path:
        return self.settings.root / "days" / "me" / f"{day}.md"

    @property
    def learnt(self) -> Path:
        return self.settings.root / "vocabulary" / "me.learnt.txt"


@pytest.fixture
def diary_of(home: Path) -> Callable[..., Home]:
    def make(texts: dict[str, str], **settings: object) -> Home:
        memos(home / "inbox" / "me", list(texts))
        return Home(Settings.load(home=home, settle_seconds=0, timezone="UTC", **settings), texts)

    return make


def test_a_corrected_name_is_written_in_notes_of_that_day_and_later_and_the_edit_stays(
    diary_of: Callable[..., Home],
) -> None:
    first, second, older = f"{DAY} 09.00.wav", f"{DAY} 10.00.wav", "2026-03-13 09.00.wav"
    diary = diary_of({first: SAID, second: "I must call niner.", older: SAID})
    assert diary.process().failed == 0
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met niner", "I met Nina").replace("\n\n", "\n\nA line of mine.\n\n", 1))

    memos(diary.settings.root / "inbox" / "me", [f"{NEXT} 09.00.wav"])
    diary.texts[f"{NEXT} 09.00.wav"] = "Niner wrote at nine."
    summary = diary.process()
    assert diary.learnt.read_text().splitlines()[-1] == f"Nina\tniner\t{DAY}"
    assert (summary.written, summary.failed) == (3, 0), "the older note is not written again"
    told = page.read_text()
    assert "I met Nina at the quay at nine." in told
    assert "I must call Nina." in told
    assert "A line of mine." in told
    assert "please merge" not in told
    assert "- [ ] Call Nina" in told
    assert "Nina wrote at nine." in diary.page(NEXT).read_text()
    assert "niner" in diary.page("2026-03-13").read_text()
    assert diary.process().attempts == 0, "nothing is learnt twice"


def test_a_name_that_a_person_switches_off_is_no_longer_written_and_not_learnt_again(
    diary_of: Callable[..., Home],
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID, f"{DAY} 10.00.wav": "Niner rang."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met niner", "I met Nina"))
    diary.process()
    assert "Nina rang." in page.read_text()
    diary.learnt.write_text(diary.learnt.read_text().replace("Nina\t", "# Nina\t"))
    diary.process()
    assert "Niner rang." in page.read_text()
    assert diary.process().attempts == 0


def test_learnt_names_are_hotwords_where_these_are_on_and_nothing_is_learnt_where_that_is_off(
    diary_of: Callable[..., Home],
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID}, hotwords=True, learn_names=False)
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met niner", "I met Nina"))
    diary.process()
    assert not diary.learnt.exists()
    learn(
        diary.settings.root,
        "me",
        [VocabularyEntry("Nina", "niner", date(2026, 3, 14)), VocabularyEntry("Late", "lait", date(2026, 3, 15))],
    )
    opened = diary.open()
    assert [opened.fingerprints.hotwords(r) for r, _ in opened.catalog.recordings.all()] == ["Nina"]
    opened.close()


def test_a_page_that_cannot_be_read_stops_nobody(diary_of: Callable[..., Home]) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID})
    diary.process()
    diary.page(DAY).with_suffix(".json").write_text("{")
    memos(diary.settings.root / "inbox" / "me", [f"{NEXT} 09.00.wav"])
    diary.texts[f"{NEXT} 09.00.wav"] = "Niner wrote."
    assert diary.process().written == 1
