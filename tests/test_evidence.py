"""The evidence check: what the cited words say stands, what they do not say falls, whatever word it shares with them."""

from collections.abc import Sequence

import pytest

from benchmarks.evidence import right
from diary_pipeline.notes.evidence.check import StatementVerdict, judge
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.reading import read
from tests.characterize import COMMAND, SOURCES, changes, compared, frozen, report
from tests.transcripts import said
from tests.verdicts import LISTS, of_list


def verdict(statement: str, *spoken: str, cites: Sequence[str] = ("s01",), language: str = "en") -> StatementVerdict:
    return judge(statement, cites, SpokenSource.of(said(*spoken, language=language)))


@pytest.mark.parametrize(
    ("name", "accepted", "rejected"),
    [("statements", 149, 131), ("sample statements", 57, 0), ("rewrites", 179, 179), ("short statements", 35, 140)],
)
def test_of_the_lists_the_true_statements_are_accepted_and_the_others_rejected(
    name: str, accepted: int, rejected: int
) -> None:
    wrong = [one.statement for one in of_list(name) if not right(one.statement, one.alone)]
    of_kind = {kind: sum(one.statement.kind == kind for one in of_list(name)) for kind in ("supported", "wrong")}
    missed = {kind: [one.text for one in wrong if one.kind == kind] for kind in of_kind}
    assert of_kind["supported"] - len(missed["supported"]) >= accepted, missed["supported"]
    assert of_kind["wrong"] - len(missed["wrong"]) >= rejected, missed["wrong"]


@pytest.mark.parametrize("source", LISTS)
def test_no_verdict_on_the_listed_statements_changes_unseen(source: str) -> None:
    if changed := compared(source):
        pytest.fail(changed, pytrace=False)


def test_a_changed_verdict_is_listed_with_its_words_and_the_command_that_accepts_it() -> None:
    assert {line.source for line in frozen().values()} == set(SOURCES)
    lines = [line for line in frozen().values() if line.source == "rewrites"]
    assert report("rewrites", changes("rewrites", lines)) == ""
    changed = [lines[0]._replace(found="rejected: magic"), lines[1]._replace(place="rewrites/new 001"), *lines[2:]]
    told = report("rewrites", changes("rewrites", changed))
    assert told.startswith(f"3 changed in 'rewrites'. Where that is wanted, accept it with `{COMMAND} 'rewrites'`")
    verdict = f"within its answer: {lines[0].found} -> rejected: magic"
    assert f"{lines[0].place} ({lines[0].label}) “{lines[0].text}”\n    {verdict}" in told
    assert "rewrites/new 001 is new: " in told
    assert f"{lines[1].place} is gone: " in told


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("I met Kate at the library and we painted a wall.", "I slept well and woke up at half past seven."),
        ("I am pleased with the colour.", "The tickets cost forty pounds."),
        ("I bought eggs, milk and flowers.", "I still have to buy eggs, milk and flowers."),
        ("I watered the plants tomorrow morning.", "Remember to water the plants tomorrow morning."),
        (
            "I asked Jonas about the migration project.",
            "They asked me about the migration project and I got a bit stuck on the costs.",
        ),
        ("Mum is coming at three.", "Mum is coming at three. No, wait, at four."),
        ("The deadline is Wednesday.", "The deadline is Thursday, not Wednesday."),
        ("Daniel is picking me up at eleven.", "Emma is picking me up at eleven."),
        ('She said, "You are the best of all."', "She said I was the best of them all."),
        ("The flat costs eight hundred.", "The flat costs nine hundred, and the garage eight hundred."),
        ("Nothing of this was ever mentioned by anybody there.", "We had soup."),
        ("It was not cold.", "It was cold, and I did not stay."),
        ("I am singing badly.", "Somebody is singing, badly, and I kind of like it."),
        ("The niece asked Priya.", "priya asked her niece and the niece said yes"),
        ("Marjorie was away.", "there were seven of us because marjorie had a cold and tom was away"),
        ("We sold ten rolls.", "We baked ten rolls, and sold six of them."),
        ("We bought two lamps.", "We bought a lamp and two chairs."),
        ("The rehearsal moved to the twelfth.", "The rehearsal moved from the twelfth to the eleventh."),
        (
            "The party is on the sixth.",
            "The party's on the sixth, no, hang on, the sixth is the fair, the party's on the tenth.",
        ),
        ("They'll do another scan.", "If the swelling hasn't gone down, they'll do another scan."),
        ("We have the permit.", "We'll put in a tank if we get the permit."),
        ("I spoke to Ken.", "I'm to speak to Ken."),
        ("I drove her on Saturday.", "So I offered to drive her on Saturday."),
        ("Timo helped me with the fence.", "Timo is coming to help me with the fence."),
        ("The train is late, so I am confident.", "The train is late."),
        ("I fed the hens and was so proud of it.", "I fed the hens."),
        ("I got the papers from the doctor.", "I need the papers from the doctor."),
        ("We are playing two nights.", "They want us back, maybe for two nights."),
        ("The bill is eighty pounds.", "The bill is eighty pounds, I think, I have to check."),
        ("The element was to blame.", "I thought it was the element, but Sam found out that it was only the seal."),
        ("If he says no I quit.", "If he says no I quit. No, I don't quit, I say that every year."),
        ("She weighed three kilos six hundred.", "She weighed three kilo six hundred, no, three kilo four hundred."),
        ("Kit has told the others.", "kit hasnt told the others he only told me"),
        ("I asked a young father for help.", "A young father asked me for help."),
        ("I slept badly because the dog barked at the door.", "I slept badly."),
        ("The rye costs 4.80.", "The rye is four eighty, hmm, no, four ninety."),
        ("There will be rain.", "I don't think that there will be rain."),
        ("The dog needs antibiotics.", "It's only a scratch, no need for antibiotics for the dog."),
    ],
)
def test_what_was_not_said_falls(statement: str, spoken: str) -> None:
    assert not verdict(statement, spoken).accepted


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("Mum is coming at four.", "Mum is coming at three. No, wait, at four."),
        ("The deadline is Thursday.", "The deadline is Thursday, not Wednesday."),
        ("I woke up at 7:30.", "I woke up at half past seven."),
        ("It took 75 minutes.", "It took an hour and a quarter."),
        ("The exam is on 23 April.", "The exam is on the twenty-third of April."),
        ("I paid £18.40.", "I paid eighteen pounds forty."),
        ("The bill is unpaid.", "I have not paid the bill."),
        ("I must remember to call him.", "I mustn't forget to call him."),
        ("I only got home at ten.", "I didn't get home until ten."),
        ("I ordered twelve eggs.", "I ordered a dozen eggs."),
        ("It failed two times.", "It failed twice."),
        ("The speaker fed the hens.", "I fed the hens."),
        ("No one knows the day.", "Nobody knows which day."),
        ("I can't stop thinking about it, the concert.", "I keep thinking about the concert."),
        ("I did not have to pay for the sheets.", "In the end I paid nothing for the sheets."),
        ("I go on Sunday unless it rains.", "I'll go on Sunday if it's not raining."),
        ("She said she would ask the agency.", "She said, fine, I'll ask the agency."),
        ("Ben told me that I should go to bed.", "Ben said, go to bed."),
        ("The train was crowded and noisy.", "The train was packed and loud."),
        ("They have stopped talking.", "They are not speaking."),
        ("I paid 4.90 for the rye.", "I paid four ninety for the rye."),
        ("I take the train at 5:52.", "I take the train at five fifty two."),
        ("It was reaction 114.", "It was reaction number, what was it, one one four."),
        ("Mum has no Wi-Fi in the kitchen.", "Mum gets no wifi in the kitchen."),
        (
            "We sold 26 T-shirts and only four records.",
            "we sold twenty six t-shirts and only four records nobody buys records",
        ),
        ("I have met Tess at a barbecue.", "Her name is Tess, I've met her at a barbecue."),
        ("Professor Lund wants the draft.", "Lund wants the draft."),
        ("I offered him my old mixer for 500.", "I said he can have my old mixer for five hundred."),
        (
            "Selim will leave in May to start his own place.",
            "Selim's leaving us in May, he wants to open his own place.",
        ),
        ("He cannot lend us his van.", "He was going to lend us his van, but it failed its test."),
        (
            "None of my three calls to the practice was answered.",
            "I rang the practice three times and nobody picked up.",
        ),
        ("I used breaker six instead of breaker four.", "I put it on breaker six and not on breaker four."),
        ("I told Lena never again.", "If there is a next time, I told Lena never again."),
        ("I must bring the forms on the 24th.", "On Tuesday the twenty-fourth I have to bring the forms."),
    ],
)
def test_what_was_said_stands_in_other_words(statement: str, spoken: str) -> None:
    assert verdict(statement, spoken).reasons == ()


def test_a_name_may_stand_for_a_pronoun_whose_name_was_said_before() -> None:
    before, cited = "Mum left at eight.", "She gave me grandfather's watch, and I don't know what to say about it yet."
    assert verdict("Mum gave me my grandfather's watch.", before, cited, cites=["s02"]).accepted
    assert not verdict("Daniel gave me my grandfather's watch.", before, cited, cites=["s02"]).accepted


@pytest.mark.parametrize("written", ["s3", "S03", "[s03]", "s003", "3"])
def test_an_id_counts_however_a_model_writes_it(written: str) -> None:
    found = verdict("I fed the hens.", "It rained.", "It stopped.", "I fed the hens.", cites=[written])
    assert (found.accepted, found.recited, found.segments) == (True, False, ("s03",))


def test_a_right_statement_with_a_wrong_citation_is_cited_anew() -> None:
    found = verdict(
        "I'm grateful for evenings like this one.",
        "Mum left.",
        "I'm grateful for evenings like this one.",
        "Rain.",
        cites=["s03"],
    )
    assert (found.accepted, found.recited, found.segments) == (True, True, ("s02",))


@pytest.mark.parametrize("cites", [[], ["s99"], ["nonsense"]])
def test_a_citation_that_leads_nowhere_is_no_evidence(cites: list[str]) -> None:
    found = verdict("The moon is made of cheese.", "It rained.", cites=cites)
    assert (found.accepted, found.reasons) == (False, ("citation",))


def test_words_that_are_only_shared_are_no_new_citation() -> None:
    found = verdict(
        "Fiona packed the kitchen in one afternoon and laughed.",
        "It rained.",
        "Fiona packed the kitchen in one afternoon.",
    )
    assert not found.accepted


def test_a_correction_in_the_next_segment_belongs_to_the_one_before() -> None:
    spoken = ("Mum is coming at three.", "No, wait, at four.")
    assert verdict("Mum is coming at three.", *spoken).reasons == ("taken back",)
    assert verdict("Mum is coming at four.", *spoken).accepted


@pytest.mark.parametrize(
    ("statement", "stands"),
    [
        ("Die Prüfung ist am 23. und kostet 45 Euro.", True),
        ("Die Prüfung ist am 24. und kostet 45 Euro.", False),
        ("Die Prüfung ist am 23. und kostet 54 Euro.", False),
        ("Wir haben gestern im Garten gegrillt.", False),
    ],
)
def test_in_german_words_and_numbers_count(statement: str, stands: bool) -> None:  # noqa: FBT001
    heard = "Die Prüfung ist am dreiundzwanzigsten und kostet fünfundvierzig Euro."
    assert verdict(statement, heard, language="de").accepted is stands


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("at twenty past two", ["t2:20"]),
        ("ten to four", ["t3:50"]),
        ("bays one to four", ["#1", "#4"]),
        ("a hundred and twenty-eight over eighty-two", ["#128", "#82"]),
        ("forty-two thousand", ["#42000"]),
        ("one point eight", ["#1.8"]),
        ("the 23rd of May", ["#23", "@may"]),
        ("this one and the other one", []),
        ("half a dozen", ["#6"]),
        ("1,500 and 7.20", ["#1500", "#7.2"]),
    ],
)
def test_numbers_are_read_however_they_are_said(text: str, keys: list[str]) -> None:
    assert [t.key for t in read([("", text)]).tokens if t.kind in ("number", "time", "date")] == keys


def test_judging_never_fails_whatever_the_text() -> None:
    for text in ("", "…", "???", '"', "12:99", "not", "no, wait,", "If", "'s", "1" * 400, "\u0000", "no " * 200):
        assert judge(text, ["s01"], SpokenSource.of(said(text or "Rain.", "I must. Not."))) is not None


@pytest.mark.parametrize(
    ("statement", "spoken", "stands"),
    [
        ("Bea said, “the ladder is in the shed”.", "I told Bea, the ladder is in the shed.", False),
        ("I said, “the ladder is in the shed”.", "I told Bea, the ladder is in the shed.", True),
        ("Ivo said, “nobody will notice”.", "Bea asked about the crack and Ivo said, nobody will notice.", True),
        ("Bea said, “nobody will notice”.", "Bea asked about the crack and Ivo said, nobody will notice.", False),
        ("Ivo said, “nobody will notice”.", "Ivo looked at the crack and he said, nobody will notice.", True),
        ("Ivo said, “nobody will notice”.", "He said, nobody will notice, when I showed Ivo the crack.", False),
        ("My aunt said, “bring a coat”.", "My uncle rang early and he said, bring a coat.", False),
        ("The sign said, “mind the step”.", "There was a sign, mind the step.", True),
    ],
)
def test_quoted_words_are_those_of_who_said_them(statement: str, spoken: str, stands: bool) -> None:  # noqa: FBT001
    assert ("quote" not in verdict(statement, spoken).reasons) is stands
