"""From a corrected page to later notes: what is learnt, where that is said, and how it is undone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.names import spelt_names
from diary_pipeline.vocabulary import VocabularyEntry, learn
from tests.memos import memos

DAY, NEXT = "2026-03-14", "2026-03-15"
SAID = "I met Niner at the quay at nine."


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
    diary = diary_of({first: SAID, second: "I must call Niner."})
    assert diary.process().failed == 0
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina").replace("\n\n", "\n\nA line of mine.\n\n", 1))

    memos(diary.settings.root / "inbox" / "me", [f"{NEXT} 09.00.wav", older])
    diary.texts |= {f"{NEXT} 09.00.wav": "Niner wrote at nine.", older: SAID}
    summary = diary.process()
    assert diary.learnt.read_text().splitlines()[-1] == f"Nina\tNiner\t{DAY}\t09:00"
    assert [notice for notice in summary.notices if "“Niner” is Nina" in notice]
    assert (summary.written, summary.failed) == (4, 0)
    told = page.read_text()
    assert "I met Nina at the quay at nine." in told
    assert "I must call Nina." in told
    assert "A line of mine." in told
    assert "please merge" not in told
    assert "- [ ] Call Nina" in told
    assert "Nina wrote at nine." in diary.page(NEXT).read_text()
    assert "Niner" in diary.page("2026-03-13").read_text()
    assert diary.process().attempts == 0, "nothing is learnt twice"


def test_a_name_that_a_person_switches_off_is_no_longer_written_and_not_learnt_again(
    diary_of: Callable[..., Home],
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID, f"{DAY} 10.00.wav": "Niner rang."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina"))
    diary.process()
    assert "Nina rang." in page.read_text()
    diary.learnt.write_text(diary.learnt.read_text().replace("Nina\t", "# Nina\t"))
    diary.process()
    assert "Niner rang." in page.read_text()
    assert diary.process().attempts == 0


@pytest.mark.parametrize("struck", [True, False])
def test_a_page_says_what_was_learnt_from_it_and_taking_that_away_undoes_it(
    diary_of: Callable[..., Home], *, struck: bool
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID, f"{DAY} 10.00.wav": "Niner rang."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina"))
    diary.process()
    mark = "learnt: “Niner” is Nina (strike this out to undo it)"
    (details,) = [line for line in page.read_text().splitlines() if mark in line]
    assert details.startswith("<small>")
    assert page.read_text().index("I met Nina") < page.read_text().index(mark) < page.read_text().index("Nina rang.")

    gone = details.replace(mark, f"~~{mark}~~") if struck else details.replace(f" · {mark}", "")
    page.write_text(page.read_text().replace(details, gone))
    notices = diary.process().notices
    assert [notice for notice in notices if "no longer written as Nina" in notice]
    assert diary.learnt.read_text().splitlines()[-1] == f"Nina\tNiner\t{DAY}\t09:00\tonly"
    assert "Niner rang." in page.read_text()
    assert "I met Nina at the quay at nine." in page.read_text(), "what the person wrote stays"
    assert "please merge" not in page.read_text()
    assert diary.process().attempts == 0, "it is not learnt again"


def test_taking_a_memo_off_its_page_undoes_no_name_that_was_learnt_from_it(diary_of: Callable[..., Home]) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID, f"{DAY} 10.00.wav": "Niner rang."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina"))
    diary.process()
    before, _, rest = page.read_text().partition("## 09:00")
    page.write_text(f"{before}## 10:00{rest.partition('## 10:00')[2]}")
    assert diary.process().notices == []
    assert "Nina rang." in page.read_text()


def test_a_place_written_once_over_another_changes_no_later_memo_and_twice_is_learnt(
    diary_of: Callable[..., Home],
) -> None:
    texts = {f"{DAY} 09.00.wav": "We met in Bristol.", f"{NEXT} 09.00.wav": "I love Bristol."}
    diary = diary_of(texts)
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("We met in Bristol", "We met in Brighton"))
    for told in (True, False):
        notices = diary.process().notices
        assert bool([one for one in notices if "remembered once; correct it again" in one]) is told
        assert not diary.learnt.exists()
    memos(diary.settings.root / "inbox" / "me", ["2026-03-16 09.00.wav"])
    diary.texts["2026-03-16 09.00.wav"] = "Bristol is far."
    diary.process()
    assert "Bristol is far." in diary.page("2026-03-16").read_text()

    page = diary.page(NEXT)
    page.write_text(page.read_text().replace("I love Bristol", "I love Brighton"))
    assert len(diary.process().notices) == 1
    assert diary.learnt.read_text().splitlines()[-1] == f"Brighton\tBristol\t{NEXT}\t09:00"
    assert "Brighton is far." in diary.page("2026-03-16").read_text()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_word_that_is_written_small_or_left_on_another_page_is_learnt_when_it_is_corrected_again(
    diary_of: Callable[..., Home], *, elsewhere: bool
) -> None:
    word = "Padel" if elsewhere else "padel"
    diary = diary_of({f"{DAY} 09.00.wav": f"I went out with {word} there."})
    if elsewhere:
        memos(diary.settings.root / "inbox" / "me", ["2026-03-13 09.00.wav"])
        diary.texts["2026-03-13 09.00.wav"] = "I met Padel there."
    for day, rest in ((DAY, []), (NEXT, ["2026-03-16"])):
        diary.process()
        page = diary.page(day)
        page.write_text(page.read_text().replace(f"with {word}", "with Padma"))
        for later in [NEXT, *rest][-1:]:
            memos(diary.settings.root / "inbox" / "me", [f"{later} 09.00.wav"])
            diary.texts[f"{later} 09.00.wav"] = f"I went out with {word} there."
    diary.process()
    assert "with Padma" in diary.page("2026-03-16").read_text()
    assert diary.learnt.read_text().splitlines()[-1].split("\t")[2] == NEXT, "not at once"


@pytest.mark.parametrize("begins", ["I m", "- [ ]", "## 0"])
def test_a_name_over_another_is_learnt_the_second_time_wherever_on_the_page_it_was_written(
    diary_of: Callable[..., Home], begins: str
) -> None:
    days = (DAY, NEXT, "2026-03-16")
    diary = diary_of({f"{day} 09.00.wav": "I must call Anna tomorrow." for day in days[:2]})
    for day in days[:2]:
        diary.process()
        page = diary.page(day)
        lines = [
            one.replace("Anna", "Hanna") if one.startswith(begins) else one for one in page.read_text().split("\n")
        ]
        page.write_text("\n".join(lines))
    assert len(diary.process().notices) == 1
    memos(diary.settings.root / "inbox" / "me", [f"{days[2]} 09.00.wav"])
    diary.texts[f"{days[2]} 09.00.wav"] = "I met Anna there."
    diary.process()
    assert "I met Hanna there." in diary.page(days[2]).read_text()
    assert "I must call Hanna tomorrow." in diary.page(NEXT).read_text(), "the other places of the page follow"
    assert "please merge" not in diary.page(NEXT).read_text()


def test_a_name_that_is_learnt_beside_another_correction_leaves_no_second_wording(
    diary_of: Callable[..., Home],
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": "I met Niner at the quay at nine. Niner was laid again."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina").replace("was laid", "was late"))
    summary = diary.process()
    text = page.read_text()
    assert (summary.conflicts, text.count("again.")) == (0, 1)
    assert "I met Nina at the quay at nine. Nina was late again." in text


def test_explain_says_which_words_are_written_as_a_name(diary_of: Callable[..., Home]) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID, f"{DAY} 10.00.wav": "It rained."})
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina"))
    diary.process()
    opened = diary.open()
    found = [spelt_names(opened, recording) for recording, _ in opened.catalog.recordings.all()]
    opened.close()
    assert sorted(found, key=len) == [[], [{"recognised": "Niner", "name": "Nina", "since": DAY, "learnt": True}]]


def test_learnt_names_are_hotwords_where_these_are_on_and_nothing_is_learnt_where_that_is_off(
    diary_of: Callable[..., Home],
) -> None:
    diary = diary_of({f"{DAY} 09.00.wav": SAID}, hotwords=True, learn_names=False)
    diary.process()
    page = diary.page(DAY)
    page.write_text(page.read_text().replace("I met Niner", "I met Nina"))
    diary.process()
    assert not diary.learnt.exists()
    learn(
        diary.settings.root,
        "me",
        [VocabularyEntry("Nina", "Niner", date(2026, 3, 14)), VocabularyEntry("Late", "lait", date(2026, 3, 15))],
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
