"""Lines of Markdown as they are compared: without what an editor changes by itself, the tick and the link to audio."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from urllib.parse import unquote

AUDIO_LINK = re.compile(r"\[(?:\d+:\d\d|audio|transcript)\]\(([^()\s]*audio/[^()\s]+#(?:t=[\d.e+-]+|s\d+))\)")
"""A link to a second of the audio; to a segment ("#s03") where no time is known."""

_ITEM = re.compile(r"^(?P<bullet>(?P<indent>[ \t]*)[-*+][ \t]+)(?:\[(?P<mark>[^\]])\](?=\s|$)[ \t]*)?")
_DONE_ON = re.compile(r"\s*[✅❌]\s*\d{4}-\d\d-\d\d$")
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """*text* without its line breaks, its kind of bullet and its tick."""
    flat = unicodedata.normalize("NFC", " ".join(text.split()))
    item = _ITEM.match(flat)
    if item is None:
        return flat
    if item["mark"] is None:
        return f"- {flat[item.end() :]}"
    return f"[] {_DONE_ON.sub('', flat[item.end() :])}"


def indent_of(text: str) -> str:
    """The white space before a list item."""
    item = _ITEM.match(text)
    return item["indent"] if item else ""


def mark_of(text: str) -> str | None:
    """What stands in the box of a to-do: a blank while it is open; None where there is no box."""
    item = _ITEM.match(text)
    return item["mark"] if item else None


def with_mark(text: str, like: str) -> str:
    """A generated line with the indent, the bullet and the tick that the person's line *like* has."""
    item, mine = _ITEM.match(text), _ITEM.match(like)
    if item is None or mine is None:
        return text
    if item["mark"] is None or mine["mark"] is None:
        return item["bullet"].replace(item["bullet"].strip(), mine["bullet"].strip()) + text[len(item["bullet"]) :]
    done = _DONE_ON.search(like.rstrip())
    return f"{mine['bullet']}[{mine['mark']}] {text[item.end() :]}{done[0] if done else ''}"


def links(text: str) -> list[str]:
    """Where the links to audio lead."""
    return AUDIO_LINK.findall(text)


def recording_of(link: str) -> str:
    """The recording whose audio a link leads to."""
    return unquote(link.partition("#")[0].rpartition("/")[2]).partition(".")[0]


def without_links(text: str) -> str:
    """*text* as compared, without its links to audio."""
    return " ".join(AUDIO_LINK.sub(" ", plain(text)).split())


def words(text: str) -> list[str]:
    """The words of a line, without links and markup."""
    return _WORD.findall(without_links(text).removeprefix("[] ").replace("\\", "").casefold())


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two lists of words have in common, 0 to 1."""
    if not one and not other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
