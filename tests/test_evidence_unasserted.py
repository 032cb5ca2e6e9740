"""What was asked, wished, bidden or made to depend on something is not told as so, in words that no other test has."""

import pytest

from diary_pipeline.notes.evidence.check import check
from diary_pipeline.notes.evidence.source import SpokenSource
from tests.transcripts import said

BRIDGE = "If the bridge reopens tonight we'd be home by ten."
FLUTE = "If the flute can't be mended I want another one before the concert."
TENT = "The fair is on the fifth, provided the council sends the tent."
ALLOTMENT = "My aunt phoned to ask when I'm going to sell the allotment."
STALL = "Nadia asked would I let her have the stall in May, and I said I don't know."
POOL = "I asked the warden whether we could use the sauna and he said he'd think about it."
LEAVE = "The foreman rang twice, he wants me to paint the gate on Sunday."
FLOUR = "The yeast is nearly finished, get three kilos of rye, and the oven door is loose."
PUPPY = "He's eleven kilos now and he oughta be fifteen."
SHOP = "Mr Lunn wants to move the bakery to Thirsk in autumn."
FENCE = "Mrs Orr wants it fenced by Easter."
MILL = "Agnes proposes to shut the mill in March."
NAMES = "I'd like to have Oliver, and her brother chose Magnus."
CELLO = "I have to shift the recital, which Mrs Quill has been rehearsing the cello for since June."
BOAT = "I could caulk the boat myself, that would take a week, or hire Jem."
PARCEL = "The parcel isn't here, I'll ask again on Monday."
CHOIR = "I've never sung a note, and I'd say forty of them are good."
COACH = "They're bringing the benches by the ninth, they say."
WASP = "The wasp stung the pony, not me."
GATE = "The porter was at the gate, the nurse wasn't."
VISITORS = "Forty visitors, not counting babies."
KNEE = "Ollie fell on his knee, he didn't need bandages."
GARDEN = "The Hales came about the house, she likes the garden, he hates the stairs."
TAILOR = "I have not paid the tailor."
COBBLER = "I have not paid the tailor, but I have paid the cobbler."
SLABS = "He said it would be nine hundred if Rashid mends the slabs and six hundred if I do."
MILLER = "I asked for another pair of hands and she is going to see if the miller from Hexham is free."


def reasons(statement: str, spoken: str) -> tuple[str, ...]:
    return check(statement, ("s01",), SpokenSource.of(said(spoken))).reasons


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("We'll be home by ten.", BRIDGE),
        ("The flute can't be mended, I'd want another one.", FLUTE),
        ("The council sends the tent.", TENT),
        ("I'm going to sell the allotment.", ALLOTMENT),
        ("I let Nadia have the stall in May.", STALL),
        ("The warden said we could use the sauna.", POOL),
        ("I have to paint the gate on Sunday.", LEAVE),
        ("I got three kilos of rye, and the oven door is loose.", FLOUR),
        ("He's eleven kilos now and he's fifteen.", PUPPY),
        ("The bakery moved to Thirsk in autumn.", SHOP),
        ("It was fenced by Easter.", FENCE),
        ("Agnes is shutting the mill in March.", MILL),
        ("Oliver chose Magnus.", NAMES),
        ("I have not paid the tailor. I have paid him.", TAILOR),
        ("I was stung by a wasp.", WASP),
        ("The nurse was at the gate, the porter wasn't.", GATE),
        ("Forty visitors, including babies.", VISITORS),
        ("The knee had to be bandaged.", KNEE),
        ("He likes the garden, and she hates the stairs.", GARDEN),
        ("Rashid would mend the slabs and six hundred if I do.", SLABS),
        ("The miller from Hexham is baking for us.", MILLER),
        ("I have been rehearsing the cello since June.", CELLO),
    ],
)
def test_what_was_only_asked_wished_or_conditional_is_not_so(statement: str, spoken: str) -> None:
    assert reasons(statement, spoken), statement


@pytest.mark.parametrize(
    ("statement", "spoken"),
    [
        ("If the bridge reopens tonight, we'll be home by ten.", BRIDGE),
        ("I want another flute before the concert if it can't be mended.", FLUTE),
        ("The fair is on the fifth if the council sends the tent.", TENT),
        ("My aunt asked when I'm going to sell the allotment.", ALLOTMENT),
        ("Nadia asked whether I would let her have the stall in May.", STALL),
        ("I asked the warden whether we could use the sauna.", POOL),
        ("The foreman wants me to paint the gate on Sunday.", LEAVE),
        ("I need to get three kilos of rye.", FLOUR),
        ("He should be fifteen.", PUPPY),
        ("Mr Lunn wants to move the bakery to Thirsk in autumn.", SHOP),
        ("Mrs Orr wants it to be fenced by Easter.", FENCE),
        ("Agnes wants to shut the mill in March.", MILL),
        ("Her brother chose Magnus.", NAMES),
        ("I have not paid the tailor, but I have paid the cobbler.", COBBLER),
        ("It costs nine hundred if Rashid mends the slabs and six hundred if I do.", SLABS),
        ("She will see if the miller from Hexham is free.", MILLER),
        ("The wasp stung the pony.", WASP),
        ("The porter was at the gate, the nurse wasn't.", GATE),
        ("Forty visitors, without babies.", VISITORS),
        ("The knee didn't need bandages.", KNEE),
        ("She likes the garden, and he hates the stairs.", GARDEN),
        ("Mrs Quill has been rehearsing the cello since June.", CELLO),
        ("I could caulk the boat myself, which would take a week.", BOAT),
        ("I'm going to ask again on Monday.", PARCEL),
        ("The speaker said they've never sung a note.", CHOIR),
        ("The speaker said they'd say forty of them are good.", CHOIR),
        ("The speaker said they're bringing the benches by the ninth.", COACH),
    ],
)
def test_what_is_told_as_it_was_said_stands(statement: str, spoken: str) -> None:
    assert not reasons(statement, spoken), statement
