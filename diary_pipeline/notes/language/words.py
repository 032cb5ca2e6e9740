"""Text as tokens: contractions split, each word with its kind, its place and the key by which it is compared."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from diary_pipeline.notes.language.lexicon.auxiliaries import CLITICS
from diary_pipeline.notes.language.lexicon.determiners import BIT_OPENERS
from diary_pipeline.notes.language.lexicon.languages import STEMMERS
from diary_pipeline.notes.language.lexicon.negation import NEGATABLE_ENDINGS, NO_NEGATIVE_PREFIX, REVERSIBLE_VERBS
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.quantities import ORDINAL_ENDINGS
from diary_pipeline.notes.language.lexicon.spelling import AMERICAN, BASE_BEFORE_NOT, NEGATED_AUXILIARIES, RUN_TOGETHER
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.lexicon.thesaurus import SYNONYMS
from diary_pipeline.notes.language.lexicon.verbs import IRREGULAR, NO_SUPERLATIVES
from diary_pipeline.notes.language.sentence_ends import is_abbreviated

Kind = Literal["word", "stop", "mark", "number", "time", "date", "name"]
VALUE_KINDS: tuple[Kind, ...] = ("number", "time", "date", "name")
_TOKEN = re.compile(
    r"(?P<mark>[.!?…]+(?=\s|$|[\"”’')])|[,;:!?…—–()\[\]]+|--+)|(?P<money>[£$€])|(?P<half>\b[AaPp]\.[Mm]\b)|"  # noqa: RUF001
    rf"(?P<nth>\d+{one_of(ORDINAL_ENDINGS)}\b)|"
    r"(?P<number>\d+(?::\d\d|[.,]\d+)*)|(?P<hyphened>[^\W\d_]{1,2}-[^\W\d_]{2,}\b)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)",  # noqa: RUF001
)
_SPLIT = re.compile(rf"(?P<base>.+?)(?P<tail>{one_of(CLITICS)})$", re.IGNORECASE)
_RUN_TOGETHER = {word: tuple(parts.split("_")) for word, parts in RUN_TOGETHER.items()}
_RUN_TOGETHER |= {
    f"{verb}nt": (BASE_BEFORE_NOT.get(verb, verb), "n't") for verb in NEGATED_AUXILIARIES
}  # a small recogniser writes no apostrophes


@dataclass(frozen=True)
class Token:
    """One word or mark.

    *low*: its lower case. *key*: what it is compared by. *start*, *end*: its place in the segment's text. *first*:
    whether it opens its sentence.
    """

    text: str
    low: str
    key: str
    kind: Kind
    segment: str
    start: int
    end: int
    first: bool = False

    @property
    def content(self) -> bool:
        """Whether it is a content word."""
        return self.kind not in ("stop", "mark")


def tokens(text: str, segment: str, language: str | None = "en") -> list[Token]:
    """The words and marks of *text*, numbers not joined yet."""
    made: list[Token] = []
    begins = True
    for match in _TOKEN.finditer(text):
        group, raw = match.lastgroup or "word", match[0]
        if group == "mark" and is_abbreviated(text, match.start()):
            continue
        if group == "mark":
            made.append(Token(raw, raw, raw, "mark", segment, match.start(), match.end()))
            begins = begins or raw[0] in ".!?…"
            continue
        made += _pieces(match, group, segment, language, first=begins)
        begins = False
    return [_discourse(made, at) for at in range(len(made))]


def _discourse(made: Sequence[Token], at: int) -> Token:
    """The token with its kind here: "Well," is no content word, "it went well" has one; "it bit me" is "bite"."""
    alone = made[at].first or (at and made[at - 1].kind == "mark")
    if made[at].low == "bit" and not (at and made[at - 1].low in BIT_OPENERS):
        return replace(made[at], kind="word", key=key_of("bite"))
    return replace(made[at], kind="stop") if made[at].low in ("well", "right") and alone else made[at]


def _pieces(match: re.Match[str], group: str, segment: str, language: str | None, *, first: bool) -> Iterator[Token]:
    raw, start = match[0], match.start()
    if group == "nth":
        yield Token(raw, raw.lower(), f"#{int(raw[:-2])}", "date", segment, start, match.end(), first)
        return
    if group == "half":  # "p.m." is "pm"
        yield _word(raw, raw.lower().replace(".", ""), segment, (start, match.end()), language, first=first)
        return
    if group not in ("word", "hyphened"):
        kind: Kind = "number" if group == "number" else "stop"
        yield Token(raw, raw, raw, kind, segment, start, match.end(), first)
        return
    if group == "hyphened":  # Wi-Fi is wifi, T-shirt is t-shirt; no name
        plain = raw.lower().replace("-", "")
        yield _word(plain, plain, segment, (start, match.end()), language, first=first)
        return
    low = raw.lower().replace("’", "'")  # noqa: RUF001
    if low in _RUN_TOGETHER:
        for part in _RUN_TOGETHER[low]:
            yield _word(part, part, segment, (start, match.end()), language, first=first)
        return
    split = _SPLIT.match(low)
    base, tail = (split["base"], split["tail"]) if split and low != "let's" else (low, "")
    end = start + len(base)
    yield _word(
        raw[: len(base)],
        BASE_BEFORE_NOT.get(base, base) if tail == "n't" else base,
        segment,
        (start, end),
        language,
        first=first,
    )
    if tail:
        yield Token(raw[len(base) :], tail, tail, "stop", segment, end, match.end())


def _word(raw: str, low: str, segment: str, place: tuple[int, int], language: str | None, *, first: bool) -> Token:
    kind: Kind = "stop" if _is_stop(low, language) else "word"
    return Token(raw, low, key_of(low, language), kind, segment, *place, first)


def _is_stop(low: str, language: str | None) -> bool:
    return low in STOPWORDS if language in (None, "en") else len(low) <= 3


def key_of(low: str, language: str | None = "en") -> str:
    """What a word is compared by: its stem, the same for its forms and for its nearest synonyms."""
    if language not in (None, "en"):
        return _stem(low, language or "")
    if is_denial(low):
        low = low[2:]
    low = AMERICAN.get(low, low)
    if low.endswith("est") and len(low) > 5 and low not in NO_SUPERLATIVES:
        low = low[:-3]
    base = IRREGULAR.get(low, low)
    if base in SYNONYMS:
        return SYNONYMS[base]
    stem = _stem(base, "en")
    return _SYNONYM_STEMS.get(stem, stem)


def stem_of(low: str, language: str | None = "en") -> str:
    """The stem of a word: the same for its forms, but not for its synonyms."""
    if language in (None, "en"):
        low = AMERICAN.get(low, low)
        return _stem(IRREGULAR.get(low, low), "en")
    return _stem(low, language or "")


def is_denial(low: str) -> bool:
    """Whether "un" denies: "unpaid", "unhappy"; not "unlocked", which says what was done."""
    if not low.startswith("un") or low in NO_NEGATIVE_PREFIX:
        return False
    return low.endswith(_NEGATABLE) and not low[2:].startswith(_REVERSIBLE)


_NEGATABLE, _REVERSIBLE = tuple(NEGATABLE_ENDINGS), tuple(REVERSIBLE_VERBS)


@cache
def _stem(word: str, language: str) -> str:
    name = STEMMERS.get(language)
    return str(_stemmer(name).stemWord(word)) if name else word


def _stemmer(name: str) -> Any:
    """The stemmer of this thread: stemmers have state, and notes are written in several threads."""
    stemmers: dict[str, Any] = _LOCAL.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        import snowballstemmer

        stemmers[name] = snowballstemmer.stemmer(name)
    return stemmers[name]


_LOCAL = threading.local()


_SYNONYM_STEMS = {_stem(word, "en"): group for word, group in SYNONYMS.items()}


def joined(parts: Sequence[Token], key: str, kind: Kind) -> Token:
    """Several words as one token."""
    text = " ".join(part.text for part in parts)
    return replace(parts[0], text=text, low=text.lower(), key=key, kind=kind, end=parts[-1].end)
