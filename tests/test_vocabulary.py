"""Names that a person corrects on a page are learnt, and spelt so from that day on; nothing else is ever learnt."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.notes.extract.spelling import spellings, spelt
from diary_pipeline.notes.name_corrections import NameCorrection, name_corrections
from diary_pipeline.vocabulary import MOST_LEARNT, VocabularyEntry, entries, learn, made_again

DAY, NEXT = "2026-03-14", "2026-03-15"
SAID = "I met niner at the quay at nine."


SURE = {
    "en": [
        ("I met Niner at the quay at nine.", "I met Nina at the quay at nine.", "Niner", "Nina"),
        ("Saw Doctor Nguin then.", "Saw Doctor Nguyen then.", "Nguin", "Nguyen"),
        ("He saw Katherin's boat.", "He saw Catherine's boat.", "Katherin", "Catherine"),
        ("Lunch with Bela Novack.", "Lunch with Béla Novák.", "Novack", "Novák"),
        ("Dinner with Ağa Oğlu today.", "Dinner with Ağaoğlu today.", "Ağa Oğlu", "Ağaoğlu"),
        ("I met McKinlay there.", "I met Mac Kinley there.", "McKinlay", "Mac Kinley"),
    ],
    "de": [
        ("Ich war mit Frau Schikowski essen.", "Ich war mit Frau Czichowski essen.", "Schikowski", "Czichowski"),
    ],
    "fr": [("Rendez-vous avec Madame Le Gof.", "Rendez-vous avec Madame Le Goff.", "Gof", "Goff")],
}
MAYBE = {
    "en": [
        ("saw doctor nguin he says its fine", "Saw Doctor Nguyen. He says it's fine.", "nguin", "Nguyen"),
        ("I met shiv on there.", "I met Siobhan there.", "shiv on", "Siobhan"),
        ("Niner came by.", "Nina came by.", "niner", "Nina"),
        (SAID, "I met Nina at the quay at nine.", "niner", "Nina"),
        ("We went to Bristol.", "We went to Brighton.", "Bristol", "Brighton"),
        ("Then Sara called.", "Then Sarah called.", "Sara", "Sarah"),
        ("The train to Newport was late.", "The train to Newquay was late.", "Newport", "Newquay"),
        ("I met Anna there.", "I met Hanna there.", "Anna", "Hanna"),
        ("I met Mac Kinley there.", "I met McKinlay there.", "Mac Kinley", "McKinlay"),
        ("We went to ikea today.", "We went to IKEA today.", "ikea", "IKEA"),
        ("We went to Ikea today.", "We went to IKEA today.", "Ikea", "IKEA"),
        ("Tea with Opa today.", "Tea with Oppa today.", "Opa", "Oppa"),
        ("I saw Schmetterling today.", "I saw Schmetterlink today.", "Schmetterling", "Schmetterlink"),
        ("I fed the bakkes there.", "I fed the Backes there.", "bakkes", "Backes"),
        ("Two wekkle came.", "Two Weckel came.", "wekkle", "Weckel"),
    ],
    "de": [
        (
            "Mit Zwetlana gestrichen und dan gegessen.",
            "Mit Swetlana gestrichen und dann gegessen.",
            "Zwetlana",
            "Swetlana",
        ),
        ("Wir waren in Frankfurt beim Notar.", "Wir waren in Fürth beim Notar.", "Frankfurt", "Fürth"),
        ("Herr Meier rief an.", "Herr Maier rief an.", "Meier", "Maier"),
        ("Ich traf den Gugelhupf heute.", "Ich traf den Gugelhof heute.", "Gugelhupf", "Gugelhof"),
        ("Er war beim Backes.", "Er war beim Bakes.", "Backes", "Bakes"),
        ("Mit Kehrwoche ist es gut.", "Mit Kehrwach ist es gut.", "Kehrwoche", "Kehrwach"),
    ],
    "tr": [("Bugün Ağa Oğlu geldi.", "Bugün Ağaoğlu geldi.", "Ağa Oğlu", "Ağaoğlu")],
    "fr": [("Il a vu le bakkes hier.", "Il a vu le Backes hier.", "bakkes", "Backes")],
    "pl": [("Dzwoni pan Kowalczik.", "Dzwoni pan Kowalczyk.", "Kowalczik", "Kowalczyk")],
}
NEVER = {
    "en": [
        (SAID, "I met niner at the quay at ten."),
        (SAID, "I met niner at the quay at Nina."),
        (SAID, "I met niner at the Quay at nine."),
        (SAID, "I met niner at the quay on Monday."),
        (SAID, "I met Bartholomew at the quay at nine."),
        (SAID, "I met nina at the quay at nine."),
        (SAID, "I met nobody, and went home with a headache."),
        ("It was 9 o'clock.", "It was Nina o'clock."),
        ("The bread rose.", "The Brenda rose."),
        ("We will go.", "We Wil go."),
        ("We did not go.", "We did Nat go."),
        ("Them we saw.", "Then we saw."),
        ("On march the first.", "On March the first."),
        ("We will meat at six.", "We will meet at six."),
        ("Their coming on Sunday.", "They're coming on Sunday."),
        ("Sara called. Then Sara came.", "Sarah called. Then Sara came."),
        ("I was very tired.", "I was VERY tired."),
        ("I had an idea then.", "I had an IKEA then."),
        ("See niner now.", "See Nina now, and then this whole line was written anew, at length.\n\nAnd one more."),
    ],
    "de": [
        ("Der Termin ist am Dienstag.", "Der Termin ist am Mittwoch."),
        ("Das Fahradd ist weg.", "Das Fahrrad ist weg."),
        ("Ich habe die Rechnung bezahlt.", "Ich habe die Rechnung nicht bezahlt."),
    ],
    "fr": [("Il fesait froid.", "Il faisait froid."), ("J'ai acheté trois pommes.", "J'ai acheté treize pommes.")],
    "es": [("Vino mi hermano.", "Vino mi hermana.")],
}
REPEATED = """# Saturday

## 09:00 · Met in Bristol

We met in Bristol. I must call Bristol. [0:00](x.wav#t=0)

## To do

- [ ] Call Bristol — “call Bristol” [0:01](x.wav#t=1)
"""
PAGE = "# Saturday\n\n## 09:00\n\n{} [0:00](x.wav#t=0)\n\n<small>12 s</small>\n"


def rows(table: dict[str, list[Any]]) -> list[Any]:
    return [(language, *row) for language, found in table.items() for row in found]


@pytest.mark.parametrize(("language", "before", "after", "recognised", "name"), rows(SURE))
def test_a_correction_is_sure_where_a_name_was_heard_that_is_no_name_and_no_word_and_sounds_alike(
    language: str, before: str, after: str, recognised: str, name: str
) -> None:
    found = name_corrections(PAGE.format(before), PAGE.format(after), language)
    assert found == [NameCorrection(recognised, name, "09:00", sure=True)]
    assert name_corrections(PAGE.format(before), PAGE.format(before), language) == []


@pytest.mark.parametrize(("language", "before", "after", "recognised", "name"), rows(MAYBE))
def test_a_correction_of_a_name_a_place_or_a_word_is_not_sure(
    language: str, before: str, after: str, recognised: str, name: str
) -> None:
    found = name_corrections(PAGE.format(before), PAGE.format(after), language)
    assert found == [NameCorrection(recognised, name, "09:00", sure=False)]


UNLISTED = {
    "kombucha": "Kombo",
    "skyr": "Skye",
    "labneh": "Lebna",
    "tagine": "Tegan",
    "metformin": "Metta Formin",
    "eliquis": "Alikis",
    "lidl": "Lydel",
    "strava": "Stravo",
    "duolingo": "Dolingo",
    "wordle": "Wordla",
    "postgres": "Postgrace",
    "padel": "Padma",
}


@pytest.mark.parametrize(("right", "name"), UNLISTED.items())
def test_a_word_that_is_in_no_list_is_not_learnt_at_once(right: str, name: str) -> None:
    for before in (f"I went out with {right} today.", f"{right.capitalize()} was good."):
        after = before.replace(right, name).replace(right.capitalize(), name)
        assert not [one for one in name_corrections(PAGE.format(before), PAGE.format(after)) if one.sure]


@pytest.mark.parametrize(("language", "before", "after"), rows(NEVER))
def test_what_is_no_name_or_stands_for_something_else_is_never_learnt(language: str, before: str, after: str) -> None:
    assert name_corrections(PAGE.format(before), PAGE.format(after), language) == []


@pytest.mark.parametrize("places", ["the paragraph", "the heading", "the to-do", "all"])
def test_one_place_of_a_sentence_is_a_correction_of_it_and_all_places_are_one(places: str) -> None:
    """Headings and lists repeat what a paragraph says: what is left there says nothing."""
    begins = {"the paragraph": ("We",), "the heading": ("##",), "the to-do": ("- [",), "all": ("We", "##", "- [")}
    said = REPEATED.replace(" I must call Bristol.", "") if places == "the heading" else REPEATED
    said = said.replace("We met in Bristol. ", "") if places == "the to-do" else said
    lines = [
        line.replace("Bristol", "Brighton") if line.startswith(begins[places]) else line for line in said.split("\n")
    ]
    assert name_corrections(said, "\n".join(lines)) == [NameCorrection("Bristol", "Brighton", "09:00", sure=False)]


def test_a_correction_that_is_not_sure_is_learnt_when_it_is_made_on_another_memo(tmp_path: Path) -> None:
    first = VocabularyEntry("Brighton", "Bristol", date(2026, 3, 14), "09:00")
    later = VocabularyEntry("Brighton", "Bristol", date(2026, 3, 20), "09:00")
    assert made_again(tmp_path, "me", [first]) == []
    assert made_again(tmp_path, "me", [first]) == [], "seen again on the same page"
    assert made_again(tmp_path, "me", [VocabularyEntry("Bath", "Bristol", date(2026, 3, 21), "10:00")]) == []
    assert made_again(tmp_path, "me", [later]) == [later]


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
