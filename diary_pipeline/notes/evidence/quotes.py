"""Quotes and highlights: their words must have been said, one after the other."""

import re
from collections.abc import Iterator

from diary_pipeline.notes.evidence.quote_speakers import another_speaker
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.lexicon.discourse import fillers
from diary_pipeline.notes.language.words import tokens

_QUOTED = re.compile(r"[\"“„«]([^\"”“«»]+)[\"”“»]|(?<!\w)['‘]([^'’‘]{4,}?)['’](?!\w)")  # noqa: RUF001


def wrong_quotes(text: str, spoken: SpokenSource, cited: tuple[str, ...]) -> Iterator[str]:
    """Quoted words that the cited segments do not say in this order, or that another speaker says there."""
    said = spoken.text(cited)
    for match in _QUOTED.finditer(text):
        quote = match[1] or match[2]
        if not is_said(quote, said, spoken.language) or another_speaker(quote, spoken.read(text), spoken.window(cited)):
            yield "quote"


def is_said(quote: str, said: str, language: str | None) -> bool:
    """Whether *said* has the words of *quote* in a row; marks, capitals and fillers of the *language* do not count."""
    wanted, said_words = _bare(quote, language), _bare(said, language)
    width = len(wanted)
    return width > 0 and any(said_words[n : n + width] == wanted for n in range(len(said_words) - width + 1))


def _bare(text: str, language: str | None) -> list[str]:
    return [t.low for t in tokens(text, "", "") if t.kind != "mark" and t.low not in fillers(language)]
