"""What a speaker takes back is rejected, what was said instead is accepted; not every "no" or "sorry" corrects."""

from collections.abc import Sequence

import pytest

from diary_pipeline.notes.evidence.check import StatementVerdict, judge
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.corrections import corrected
from diary_pipeline.notes.language.reading import read
from tests.transcripts import said


def verdict(statement: str, *spoken: str, cites: Sequence[str] = ("s01",)) -> StatementVerdict:
    return judge(statement, cites, SpokenSource.of(said(*spoken)))


@pytest.mark.parametrize(
    ("spoken", "gone", "accepted"),
    [
        (
            "The ferry leaves at ten to six, no, I tell a lie, twenty past six.",
            "The ferry leaves at 5:50.",
            "The ferry leaves at 6:20.",
        ),
        ("The bakery opens at six, no, I'm wrong, at seven.", "The bakery opens at six.", "The bakery opens at seven."),
        (
            "The roof will be eleven thousand, eh, twelve thousand.",
            "The roof will be eleven thousand.",
            "The roof will be twelve thousand.",
        ),
        ("Karim rang on Sunday, or no, it was Saturday.", "Karim rang on Sunday.", "Karim rang on Saturday."),
        (
            "The ladder cost ninety pounds, what am I saying, seventy.",
            "The ladder cost 90 pounds.",
            "The ladder cost 70 pounds.",
        ),
        ("The vet comes on Monday, scratch that, on Friday.", "The vet comes on Monday.", "The vet comes on Friday."),
        ("We need six chairs, make that eight.", "We need six chairs.", "We need eight chairs."),
        ("The lesson is on Tuesday, wait, Wednesday.", "The lesson is on Tuesday.", "The lesson is on Wednesday."),
        (
            "The boat holds forty people, actually, it's thirty.",
            "The boat holds forty people.",
            "The boat holds thirty people.",
        ),
        ("Tickets are twelve pounds. Sorry, fourteen.", "Tickets are twelve pounds.", "Tickets are fourteen pounds."),
        ("The bus takes fifty minutes? Sixty.", "The bus takes fifty minutes.", "The bus takes sixty minutes."),
        (
            "there are still nine boxes to sort uh eight because one was empty",
            "There are still nine boxes to sort.",
            "There are still eight boxes to sort.",
        ),
        (
            "the plumber comes on monday no on thursday with his son",
            "The plumber comes on Monday.",
            "The plumber comes on Thursday.",
        ),
        (
            "we counted thirty herons i mean forty along the canal",
            "We counted thirty herons.",
            "We counted forty herons.",
        ),
        (
            "The fair is on the fifth of March, no, the ninth, the fifth is a Sunday.",
            "The fair is on the fifth of March.",
            "The fair is on the ninth of March.",
        ),
        (
            "The sweep can come Friday, no, Saturday, Friday's taken.",
            "The sweep can come on Friday.",
            "The sweep can come on Saturday.",
        ),
        (
            "Seven kilos two, or was it seven kilos four, it's on the card, seven four, yes.",
            "It was seven kilos two.",
            "It was seven kilos four.",
        ),
        (
            (
                "It was two hundred and ten for the gate, no, sorry, that was the old one, "
                "this one was two hundred and fifty."
            ),
            "It was two hundred and ten for the gate.",
            "The gate was two hundred and fifty.",
        ),
        (
            "Deal done, sixty. No, seventy with the saddle.",
            "The deal is sixty.",
            "The deal is seventy with the saddle.",
        ),
        ("I gave the key to Ruth, no, to Miriam.", "I gave the key to Ruth.", "I gave the key to Miriam."),
        ("The rake is in the barn, no, the cellar.", "The rake is in the barn.", "The rake is in the cellar."),
        ("We ordered soup, no, stew, for everyone.", "We ordered soup for everyone.", "We ordered stew for everyone."),
        ("I sold my kayak, no, actually, I lent it to Greta.", "I sold my kayak.", "I lent my kayak to Greta."),
        ("i broke my helmet no actually i left it at the rink", "I broke my helmet.", "I left my helmet at the rink."),
        (
            "We painted the shed, or rather stained it, on Sunday.",
            "We painted the shed on Sunday.",
            "We stained the shed on Sunday.",
        ),
        ("I measured the pond, that is, Ingrid measured it.", "I measured the pond.", "Ingrid measured the pond."),
        (
            "The recipe, I'd put down three eggs, but no, it's four.",
            "The recipe has three eggs.",
            "The recipe has four eggs.",
        ),
        (
            "If it leaks again we replace the pipe, well, not the pipe, the valve.",
            "If it leaks again we replace the pipe.",
            "If it leaks again we replace the valve.",
        ),
        (
            "The choir is on Monday, I mean Tuesday, at eight.",
            "The choir is on Monday at eight.",
            "The choir is on Tuesday at eight.",
        ),
        ("We've got fifteen lambs, er, sixteen.", "We still have fifteen lambs.", "We have sixteen lambs."),
        ("I stopped after eleven laps, no, twelve.", "After eleven laps I stopped.", "After twelve laps I stopped."),
    ],
)
def test_what_is_taken_back_falls_and_what_is_said_instead_stands(spoken: str, gone: str, accepted: str) -> None:
    assert not verdict(gone, spoken).accepted
    assert verdict(accepted, spoken).reasons == ()


@pytest.mark.parametrize(
    ("spoken", "gone", "accepted"),
    [
        (["Supper is at seven.", "Um, hang on.", "No, at eight."], "Supper is at seven.", "Supper is at eight."),
        (
            ["The tiler wants nine hundred.", "Sorry, eight hundred."],
            "The tiler wants nine hundred.",
            "The tiler wants eight hundred.",
        ),
        (
            ["the tiler wants nine hundred", "no wait eight hundred"],
            "The tiler wants nine hundred.",
            "The tiler wants eight hundred.",
        ),
    ],
)
def test_a_correction_may_come_one_or_two_segments_later(spoken: list[str], gone: str, accepted: str) -> None:
    assert not verdict(gone, *spoken).accepted
    assert verdict(accepted, *spoken).reasons == ()


@pytest.mark.parametrize(
    "spoken",
    [
        ["I'll ring the council tomorrow. No, forget that."],
        ["I'll ring the council tomorrow.", "Scratch that."],
    ],
)
def test_a_whole_sentence_can_be_taken_back(spoken: list[str]) -> None:
    assert not verdict("I'll ring the council tomorrow.", *spoken).accepted


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("I first said Monday, but the vet comes on Friday.", "The vet comes on Monday, no, Friday."),
        ("The vet comes on Friday, not on Monday.", "The vet comes on Monday, no, Friday."),
        ("The vet comes on Friday instead of Monday.", "The vet comes on Monday, no, Friday."),
        (
            "The price was corrected from 40 to 46 pounds.",
            "He paid forty pounds, no, hang on, forty-six, that's the price.",
        ),
    ],
)
def test_both_values_may_be_told_with_which_of_them_counts(statement: str, spoken: str) -> None:
    assert verdict(statement, spoken).reasons == ()


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("I first said Friday, but the vet comes on Monday.", "The vet comes on Monday, no, Friday."),
        ("The vet comes on Monday instead of Friday.", "The vet comes on Monday, no, Friday."),
    ],
)
def test_both_values_the_wrong_way_round_fall(statement: str, spoken: str) -> None:
    assert not verdict(statement, spoken).accepted


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("I asked for two days off.", "I asked for two days off. No, he said, one day and no more."),
        ("I asked for a day off on Monday.", "I asked for a day off on Monday. No problem, she said, Tuesday as well."),
        ("The tent sleeps four.", "The tent sleeps four. No idea how five of us will fit."),
        ("We had nine guests.", "We had nine guests. Sorry about the noise, there are two trains."),
        ("I'm leaving on Friday.", "I'm leaving on Friday. I mean it."),
        ("It cost forty pounds.", "It cost forty pounds, I mean, that's three weeks of bread."),
        ("The film was two hours long.", "The film was two hours long, actually, and we were only six in the room."),
        ("Ada came.", "Not only Ada came, Bruno came too."),
        ("I have two dogs.", "I have two dogs, no cats."),
        ("He ate six sausages.", "He ate six sausages, I mean, who eats six sausages."),
        ("I have three exams.", "I have three exams, no two on the same day."),
        ("The room has three beds.", "The room has three beds, no window, one chair."),
        ("I told Ewan about the leak.", "I told Ewan about the leak. No, Petra said, leave him be."),
        ("I took the early train.", "I took the early train. No, I don't regret it."),
        ("I will be there at six.", "I will be there at six. Sorry, Nell, it was four last time."),
        ("The kids are seven and twelve.", "The kids are seven, uh, and twelve."),
        ("I walked to the mill.", "I walked to the mill. Wait for me, I told Otto, and he did."),
        ("Mum fell on the stairs.", "Mum fell on the stairs. Oh no, I thought, not the hip."),
        (
            "They offered us the flat on Elm Street.",
            "They offered us the flat on Elm Street and I said no. Marek was cross.",
        ),
        ("We need two nurses at night.", "we need two nurses at night there are no three of us who can"),
    ],
)
def test_a_no_or_sorry_that_corrects_nothing_takes_nothing_back(statement: str, spoken: str) -> None:
    assert verdict(statement, spoken).reasons == ()


@pytest.mark.parametrize(
    ("spoken", "wanted"),
    [
        ("The vet comes on Monday, no, on Friday.", "The vet comes on Friday."),
        ("The exam is on the second, no hang on, that's the medical, the exam's on the ninth.", None),
        ("It was ten pounds, no, sorry, that was the last one, this one was twelve.", None),
        ("I sold my kayak, no, actually, I lent it to Greta.", None),
        ("We've been here four years, no, it's five in June.", None),
        (
            "there are nine boxes to sort uh eight because one was empty",
            "there are eight boxes to sort because one was empty",
        ),
    ],
)
def test_a_correction_is_carried_out_only_where_the_new_words_fit(spoken: str, wanted: str | None) -> None:
    assert corrected(spoken, read([("", spoken)]).tokens) == (wanted or spoken)
