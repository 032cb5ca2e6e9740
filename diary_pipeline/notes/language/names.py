"""Names: words with a capital, and first words of a sentence that stand as a name does."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from diary_pipeline.notes.language.lexicon.abbreviations import TITLE_ABBREVIATIONS
from diary_pipeline.notes.language.lexicon.dates import MONTHS, RELATIVE_DAYS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.people import NAME_VERBS, SPOKEN_TITLES
from diary_pipeline.notes.language.lexicon.prepositions import MONTH_OPENERS
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS
from diary_pipeline.notes.language.words import Token


@cache
def given_names() -> frozenset[str]:
    """Common given names, lower case."""
    return frozenset((files("diary_pipeline.notes.language.lexicon") / "given_names.txt").read_text("utf-8").split())


def mark_days_and_names(tokens: Sequence[Token], known: Iterable[str] = (), language: str | None = "en") -> list[Token]:
    """*tokens* with weekdays, months, relative days and names recognised. *known*: names seen elsewhere, lower case.

    In German every noun has a capital, so no names are recognised there.
    """
    if language == "de":
        return list(tokens)
    seen = frozenset(known) | named_inside(tokens)
    lower = {t.low for t in tokens if t.kind == "word" and t.text[:1].islower()}
    uncased = not any(
        t.text[:1].isupper() for t in tokens
    )  # as a small recogniser writes: then only a given name is recognised
    made = []
    for at, token in enumerate(tokens):
        if _titles(tokens, at):
            made.append(replace(token, kind="stop"))
        elif token.kind in ("word", "stop") and (day := _day(token)):
            made.append(replace(token, key=day, kind="date"))
        elif token.low in ("may", "march") and at and tokens[at - 1].low in MONTH_OPENERS:
            made.append(replace(token, key=f"@{token.low}", kind="date"))
        elif token.kind == "word" and (
            token.low in given_names() - BARE_VERBS if uncased else _is_name(tokens, at, seen, lower)
        ):
            made.append(replace(token, kind="name"))
        else:
            made.append(token)
    return made


def _titles(tokens: Sequence[Token], at: int) -> bool:
    """As in "Professor Lund", who is Lund."""
    return (
        tokens[at].low in SPOKEN_TITLES
        and at + 1 < len(tokens)
        and tokens[at + 1].kind == "word"
        and tokens[at + 1].text[:1].isupper()
    )


def named_inside(tokens: Iterable[Token]) -> frozenset[str]:
    """Words with a capital inside a sentence, lower case."""
    return frozenset(
        t.low
        for t in tokens
        if t.kind == "word" and not t.first and t.text[:1].isupper() and len(t.text) > 1 and not _day(t)
    )


def _day(token: Token) -> str | None:
    capital = token.text[:1].isupper()
    if token.low in WEEKDAYS and (capital or token.low not in ("sat", "sun")):
        return f"@{WEEKDAYS[token.low]}"
    if token.low in MONTHS and (capital or token.low not in ("may", "march")):
        return f"@{token.low}" if token.low not in ("may", "march") or not token.first else None
    return f"@{token.low}" if token.low in RELATIVE_DAYS else None


def _is_name(tokens: Sequence[Token], at: int, seen: frozenset[str], lower: set[str]) -> bool:
    token = tokens[at]
    if not token.text[:1].isupper() or len(token.text) < 2 or token.low in STOPWORDS or token.low in lower:
        return False
    if token.low in TITLE_ABBREVIATIONS:
        return False
    if not token.first:
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        token.low in seen
        or token.low in given_names()
        or (following is not None and following.low == "'s" and token.low not in lower)
    )


def may_be_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sentence's first word is followed by a verb as a name is. "Traffic is bad" is too."""
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return tokens[at].first and tokens[at].kind == "word" and following in NAME_VERBS
