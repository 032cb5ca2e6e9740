"""Corrections of names: where a person wrote a name over words of a page that were recognised for it.

A correction is sure where the words were recognised as a name, are no name, place or word of any list, and sound alike.
Others may be a changed fact, or hold this time only: they are learnt when the same one was made again on another memo.
So are all words that were recognised in lower case: no list has every food, medicine, shop and program.

The sentence is the unit: headings, to-dos and events repeat what a paragraph says. One of them corrected is enough, and
what is left in the others says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial

from diary_pipeline.notes.name_certainty import TITLES, are_capitalised, certainty, is_acronym, is_known, is_name
from diary_pipeline.notes.sounds import same_letters, sound_alike

MAX_WORDS = 3
SAME_LINE, MAX_PAIRS = 0.6, 400
"""Share of common words from which two lines are one line that a person changed; with more pairs of lines, nothing
is compared."""
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+|[.!?…:]")  # noqa: RUF001
_DERIVED = re.compile(r"\s*(?:#|[-*+]\s|\d+[.)]\s)")
_AUDIO = re.compile(r"\]\(([^()#]+)#t=")
_CLOCK = re.compile(r"^## (\d\d:\d\d)")


@dataclass(frozen=True)
class NameCorrection:
    """Recognised words and the name that a person wrote over them; *memo*: the time of the memo, "09:00".

    *sure*: the words can mean nothing else, so that the correction is learnt at once.
    """

    recognised: str
    name: str
    memo: str = ""
    sure: bool = True


@dataclass(frozen=True)
class _Words:
    """Words of a line; *first*: places of those that open a sentence, where a capital marks no name.

    *derived*: a heading or an item of a list, which repeats what a paragraph says.
    """

    words: tuple[str, ...]
    first: frozenset[int]
    derived: bool = False

    @classmethod
    def of(cls, line: str) -> "_Words":
        tokens = _TOKEN.findall(_LINK.sub(" ", line).replace("\\", ""))
        places = [n for n, token in enumerate(tokens) if token[0].isalnum()]
        first = {at for at, n in enumerate(places) if n == 0 or not tokens[n - 1][0].isalnum()}
        return cls(tuple(tokens[n] for n in places), frozenset(first), bool(_DERIVED.match(line)))

    def lows(self) -> list[str]:
        return [word.lower() for word in self.words]

    def lead(self, at: int) -> str:
        """The word before a place; none where it is written like a part of a name."""
        word = self.words[at - 1] if at else ""
        return word.lower() if word.islower() or at - 1 in self.first or word.lower() in TITLES else ""


def name_corrections(base: str, edited: str, language: str = "en") -> list[NameCorrection]:
    """The corrections of names from *base* to *edited*, in order, each once for a memo.

    Words that were corrected in two ways, or have a meaning and were left somewhere else, are left out.
    """
    found: dict[tuple[str, str], NameCorrection] = {}
    names: dict[str, set[str]] = {}
    only_derived: dict[str, set[str]] = {}
    for memo, before, after in _changed_lines(base, edited):
        for one in _of_line(before, after, language):
            low = one.recognised.lower()
            names.setdefault(low, set()).add(one.name)
            found.setdefault((low, memo), NameCorrection(one.recognised, one.name, memo, one.sure))
            only_derived.setdefault(low, set()).update(_around(low, before, one.name) if before.derived else {""})
    paragraphs = [line for line in map(_Words.of, edited.splitlines()) if not line.derived]

    def is_left(low: str, name: str) -> bool:
        same, left = only_derived[low], [around for line in paragraphs if (around := _around(low, line, name))]
        return any("" in same or not around & same for around in left)

    return [
        one
        for (low, _), one in found.items()
        if len(names[low]) == 1 and (not is_known(low, language) or not is_left(low, one.name))
    ]


def _around(low: str, line: _Words, name: str) -> set[str]:
    """The words before and behind *low* in a line, where that is not *name*: by them a repeated sentence is known."""
    words, size = line.lows(), len(low.split())
    places = [at for at in range(len(words)) if words[at : at + size] == low.split()]
    places = [at for at in places if " ".join(line.words[at : at + size]) != name]
    return {f"{word} _" for at in places for word in words[max(0, at - 1) : at]} | {
        f"_ {word}" for at in places for word in [*words[at + size : at + size + 1], "."][:1]
    }


def _changed_lines(base: str, edited: str) -> Iterator[tuple[str, _Words, _Words]]:
    """The memo of each changed line, and the line before and after; lines that a person added are skipped."""
    (old, memos), (new, _) = _lines(base), _lines(edited)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = [_Words.of(line) for line in old[i:j]], [_Words.of(line) for line in new[k:m]]
        if kind == "replace" and len(before) == len(after):
            yield from zip(memos[i:j], before, after, strict=True)
        elif kind == "replace" and len(before) * len(after) <= MAX_PAIRS:
            for memo, line in zip(memos[i:j], before, strict=True):
                best = max(after, key=partial(_similarity, line))
                if _similarity(line, best) >= SAME_LINE:
                    yield memo, line, best


def section_of(text: str, words: str) -> str | None:
    """How the heading begins of the memo of which a line holds these words: "## 09:00"; None where none does."""
    heading = None
    for line in text.splitlines():
        if line.startswith("## "):
            clock = _CLOCK.match(line)
            heading = clock[0] if clock else None
        elif words in line:
            return heading
    return None


def _lines(text: str) -> tuple[list[str], list[str]]:
    """The lines of a page, and of each the time of its memo."""
    lines, memos, memo, of_audio = [], [], "", dict[str, str]()
    for line in text.splitlines():
        if clock := _CLOCK.match(line):
            memo = clock[1]
        elif line.startswith("## "):
            memo = ""
        audio = _AUDIO.search(line)
        if audio and memo:
            of_audio.setdefault(audio[1], memo)
        if line.strip() and not line.startswith("<small>"):
            lines.append(line)
            memos.append(memo or (of_audio.get(audio[1], "") if audio else ""))
    return lines, memos


def _similarity(one: _Words, other: _Words) -> float:
    return SequenceMatcher(None, one.lows(), other.lows(), autojunk=False).ratio()


def _of_line(before: _Words, after: _Words, language: str) -> Iterator[NameCorrection]:
    for i, j, k, m in _changed_words(before, after, language):
        recognised, name = _without_possessive(" ".join(before.words[i:j]), " ".join(after.words[k:m]))
        lead = after.lows()[k - 1] if k else ""
        if not is_name(name.split(), lead, language, first=k in after.first) or not _is_other_name(recognised, name):
            continue
        found = certainty(recognised.split(), before.lead(i), language, first=i in before.first)
        if found == "never" or (found in ("sure", "alike") and not sound_alike(recognised, name)):
            continue
        keeps_case = are_capitalised(recognised.split()) and i not in before.first
        yield NameCorrection(recognised if keeps_case else recognised.lower(), name, sure=found == "sure")


def _is_other_name(recognised: str, name: str) -> bool:
    """Whether more differs than accents and marks: letters, the parting of words, or an acronym's capitals."""
    return (
        not same_letters(recognised, name)
        or len(recognised.split()) != len(name.split())
        or (name.isupper() and not recognised.isupper())
    )


def _changed_words(before: _Words, after: _Words, language: str) -> Iterator[tuple[int, int, int, int]]:
    """Where a few words were written over a few others, or an acronym in capitals; of as many words each by itself."""
    for kind, i, j, k, m in SequenceMatcher(None, before.lows(), after.lows(), autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = [(i + n, k + n) for n in range(j - i)]
            changed = [(a, b) for a, b in pairs if before.words[a] != after.words[b]]
            yield from ((a, a + 1, b, b + 1) for a, b in changed if is_acronym(after.words[b], language))
        if kind != "replace" or j - i > MAX_WORDS or m - k > MAX_WORDS:
            continue
        if j - i == m - k:
            yield from ((i + n, i + n + 1, k + n, k + n + 1) for n in range(j - i))
        else:
            yield i, j, k, m


def _without_possessive(words: str, name: str) -> tuple[str, str]:
    """Both without a possessive ending that both have."""
    ending = ("'s", "’s")  # noqa: RUF001
    return (words[:-2], name[:-2]) if words.endswith(ending) and name.endswith(ending) else (words, name)
