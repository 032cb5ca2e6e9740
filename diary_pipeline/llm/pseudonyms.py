"""Names are replaced by placeholders before a call to another machine, and restored in its answer.

Each spelling of a name has a placeholder of its own, so that restoring is exact. An answer that lost, altered or made
up a placeholder is rejected.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_ANY_CASE = re.IGNORECASE
_TITLES = frozenset("dr prof mr mrs ms miss sir aunt uncle st".split())


class PlaceholderError(Exception):
    """The answer's placeholders are not the ones that were sent; the message says how many were lost or made up."""


@dataclass(frozen=True)
class Pseudonyms:
    """Placeholders for the names of one text. `stem` is a word that does not occur in it."""

    stem: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str, names: Iterable[str]) -> "Pseudonyms":
        """Placeholders for every spelling of *names* in *text*; longer names first: "Ann Lee" before "Ann"."""
        found: dict[str, None] = {}
        wanted = sorted({name.strip() for name in names if name.strip()}, key=lambda name: (-len(name), name))
        if wanted:
            for match in _pattern(wanted, _ANY_CASE).finditer(text):
                found.setdefault(match[0])
        stem = next(
            stem for stem in (f"PERSON{'X' * n}" for n in range(len(text) + 2)) if stem.lower() not in text.lower()
        )
        return cls(stem, tuple(found))

    def instructions(self) -> str:
        """What the prompt says about the placeholders; empty without names."""
        if not self.names:
            return ""
        return (
            f"\n\nNames are replaced by words like {self.stem}_1. Write each of these words exactly so "
            "wherever its name belongs, also in lists of people or places. Leave none out, and make up no other."
        )

    def hide(self, text: str) -> str:
        """*text* with placeholders for names."""
        if not self.names:
            return text
        numbers = {name: number for number, name in enumerate(self.names, 1)}
        ordered = sorted(self.names, key=lambda name: (-len(name), name))
        return _pattern(ordered, 0).sub(lambda match: f"{self.stem}_{numbers[match[0]]}", text)

    def restore(self, text: str) -> str:
        """*text* with the names restored. Raises `PlaceholderError` when a placeholder was altered or made up."""
        marks = re.compile(rf"{self.stem}[\s_\-]*(\d*)", _ANY_CASE)

        def back(match: re.Match[str]) -> str:
            number = int(match[1] or 0)
            if match[0] != f"{self.stem}_{number}" or not 0 < number <= len(self.names):
                raise PlaceholderError("a placeholder was made up")
            return self.names[number - 1]

        return marks.sub(back, text)

    def restore_all(self, value: Any, *, every: bool, spoken: str | None = None) -> Any:
        """A JSON value with the names restored in all its strings.

        *every*: each placeholder must occur in it whose name is in *spoken* (None: each).
        """
        text = "\n".join(_strings(value))
        expected = [number for number, name in enumerate(self.names, 1) if spoken is None or name in spoken]
        lost = [number for number in expected if not re.search(rf"{self.stem}_{number}(?!\d)", text)]
        if every and lost:
            raise PlaceholderError(f"{len(lost)} placeholders were lost")
        return self._restore_value(value)

    def _restore_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, list):
            return [self._restore_value(item) for item in value]
        return {k: self._restore_value(v) for k, v in value.items()} if isinstance(value, dict) else value


def with_name_parts(names: Iterable[str]) -> tuple[str, ...]:
    """The names, and the parts of those of several words: Ann Lee is also called Ann."""
    found = dict.fromkeys(names)
    parts = (
        part for name in list(found) for part in name.replace("-", " ").split() if part[:1].isupper() and len(part) > 1
    )
    return tuple(found | dict.fromkeys(part for part in parts if part.rstrip(".").lower() not in _TITLES))


def _pattern(names: Iterable[str], flags: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", flags)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
