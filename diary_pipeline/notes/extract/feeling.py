"""The speaker's feeling, only as named: "I'm worried", "I was so nervous". The last one counts; nothing is guessed."""

import re
from collections.abc import Sequence

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.language.lexicon.discourse import DEGREE_ADVERBS
from diary_pipeline.notes.language.lexicon.feelings import FEELING_OPENERS, FEELING_VETOES, SPOKEN_FEELINGS
from diary_pipeline.notes.language.lexicon.notation import one_of

_FEELS = re.compile(
    rf"\b{one_of(FEELING_OPENERS)} (?:{one_of(DEGREE_ADVERBS)} )*"
    rf"(?P<word>(?!(?:tired|afraid) of the){one_of(SPOKEN_FEELINGS)})\b(?! with the light)"
)
_OTHER = re.compile(r"\b(?:looking forward to|can't wait|(?:feel|felt) (?P<word>good|great|awful))\b")
_VETO = re.compile(rf"\b{one_of(FEELING_VETOES)}\b|n't\b")


def feeling(sentences: Sequence[Sentence]) -> str | None:
    """The speaker's own word for the feeling, or None."""
    return next((word for sentence in reversed(sentences) if (word := named_feeling(sentence))), None)


def named_feeling(sentence: Sentence) -> str | None:
    """The last feeling that the speaker names in the sentence."""
    last = None
    text = sentence.said(sentence.first, sentence.end).lower().replace("’", "'")  # noqa: RUF001
    for match in _FEELS.finditer(text):
        if not _VETO.search(text[max(0, match.start() - 25) : match.end()].replace("never been so", "")):
            last = match["word"]
    for match in _OTHER.finditer(text):
        before = text[max(0, match.start() - 14) : match.start()]
        if not _VETO.search(before) and re.search(r"\bi('m| am|)\b|^", before):
            last = match["word"] or "looking forward"
    return last
