"""Minimal pairs for the evidence check, by mechanism: of each pair one statement is accepted, one rejected."""

import pytest

from diary_pipeline.notes.evidence.check import judge
from diary_pipeline.notes.evidence.source import SpokenSource
from tests.transcripts import said

PAIRS = {
    "a condition of what was announced": (
        "My niece said she'd lend me her tent for June if her exam goes well.",
        "My niece said she'd lend me her tent for June if her exam goes well.",
        "My niece will lend me her tent for June.",
    ),
    "a condition told as so": (
        "The plumber will call back, and if the valve is cracked they replace it.",
        "If the valve is cracked they replace it.",
        "The plumber said the valve was cracked.",
    ),
    "to find out if is no condition": (
        "Got to phone Mr Okoro, he's moved house, and find out if he wants the ladder back.",
        "Need to phone Mr Okoro.",
        "I phoned Mr Okoro.",
    ),
    "a no that opens a sentence": (
        "I emptied the drawer, but there's no money in the blue tin.",
        "No money in the blue tin.",
        "There's money in the blue tin.",
    ),
    "a sentence that a no opens": (
        "No heating in the workshop until the boiler is mended.",
        "There is no heating in the workshop until the boiler is mended.",
        "There is heating in the workshop until the boiler is mended.",
    ),
    "said of another": (
        "Hugo said his aunt never pays for parking.",
        "Hugo said his aunt never pays for parking.",
        "Hugo never pays for parking.",
    ),
    "wanted of me": (
        "The landlady wants me to paint the porch in June.",
        "The landlady wants me to paint the porch in June.",
        "The landlady wants to paint the porch in June.",
    ),
    "a woman for a man": (
        "He asked whether the twins were asleep, and then I carried the soup up to him.",
        "I carried the soup up to him.",
        "I carried the soup up to her.",
    ),
    "asked for, not done": (
        "The twins have asked to move to the back row.",
        "The twins want to move to the back row.",
        "The twins are moving to the back row.",
    ),
    "one of two": (
        "The key is under the mat or it's with Nadia, I'm not sure.",
        "I'm not sure whether the key is under the mat or with Nadia.",
        "The key is with Nadia.",
    ),
    "another's opinion": (
        "Oskar reckons they're going to close the bakery by Easter.",
        "Oskar thinks they're closing the bakery by Easter.",
        "They're closing the bakery by Easter.",
    ),
    "another's fear": (
        "Milan is afraid he will miss the ferry.",
        "Milan is afraid of missing the ferry.",
        "Milan will miss the ferry.",
    ),
    "a doubt that nobody had": (
        "The baby slept and he'd eaten some porridge.",
        "The baby slept after he had eaten some porridge.",
        "I'm not sure whether the baby had eaten some porridge.",
    ),
    "probably never": (
        "I shall probably never ski again.",
        "I will probably never ski again.",
        "I will never ski again.",
    ),
    "thinking of not": (
        "I'm thinking of not renewing the lease in May.",
        "I might not renew the lease in May.",
        "I won't renew the lease in May.",
    ),
    "what a verb takes": (
        "They argued about the fence for an hour, and I voted for the hedge.",
        "I voted for the hedge.",
        "I voted for the fence.",
    ),
    "what a thing is for": (
        "I knitted a hat for my uncle and a pair of gloves for Tariq.",
        "I knitted a hat for my uncle.",
        "I knitted a hat for Tariq.",
    ),
    "what is said of a subject": (
        "We ate at the harbour cafe, and the soup was cold.",
        "The soup at the harbour cafe was cold.",
        "The harbour cafe was beautifully decorated.",
    ),
    "a purpose": (
        "My cousin moved to Oslo in the spring.",
        "In the spring my cousin moved to Oslo.",
        "My cousin moved to Oslo in the spring to study law.",
    ),
    "a judgement": (
        "We had the garden party this afternoon and forty people came.",
        "Forty people came to the garden party this afternoon.",
        "It was a memorable afternoon at the garden party.",
    ),
    "another cause": (
        "The cat hid under the stairs and I stayed in because the roads were icy.",
        "I stayed in because the roads were icy.",
        "I stayed in because the cat hid under the stairs.",
    ),
    "who is spoken to": (
        "I think I tightened the strings too much.",
        "I tightened the strings too much, I think.",
        "I think you tightened the strings too much.",
    ),
    "who it was done to": (
        "They wanted me as a chairman, but I turned it down.",
        "I turned it down.",
        "I was turned down.",
    ),
    "whose it is": (
        "Bruno won the race, and his sister hugged me at the gate. Petra came last, poor thing.",
        "Bruno's sister hugged me at the gate.",
        "Petra's sister hugged me at the gate.",
    ),
    "whose number it is": (
        "I charge thirty for a haircut. Solveig charges fifty and serves tea.",
        "I charge thirty for a haircut.",
        "I charge fifty for a haircut.",
    ),
    "who has it": (
        "Irina says she's got six goats. Later I met Pavel.",
        "Irina has six goats.",
        "Pavel has six goats.",
    ),
    "letting is not asking": (
        "The curator let me touch the tapestry.",
        "The curator allowed me to touch the tapestry.",
        "The curator asked me to touch the tapestry.",
    ),
    "saying no": (
        "My boss wanted me to work on Sunday and I said no.",
        "My boss wanted me to work on Sunday, and I refused.",
        "I agreed to work on Sunday.",
    ),
    "not any": (
        "Farmer Holt lent us the meadow, he wouldn't accept any payment for it.",
        "Farmer Holt lent us the meadow and accepted no payment.",
        "Farmer Holt expected payment for the meadow.",
    ),
    "told and not told": (
        "I haven't told Selma yet that the boiler might leak.",
        "I have not told Selma yet that the boiler might leak.",
        "I've told Selma that the boiler might leak, but I'm not sure.",
    ),
    "bitten": (
        "The swan didn't bite me, it bit the postman.",
        "The swan bit the postman.",
        "The swan bit me.",
    ),
    "a day said again for something else": (
        "The roofer can start on Thursday, no, Friday, Thursday's a holiday.",
        "The roofer can start on Friday.",
        "The roofer can start on Thursday.",
    ),
    "but no": (
        "The chapel, I'd written down April eighteen fifty, but no, it's June, June eighteen fifty.",
        "The chapel is from June 1850.",
        "The chapel is from April 1850.",
    ),
    "that is": (
        "I painted the gate, that is, Yusuf painted it, in two coats.",
        "Yusuf painted the gate.",
        "I painted the gate.",
    ),
    "in one breath": (
        "there are nineteen chairs left in the hall uh eighteen because one is broken",
        "There are eighteen chairs left in the hall.",
        "There are nineteen chairs left in the hall.",
    ),
}


@pytest.mark.parametrize("mechanism", PAIRS)
def test_of_two_statements_the_one_that_was_said_stands(mechanism: str) -> None:
    spoken, right, wrong = PAIRS[mechanism]
    words = SpokenSource.of(said(spoken))
    assert judge(right, ["s01"], words).reasons == (), right
    assert not judge(wrong, ["s01"], words).accepted, wrong
