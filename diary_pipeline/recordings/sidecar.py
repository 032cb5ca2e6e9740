"""Sidecars: what somebody wrote beside a recording about it, told from the JSON files of other programs.

`parse` reads bytes and touches no file. A sidecar that is meant for the diary and cannot be used in full holds its
recording back: half of what was meant could be that it is private.
"""

import codecs
import difflib
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from diary_pipeline.file_names import quoted
from diary_pipeline.recordings.dating import parse_moment
from diary_pipeline.recordings.listing import is_private_folder
from diary_pipeline.schema import Privacy

MOST_BYTES = 65_536
"""A longer file is not read to its end: no sidecar of the diary is so long, and transcripts of other programs are."""

LONGEST_AUTHOR = 200
"""Characters that the catalog has for an author's name."""

EXAMPLE = '{"recorded_at": "2026-03-14T08:12:00+00:00"}'
KEYS = ("recorded_at", "author", "language", "privacy", "priority", "by")
_OURS = frozenset({"recorded_at", "author", "privacy", "private", "priority"})
_TRANSCRIPT = frozenset({"text", "segments"})
_MOST_UNKNOWN = 2  # beside a language; a person may add one or two, a program describes the whole file
_PRIVATE = re.compile(r"\bprivate\b|\blocal_only\b", re.IGNORECASE)
_LONGEST_LANGUAGE = 20
_MOST_PRIORITY = 2**31
_DEEPEST = 32
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[\[{]|[\]}]', re.DOTALL)
_MENTION = re.compile(rf"""(?<![\w-])(?:{"|".join(sorted(_OURS))})[^\w\s:=]{{0,3}}\s*[:=]""", re.IGNORECASE)
_JOINER = "\N{ZERO WIDTH JOINER}"  # of pictures: a family is one picture made of several
_HALF = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says. `written`: its keys and values as they are, for comparing it with an earlier state."""

    recorded_at: str | None = None
    author: str | None = None
    language: str | None = None
    privacy: Privacy = "standard"
    priority: int = 0
    requested: bool = False
    written: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Foreign:
    """A file of another program. It says nothing to the diary."""


@dataclass(frozen=True)
class Held:
    """Why a sidecar cannot be used, and what to write instead."""

    reason: str


def parse(name: str, data: bytes) -> Sidecar | Foreign | Held:
    """Read the sidecar of this file *name*, of which *data* are the first bytes, `MOST_BYTES` and one at most.

    UTF-8 and, with a byte order mark, UTF-16 are read. No message quotes a value.
    """
    text = _decoded(data)
    if text is None:
        return _held_if_ours(name, data, "is not UTF-8 text. Save it as UTF-8")
    if not text.strip("\0 \t\r\n"):
        return _held(name, f"is empty; it may not have been copied yet. Wait for it, or write one like {EXAMPLE}")
    keys, deepest, is_open = _outline(text)
    if len(data) > MOST_BYTES or deepest > _DEEPEST:
        why = "is longer than 64 KB" if len(data) > MOST_BYTES else "is nested too deep"
        return _held(name, f"{why}. Write one like {EXAMPLE}") if _is_ours(keys) else Foreign()
    why = f"is not JSON. Write one like {EXAMPLE}"
    try:
        value = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError too
        return _held(name, why) if is_open and not keys else _held_if_ours(name, data, why)
    return _read(name, value)


def wrong_ending(name: str, right: str) -> Held:
    """The sidecar would be used, had it the name that is looked for."""
    return Held(f"Its sidecar is named {shown(name)}. Rename it to {shown(right)}.")


def unreadable(name: str, why: str) -> Held:
    """A sidecar that is there and whose bytes cannot be had."""
    return Held(f"Its sidecar {shown(name)} cannot be read: {why}. Let the diary's user read it, or remove it.")


def impossible_time(name: str, why: str) -> str:
    """Why a recording is held whose sidecar gives a time at which nobody can have spoken."""
    return f"Its sidecar {shown(name)} gives a time that cannot be: {why}. Correct it, like {EXAMPLE}."


def author_trouble(author: str) -> str | None:
    """Why this cannot be an author's name, with what to write; None where it can. It may name a folder of the inbox."""
    if not author.strip().replace(_JOINER, "").isprintable():
        return "holds characters that cannot be seen or written. Write a plain name"
    if not author.strip():
        return "is empty. Write a name, or leave it out"
    if len(author) > LONGEST_AUTHOR:
        return f"is longer than {LONGEST_AUTHOR} characters. Write a shorter name"
    if author in {".", ".."} or (author.startswith(".") and author.strip(".")) or "/" in author or "\\" in author:
        return "looks like a path. Write a plain name, without / or \\ and not beginning with a dot"
    if is_private_folder(author):
        return 'is "private". To keep a memo private write "privacy": "local_only"'
    return None


def shown(name: str) -> str:
    """A file's name in a sentence."""
    return quoted(name)


def _read(name: str, value: Any) -> Sidecar | Foreign | Held:
    if isinstance(value, str) and _PRIVATE.search(value):
        return _held(name, 'is no JSON object. Write {"privacy": "local_only"}')
    if isinstance(value, list) and not isinstance(value, _Pairs) and len(value) == 1 and isinstance(value[0], _Pairs):
        found = _read(name, value[0])
        return (
            found if isinstance(found, Foreign) else _held(name, f"is a list. Write its object alone, like {EXAMPLE}")
        )
    if not isinstance(value, _Pairs) or not _is_ours({key for key, _ in value}):
        return Foreign()
    trouble = _trouble(value)
    return Held(f"Its sidecar {shown(name)} {trouble}") if trouble else _said(dict(value))


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys in order, also those that occur twice."""


def _decoded(data: bytes) -> str | None:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    cut = len(data) > MOST_BYTES
    try:
        return data.decode("utf-16" if wide else "utf-8-sig", "ignore" if cut else "strict")
    except UnicodeDecodeError:
        return None


def _outline(text: str) -> tuple[set[str], int, bool]:
    """Of an object, also one that is no JSON or is cut off: its keys, the depth of nesting, and whether it is open."""
    keys, depth, deepest = set[str](), 0, 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
        elif depth == 1 and token[2]:
            keys.add(token[1])
    return keys, deepest, depth > 0 and text.lstrip().startswith("{")


def _is_ours(keys: Collection[str]) -> bool:
    """Whether an object with these keys is meant for the diary. A language alone is also in files of other programs."""
    plain = {key.strip().casefold() for key in keys}
    if plain & _OURS:
        return True
    unknown = plain - set(KEYS)
    return "language" in plain and not plain & _TRANSCRIPT and len(unknown) <= _MOST_UNKNOWN


def _held_if_ours(name: str, data: bytes, why: str) -> Held | Foreign:
    """What cannot be read is meant for the diary if one of its keys is written there."""
    letters = data.replace(b"\0", b"").decode("utf-8", "replace")  # quotes may be curly
    return _held(name, why) if _MENTION.search(letters) else Foreign()


def _held(name: str, why: str) -> Held:
    return Held(f"Its sidecar {shown(name)} {why}, or remove it.")


def _trouble(pairs: _Pairs) -> str | None:
    """What is wrong with the keys and values of a sidecar of ours; None where nothing is."""
    seen = set[str]()
    for key, value in pairs:
        if key in seen:
            return f'has the key "{key}" twice. Keep one of them.'
        seen.add(key)
        if trouble := _key_trouble(key) or _value_trouble(key, value):
            return trouble
    return None


def _key_trouble(key: str) -> str | None:
    plain = key.strip().casefold()
    if key in KEYS:
        return None
    if plain in KEYS:
        return f'has the key "{plain}" in another spelling. Write it in small letters: "{plain}".'
    if plain == "private":
        return 'has the key "private". Write "privacy": "local_only" instead, or "privacy": "standard".'
    near = difflib.get_close_matches(plain, KEYS, 1, 0.75)
    advice = f'Write "{near[0]}"' if near else f"Remove it; the keys are {', '.join(KEYS[:-1])}"
    which = f'the key "{key}"' if re.fullmatch(r"[\w-]{1,30}", key, re.ASCII) else "a key"
    return f"has {which}, which means nothing to the diary. {advice}."


def _value_trouble(key: str, value: Any) -> str | None:
    if key == "priority":
        fits = type(value) is int and -_MOST_PRIORITY <= value < _MOST_PRIORITY
        return None if fits else 'has a "priority" that is no whole number of at most nine digits. Write one like 5.'
    if not isinstance(value, str):
        trouble: str | None = "is no text. Write text in double quotes, or remove the key"
    else:
        trouble = _TEXT_TROUBLES[key](value)
    return f'has {"an" if key == "author" else "a"} "{key}" that {trouble}.' if trouble else None


def _language_trouble(text: str) -> str | None:
    fits = len(text) <= _LONGEST_LANGUAGE and _LANGUAGE.fullmatch(text)
    return None if fits else 'is no code. Write a code like "en", or remove the key'


def _time_trouble(text: str) -> str | None:
    try:
        parse_moment(text, UTC)
    except ValueError:
        return "is no date with a time. Write one like 2026-03-14T08:12:00+00:00"
    return None


_TEXT_TROUBLES: Mapping[str, Callable[[str], str | None]] = {
    "author": author_trouble,
    "language": _language_trouble,
    "recorded_at": _time_trouble,
    "privacy": lambda text: (
        None if text in ("standard", "local_only") else 'does not exist. Write "standard" or "local_only"'
    ),
    "by": lambda text: None if text == "request" else "means nothing to the diary. Remove it",
}


def _said(said: dict[str, Any]) -> Sidecar:
    return Sidecar(
        recorded_at=said.get("recorded_at"),
        author=unicodedata.normalize("NFC", said["author"].strip()) if "author" in said else None,
        language=said.get("language"),
        privacy=said.get("privacy", "standard"),
        priority=said.get("priority", 0),
        requested=said.get("by") == "request",
        written=tuple(sorted(said.items())),
    )
