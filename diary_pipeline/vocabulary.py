"""An author's vocabulary: names that may come up, how each was misheard, and from which day on that holds.

It lies in the home, in files that a person writes and reads: `vocabulary.txt` for everybody, `vocabulary/AUTHOR.txt`,
and `vocabulary/AUTHOR.learnt.txt`, which the diary adds to. A line is a name; a tab and the recognised words may
follow, and a tab and a day. What is worth learning, and where a name may be written, is decided in `notes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import as_name

MOST_LEARNT = 200
"""Names that the diary adds for one author by itself. More would be a sign that it learns what no name is."""

_LONGEST = 255 - len(".learnt.txt")
_HEAD = """# Names learnt from corrections of pages: the name, what was recognised, the day from which it holds.
# Change them as you like. A # in front of a line switches it off; one that is deleted may be learnt again.
"""


@dataclass(frozen=True)
class VocabularyEntry:
    """A name.

    *recognised*: the words that speech recognition wrote for it, if that is known; *since*: the first day on which that
    holds.
    """

    name: str
    recognised: str = ""
    since: date | None = None


def entries(root: Path, author: str) -> list[VocabularyEntry]:
    """All of an author's names, in the order of the files; each once."""
    files = [root / "vocabulary.txt", root / "vocabulary" / f"{as_name(author, _LONGEST)}.txt", _learnt(root, author)]
    return list(dict.fromkeys(entry for file in files for entry in _of_file(file)))


def names_of(root: Path, author: str) -> list[str]:
    """All of an author's names and the words recognised for them: either may reveal who is meant."""
    return list(
        dict.fromkeys(word for entry in entries(root, author) for word in (entry.name, entry.recognised) if word)
    )


def vocabulary(root: Path, author: str, day: date | None = None) -> list[str]:
    """The author's names, each once; with *day*, without those that hold only later."""
    held = (entry for entry in entries(root, author) if day is None or entry.since is None or day >= entry.since)
    return list(dict.fromkeys(entry.name for entry in held))


def known_mistakes(root: Path, author: str) -> frozenset[str]:
    """All recognised words in the files, lower case, also those that a person has switched off."""
    lines = _lines(_learnt(root, author))
    off = [entry for line in lines if line.startswith("#") and (entry := _entry(line.lstrip("# ")))]
    return frozenset(entry.recognised.lower() for entry in [*entries(root, author), *off] if entry.recognised)


def learn(root: Path, author: str, new: Sequence[VocabularyEntry]) -> list[VocabularyEntry]:
    """Add what is *new* to the author's file, as long as there is room; returns what was added.

    Lines are appended in one write, so that two processes that learn at once lose nothing.
    """
    file, known = _learnt(root, author), known_mistakes(root, author)
    room = MOST_LEARNT - len(_of_file(file))
    added = [entry for entry in new if entry.recognised.lower() not in known][: max(0, room)]
    if added:
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join("\t".join(filter(None, (e.name, e.recognised, str(e.since or "")))) + "\n" for e in added)
        start = _HEAD if not file.exists() else "" if file.read_bytes().endswith(b"\n") else "\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(start + lines)
    return added


def _learnt(root: Path, author: str) -> Path:
    return root / "vocabulary" / f"{as_name(author, _LONGEST)}.learnt.txt"


def _of_file(file: Path) -> tuple[VocabularyEntry, ...]:
    return tuple(entry for line in _lines(file) if not line.startswith("#") and (entry := _entry(line)))


def _lines(file: Path) -> tuple[str, ...]:
    try:
        found = file.stat()
        return _read(file, found.st_mtime_ns, found.st_size)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UserError(
            f"The vocabulary {file} cannot be read: {error.strerror}. Let the diary's user read it, or move it away."
        ) from error


@lru_cache(maxsize=64)
def _read(file: Path, *_: int) -> tuple[str, ...]:
    """The file's lines; read once for as long as its time and size stay, because every fingerprint asks."""
    text = file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _entry(line: str) -> VocabularyEntry | None:
    name, heard, day = (*(part.strip() for part in line.split("\t")), "", "", "")[:3]
    try:
        since = date.fromisoformat(day) if day else None
    except ValueError:
        return None  # not a date: what was meant is unknown
    return VocabularyEntry(name, heard, since) if name else None
