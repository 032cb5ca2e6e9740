"""Symbols that nobody said: "<50", "¬trust", "~~sold~~" and an emoji say something else than the words do.

In free words the signs of amounts may stand for words, which the rules of values judge ("50%", "20 °C"). In the
speaker's own words no symbol is new, no bracket, and no quotation mark.
"""

import re
import unicodedata
from collections.abc import Iterator

_OF_AMOUNTS = frozenset("%‰°+&/@\u00d7№")
_NO_PUNCTUATION = frozenset("#%&*@\\/§¶†‡‰‱※⁂\u204e⁑⁕•‣‼⁇⁈⁉‽")
"""In Unicode these are punctuation, but they mean something."""
_INSIDE_WORDS = frozenset("\u00ad\u200c\u200d\u200e\u200f")
"""Invisible signs that Persian, Hebrew and hyphenated words need."""
_OVERLAYS = re.compile("[\u0334-\u0338\u20d0-\u20ff\ufe00-\ufe0f]")
_DOUBLE_QUOTES = re.compile('["“”„‟«»‹›「」『』《》〈〉]')  # noqa: RUF001
_SINGLE_QUOTES = re.compile(r"(?<!\w)['‘‚‛](?=\S)[^'‘’‚‛]*(?:\w['’][^\W\d_][^'‘’‚‛]*)*['’‘‛](?!\w)")  # noqa: RUF001
_PLAIN = frozenset(("Po", "Pd", "Pi", "Pf"))


def adds_symbols(text: str, said: str, *, own_words: bool) -> bool:
    """Whether *text* has a symbol that *said* does not have there; *own_words*: by the stricter rule."""
    if not own_words:
        return not {one for one, *_ in _symbols(text, own_words=False)} <= set(unicodedata.normalize("NFC", said))
    known = list(_symbols(said, own_words=True))
    new = any(not any(_is_same(one, other) for other in known) for one in _symbols(text, own_words=True))
    return new or quotation_marks(text) > quotation_marks(said)


def quotation_marks(text: str) -> int:
    """How many there are; an apostrophe is none."""
    return len(_DOUBLE_QUOTES.findall(text)) + 2 * len(_SINGLE_QUOTES.findall(text))


def _symbols(text: str, *, own_words: bool) -> Iterator[tuple[str, str, str]]:
    """Each symbol with the word before it and the word behind it."""
    plain = unicodedata.normalize("NFC", text)
    places = [n for n, char in enumerate(plain) if _is_symbol(char, own_words=own_words)]
    for at in places:
        before, after = re.findall(r"\w+", plain[:at].lower()), re.search(r"\w+", plain[at + 1 :].lower())
        yield plain[at], before[-1] if before else "", after[0] if after else ""


def _is_symbol(char: str, *, own_words: bool) -> bool:
    kind = unicodedata.category(char)
    if char.isspace() or char in _INSIDE_WORDS or _DOUBLE_QUOTES.match(char):
        return False
    if _OVERLAYS.match(char):
        return True
    if kind[0] in "LM" or kind in ("Nd", "Nl"):
        return False
    if unicodedata.normalize("NFKC", char) not in _NO_PUNCTUATION and kind in _PLAIN:
        return False
    return own_words or not (kind in ("Sc", "No", "Ps", "Pe") or char in _OF_AMOUNTS)


def _is_same(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether it is the same symbol beside the same word; beside a number, the same number."""
    (symbol, *words), (known, *known_words) = one, other
    pairs = list(zip(words, known_words, strict=True))
    numbers = [a == b for a, b in pairs if any(char.isdigit() for char in a)]
    return symbol == known and (all(numbers) if numbers else any(a == b for a, b in pairs))
