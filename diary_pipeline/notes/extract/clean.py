"""The edits of the speaker's words: fillers, stutters, white space, the author's vocabulary, and nothing else.

Numbers, names, denials and content words are never changed. `clean` edits; `only_cleaned` checks an edited text.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from diary_pipeline.notes.extract.spelling import spelt
from diary_pipeline.notes.language.lexicon.discourse import STUTTERED, fillers
from diary_pipeline.notes.language.lexicon.negation import NEGATION_WORDS
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.quantities import NUMBER_WORDS
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.words import tokens

_FILLER = {True: r"(?:u+m+|u+h+m*|e+r+m*|ehm|hm+|mhm)", False: r"(?:ä+h+m*|ö+h+m+|ehm|hm+|mhm)"}
_NUMBER = rf"\b(?:\d[\d.,:]*|{one_of(NUMBER_WORDS)})\b"
_DENIALS = rf"\b{one_of(NEGATION_WORDS)}\b|n't\b"
_Widths = tuple[int, int]


def clean(text: str, vocabulary: Mapping[str, str] | None = None, language: str | None = "en") -> str:
    """*text* without fillers and stutters, names spelt by *vocabulary* (words as recognised -> name)."""
    english = language in (None, "en")
    kept = _without_fillers(text, language)
    kept = re.sub(r"\s+([,.;:!?])" if english else r"\s+([,.])", r"\1", " ".join(kept.split()))
    kept = re.sub(r"^[\s,.;:!?…]+(?=\w)", "", kept)
    kept = _without_stutters(kept) if english else kept
    kept = spelt(kept, vocabulary or {})
    if not re.search(r"\w", kept):
        return text.strip() if re.search(r"\w", text) and not _all_fillers(text, language) else ""
    first = re.match(r"[\"'“‘(]*", kept)  # noqa: RUF001
    start = first.end() if first else 0
    same = text.strip()[:1] == kept[:1]
    return kept if same else kept[:start] + kept[start : start + 1].upper() + kept[start + 1 :]


def _without_fillers(text: str, language: str | None) -> str:
    if not fillers(language):
        return text
    found = (
        rf"(?i)(?:,\s*|(?<![\w'’-])){_FILLER[language in (None, 'en')]}\b(?![\w'’-])\s*(?:…|\.\.\.)?,?(?=\s|[.!?;:,]|$)"  # noqa: RUF001
    )
    return re.sub(found, _gap, text)


def _gap(match: re.Match[str]) -> str:
    """What replaces a filler: a comma only where one side had it.

    "ER" and the "Um" of a name are no fillers.
    """
    word = re.search(r"\w+", match[0])
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    inside = bool(before) and before[-1] not in ".!?…"
    if word and ((len(word[0]) > 1 and word[0].isupper()) or (inside and word[0][0].isupper() and after[:1].isupper())):
        return match[0]
    if (
        "," in match[0]
        and re.search(rf"(?:{_NUMBER})$", before, re.IGNORECASE)
        and re.match(_NUMBER, after, re.IGNORECASE)
    ):
        return ", "  # "three, er, four" is not thirty-four
    return ", " if match[0].startswith(",") and not match[0].rstrip().endswith(",") else " "


def _all_fillers(text: str, language: str | None) -> bool:
    return all(t.low in fillers(language) for t in tokens(text, "") if t.kind != "mark")


def _without_stutters(text: str) -> str:
    def once(match: re.Match[str]) -> str:
        return match[1] if match[1].lower() in STUTTERED and "A A" not in match[0] else match[0]

    return re.sub(r"(?i)\b(\w+)(?:[,-]?\s+\1\b)+(?!['’-])", once, text)  # noqa: RUF001


def only_cleaned(
    original: str, edited: str, vocabulary: Mapping[str, str] | None = None, language: str | None = "en"
) -> bool:
    """Whether *edited* differs from *original* only by these edits."""
    filling, stuttered = fillers(language), STUTTERED if language in (None, "en") else frozenset[str]()
    before, after = _words(original), _words(edited)
    spelt = {tuple(recognised.lower().split()): _words(written) for recognised, written in (vocabulary or {}).items()}
    at = there = 0
    while at < len(before):
        if there < len(after) and before[at] == after[there]:
            at, there = at + 1, there + 1
        elif width := _respelt(before, at, after, there, spelt):
            at, there = at + width[0], there + width[1]
        elif before[at] in filling or (before[at] in stuttered and before[at] in _neighbours(before, at)):
            at += 1
        else:
            return False
    recognised, known = _without_fillers(original, language), {*chain(*spelt, *spelt.values())}
    return there == len(after) and _same_sense(recognised, edited) and _lost_names(recognised, edited) <= known


def _same_sense(recognised: str, edited: str) -> bool:
    """Whether marks, which may change, still say the same: questions, numbers that stand together, denials."""
    if recognised.count("?") != edited.count("?") or joined_numbers(recognised) != joined_numbers(edited):
        return False
    sides = zip(_sides_of_denials(recognised), _sides_of_denials(edited), strict=False)
    return not any(one[0] != two[0] and one[1] != two[1] for one, two in sides)


def joined_numbers(text: str) -> list[str]:
    """Numbers as they stand together: "three, four" are two, "thirty four" is one."""
    return [" ".join(run.lower().split()) for run in re.findall(rf"(?i){_NUMBER}(?:\s+{_NUMBER})*", text)]


def _sides_of_denials(text: str) -> list[tuple[bool, bool]]:
    """For each denial, whether a sentence ends right before it, and right after."""
    found = list(re.finditer(_DENIALS, text.lower()))
    return [
        (bool(re.search(r"(?:^|[.!?;])[\s,]*$", text[: m.start()])), bool(re.match(r"\s*[.!?;]", text[m.end() :])))
        for m in found
    ]


def _lost_names(original: str, edited: str) -> set[str]:
    """Words, in lower case, that lost their capital or got one inside a sentence.

    Stopwords may, since they open sentences.
    """
    before, after = _spellings(original), _spellings(edited)
    lost = {
        low
        for low, forms in before.items()
        if low not in STOPWORDS and any(f[0].isupper() for f in forms) and _lower(after.get(low))
    }
    lost -= {low for low, forms in before.items() if any(form[0].islower() for form in forms)}
    return lost | {word.lower() for word in _inside(edited) if word not in before.get(word.lower(), ()) and word != "I"}


def _spellings(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in re.findall(r"[^\W\d_]\w*", text):
        found.setdefault(word.lower(), set()).add(word)
    return found


def _lower(forms: Collection[str] | None) -> bool:
    return any(form[0].islower() for form in forms or ())


def _inside(text: str) -> set[str]:
    """Words with a capital inside a sentence."""
    return {m[1] for m in re.finditer(r"(?<![.!?…\"“'‘(\s])\s+([^\W\d_]\w*)", text) if m[1][0].isupper()}  # noqa: RUF001


def _respelt(
    before: Sequence[str], at: int, after: Sequence[str], there: int, spelt: Mapping[tuple[str, ...], list[str]]
) -> _Widths | None:
    """How many words as recognised the vocabulary writes as how many others here."""
    for recognised, written in spelt.items():
        if (
            tuple(before[at : at + len(recognised)]) == recognised
            and list(after[there : there + len(written)]) == written
        ):
            return len(recognised), len(written)
    return None


def _neighbours(words: Sequence[str], at: int) -> list[str]:
    """The words before and after, fillers skipped."""
    before = next((word for word in reversed(words[:at]) if word not in fillers("en")), "")
    after = next((word for word in words[at + 1 :] if word not in fillers("en")), "")
    return [before, after]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’.,:-][^\W_]+)*|[£$€%+]|(?<![\w-])[-−](?=\d)", text.lower().replace("’", "'"))  # noqa: RUF001
