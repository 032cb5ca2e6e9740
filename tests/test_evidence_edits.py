"""Near copies: what was changed, left out or put in decides, in words that no other test has."""

import pytest

from diary_pipeline.notes.evidence.check import StatementVerdict, judge
from diary_pipeline.notes.evidence.source import SpokenSource
from tests.transcripts import said

ROOF = "Tomasz reckons the roof will last another five winters."
DOG = "We put the dog in kennels before the wedding and picked her up on the Sunday."
TRAY = "I almost dropped the tray, and Nina caught the glasses."
TILES = "The kitchen's finished, the bathroom isn't, and the tiles for it cost nine hundred euros."
JOB = "I wanted to tell her about the job but she was asleep."
GRANT = "If Rosa gets the grant she will stay until June."
CAR = "Dad thinks I should sell the car, Mum doesn't."
HONEY = "We sold thirty one jars of honey and Pia sold twelve of wax."
RAFFLE = "Marta won the raffle and I came third in the sack race, which was a laugh."
SHOP = "Sofia asked if the shop could open on Sundays and I said I'd think about it."
CLUTCH = "The garage charges four hundred for a clutch. Bilal at the corner charges two hundred and fifty."


def verdict(statement: str, spoken: str) -> StatementVerdict:
    return judge(statement, ("s01",), SpokenSource.of(said(spoken)))


@pytest.mark.parametrize(
    ("statement", "spoken", "reason"),
    [
        ("The roof will last another five winters.", ROOF, "modality"),
        ("We put the dog in kennels after the wedding and picked her up on the Sunday.", DOG, "opposite"),
        ("I dropped the tray and Nina caught the glasses.", TRAY, "modality"),
        ("The kitchen isn't finished.", TILES, "negation"),
        ("I wanted to tell him about the job but he was asleep.", JOB, "role"),
        ("If Rosa gets the grant she will stay from June.", GRANT, "opposite"),
        ("Dad thinks I should buy the car.", CAR, "opposite"),
        ("I should sell the car.", CAR, "modality"),
        ("We bought 31 jars of honey.", HONEY, "opposite"),
        ("Marta won the sack race.", RAFFLE, "role"),
        ("The shop could open on Sundays.", SHOP, "modality"),
        ("The garage charges 250 for a clutch.", CLUTCH, "number"),
        (
            "We are seat nine in the front row.",
            "we're seat six in the front row we were seat nine last spring",
            "number",
        ),
    ],
)
def test_one_change_of_a_copy_can_make_it_another_statement(statement: str, spoken: str, reason: str) -> None:
    assert reason in verdict(statement, spoken).reasons


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("Tomasz thinks that the roof will last another 5 winters.", ROOF),
        ("We put the dog in kennels before the wedding and picked her up on Sunday.", DOG),
        ("I almost dropped the tray, and Nina caught the glasses.", TRAY),
        ("The kitchen is finished, the bathroom isn't.", TILES),
        ("I wanted to tell her about the job, but she was asleep.", JOB),
        ("If Rosa gets the grant, she'll stay until June.", GRANT),
        ("Dad thinks that I should sell the car, and Mum doesn't.", CAR),
        ("We sold 31 jars of honey, and Pia sold 12 of wax.", HONEY),
        ("I came third in the sack race.", RAFFLE),
        ("Sofia asked if the shop could open on Sundays.", SHOP),
        ("The garage charges 400 for a clutch.", CLUTCH),
    ],
)
def test_a_copy_with_its_fillers_and_asides_left_out_stands(statement: str, spoken: str) -> None:
    assert verdict(statement, spoken).accepted


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        (
            "Moira asked for a refund, and then Piet rang and asked for a voucher.",
            "moira asked for a refund and i asked for a cake and then piet rang and he asked for a voucher",
        ),
        (
            "The bakery on Quay Street had mice behind the flour bins.",
            "Then on to the bakery on Quay Street, they had mice behind the flour bins.",
        ),
        (
            "The parents' evening is on the 6th and I have to bring the tables.",
            "The parents' evening is on the fifth, no, the sixth, I've to bring the tables.",
        ),
        (
            "I am thinking of not driving to Bergen, and Solveig said I said that in May.",
            "I'm thinking of not driving to Bergen, Solveig says I said that in May.",
        ),
    ],
)
def test_a_copy_that_leaves_out_whole_clauses_and_resumed_pronouns_stands(statement: str, spoken: str) -> None:
    assert verdict(statement, spoken).accepted


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        (
            "Moira asked for a refund, and then Piet rang and asked for a cake.",
            "moira asked for a refund and i asked for a cake and then piet rang and he asked for a voucher",
        ),
        (
            "The bakery on Quay Street had mice behind the flour bins.",
            "If the bakery on Quay Street, if they had mice behind the flour bins, I'd know.",
        ),
        (
            "The parents' evening is on the 5th and I have to bring the tables.",
            "The parents' evening is on the fifth, no, the sixth, I've to bring the tables.",
        ),
        ("Everyone on the ferry had a seat by noon.", "Almost everyone on the ferry had a seat by noon."),
        ("I rent a room until March, more than I need.", "I rent a room after March, less than I need."),
    ],
)
def test_a_copy_that_leaves_out_what_mattered_falls(statement: str, spoken: str) -> None:
    assert not verdict(statement, spoken).accepted
