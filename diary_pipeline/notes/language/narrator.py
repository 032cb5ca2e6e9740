"""First person for "the speaker" in a statement: "the speaker's sister is ill" is "my sister is ill".

Not for transcripts: their speaker may speak of another one.
"""

from collections.abc import Sequence
from dataclasses import replace

from diary_pipeline.notes.language.lexicon.discourse import ADVERBS
from diary_pipeline.notes.language.lexicon.pronouns import NOBODYS_PRONOUN
from diary_pipeline.notes.language.lexicon.speech import NARRATORS
from diary_pipeline.notes.language.verbs import finite, is_verb
from diary_pipeline.notes.language.words import Token


def in_first_person(tokens: Sequence[Token]) -> list[Token]:
    """*tokens* with "the speaker" as first person; so is every "they" of a sentence that begins with the speaker.

    The text of the tokens stays.
    """
    out = list(tokens)
    opens = len(out) > 1 and out[0].low == "the" and out[1].low in NARRATORS
    spoken_of = any(token.low in NARRATORS for token in tokens)
    for at, token in enumerate(tokens):
        if at and token.low in NARRATORS and out[at - 1].low == "the":
            owner = at + 1 < len(out) and out[at + 1].low == "'s" and not is_verb(out, at + 1)
            out[at] = _stop(token, "my" if owner else "i" if _is_subject(out, at) else "me")
        elif spoken_of and token.low in NOBODYS_PRONOUN:
            out[at] = _stop(token, NOBODYS_PRONOUN[token.low])
        elif opens and token.low == "they":
            out[at] = _stop(token, "i")
    return out


def _is_subject(tokens: Sequence[Token], at: int) -> bool:
    """Whether "the speaker" is a subject: it opens a sentence, or a verb follows."""
    after = at + 1
    while after < len(tokens) and (tokens[after].low in ADVERBS or tokens[after].low.endswith("ly")):
        after += 1
    opens = at == 1 or tokens[at - 2].kind == "mark"
    return opens or (after < len(tokens) and finite(tokens, after))


def _stop(token: Token, low: str) -> Token:
    return replace(token, low=low, key=low, kind="stop")
