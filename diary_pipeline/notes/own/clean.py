"""The closed list of edits: fillers, stutters, white space, the author's vocabulary. Nothing else may change what was said.

`clean` makes them, `only_cleaned` checks somebody else's. A number, a name, a denial or a word that says something is never touched.
"""

import re
from collections.abc import Mapping, Sequence

from diary_pipeline.notes.language.words import tokens

FILLERS = frozenset("um umm uhm uh uhh er erm ehm hmm mhm".split())
_ELSEWHERE = frozenset("äh ähm öhm ehm hmm mhm".split())  # "er" is German for he, "um" for at: no filler of English is one everywhere
_FILLER = {True: r"(?:u+m+|u+h+m*|e+r+m*|ehm|hm+|mhm)", False: r"(?:ä+h+m*|ö+h+m+|ehm|hm+|mhm)"}
_Widths = tuple[int, int]
_STUTTERED = frozenset(
    "i we he she it they you the a an my our his her its to of in on at for with and but so is was if as that this".split()
)
"""Words that nobody says twice on purpose. "Very very", "no no" and "had had" stay."""


def clean(text: str, vocabulary: Mapping[str, str] | None = None, language: str | None = "en") -> str:
    """*text* without fillers and stutters; *vocabulary* spells heard words as their author does (heard -> written)."""
    english = language in (None, "en")
    kept = re.sub(rf"(?i)(?:,\s*|(?<![\w'’-])){_FILLER[english]}\b(?![\w'’-])\s*(?:…|\.\.\.)?,?(?=\s|[.!?;:,]|$)", _gap, text)  # noqa: RUF001
    kept = re.sub(r"\s+([,.;:!?])" if english else r"\s+([,.])", r"\1", " ".join(kept.split()))
    kept = re.sub(r"^[\s,.;:!?…]+(?=\w)", "", kept)
    kept = _without_stutters(kept) if english else kept
    for heard, written in (vocabulary or {}).items():
        kept = re.sub(rf"(?i)\b{re.escape(heard)}\b", written.replace("\\", "\\\\"), kept)
    if not re.search(r"\w", kept):
        return text.strip() if re.search(r"\w", text) and not _all_fillers(text, english=english) else ""
    first = re.match(r"[\"'“‘(]*", kept)  # noqa: RUF001
    start = first.end() if first else 0
    same = text.strip()[:1] == kept[:1]
    return kept if same else kept[:start] + kept[start : start + 1].upper() + kept[start + 1 :]


def _gap(match: re.Match[str]) -> str:
    """What stands where a filler stood: a comma only where it had one on both sides or a clause follows."""
    return ", " if match[0].startswith(",") and not match[0].rstrip().endswith(",") else " "


def _all_fillers(text: str, *, english: bool) -> bool:
    return all(t.low in (FILLERS if english else _ELSEWHERE) for t in tokens(text, "") if t.kind != "mark")


def _without_stutters(text: str) -> str:
    def once(match: re.Match[str]) -> str:
        return match[1] if match[1].lower() in _STUTTERED else match[0]

    return re.sub(r"(?i)\b(\w+)(?:[,-]?\s+\1\b)+(?!['’])", once, text)  # noqa: RUF001


def only_cleaned(original: str, edited: str, vocabulary: Mapping[str, str] | None = None, language: str | None = "en") -> bool:
    """Whether *edited* differs from *original* by edits of the list alone."""
    fillers, stuttered = (FILLERS, _STUTTERED) if language in (None, "en") else (_ELSEWHERE, frozenset[str]())
    before, after = _words(original), _words(edited)
    spelt = {tuple(heard.lower().split()): _words(written) for heard, written in (vocabulary or {}).items()}
    at = there = 0
    while at < len(before):
        if there < len(after) and before[at] == after[there]:
            at, there = at + 1, there + 1
        elif width := _respelt(before, at, after, there, spelt):
            at, there = at + width[0], there + width[1]
        elif before[at] in fillers or (before[at] in stuttered and before[at] in _neighbours(before, at)):
            at += 1
        else:
            return False
    return there == len(after)


def _respelt(
    before: Sequence[str], at: int, after: Sequence[str], there: int, spelt: Mapping[tuple[str, ...], list[str]]
) -> _Widths | None:
    """How many heard words the vocabulary writes as how many others here."""
    for heard, written in spelt.items():
        if tuple(before[at : at + len(heard)]) == heard and list(after[there : there + len(written)]) == written:
            return len(heard), len(written)
    return None


def _neighbours(words: Sequence[str], at: int) -> list[str]:
    """The words before and after, over fillers."""
    before = next((word for word in reversed(words[:at]) if word not in FILLERS), "")
    after = next((word for word in words[at + 1 :] if word not in FILLERS), "")
    return [before, after]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’.,:-][^\W_]+)*|[£$€%+]", text.lower().replace("’", "'"))  # noqa: RUF001
