"""An author's vocabulary: names that may come up, how each was misheard, and from which day on that holds.

It lies in the home, in files that a person writes and reads: `vocabulary.txt` for everybody, `vocabulary/AUTHOR.txt`,
and `vocabulary/AUTHOR.learnt.txt`, which the diary adds to. A line is a name; a tab and the recognised words may
follow, a tab and a day, a tab and the time of the memo it was learnt from, and a tab and "only".
`vocabulary/AUTHOR.once.txt` has the corrections that are learnt when they are made again. What is worth learning, and
where a name may be written, is decided in `notes`.
"""

import contextlib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import as_name

MOST_LEARNT = 200
"""Names that the diary adds for one author by itself. More would be a sign that it learns what no name is."""

_LONGEST = 255 - len(".learnt.txt")
_HEAD = """# Names learnt from corrections of pages: the name, what was recognised, the day from which it holds.
# Change them as you like. A # in front of a line switches it off; one that is deleted may be learnt again.
# With a time and "only" behind it, a line holds for the memo of that time alone.
"""
_HEAD_ONCE = """# Corrections that may have been meant for one memo only. Made again on another memo, they are learnt.
"""
_MOST_ONCE = 500
_ONLY = "only"
_CLOCK = re.compile(r"\d\d:\d\d")


@dataclass(frozen=True)
class VocabularyEntry:
    """A name.

    *recognised*: the words that speech recognition wrote for it, if that is known; *since*: the first day on which that
    holds; *memo*: of that day, the time of the memo where it was corrected, as "09:00"; *only*: it holds for that memo
    alone.
    """

    name: str
    recognised: str = ""
    since: date | None = None
    memo: str = ""
    only: bool = False

    @property
    def line(self) -> str:
        """The entry as its file has it."""
        parts = [self.name, self.recognised, str(self.since or ""), self.memo, _ONLY if self.only else ""]
        return "\t".join(parts).rstrip("\t")


def entries(root: Path, author: str) -> list[VocabularyEntry]:
    """All of an author's names, in the order of the files; each once."""
    files = [root / "vocabulary.txt", root / "vocabulary" / f"{as_name(author, _LONGEST)}.txt", _learnt(root, author)]
    return list(dict.fromkeys(entry for file in files for entry in _of_file(file)))


def names_digest(root: Path) -> str:
    """A hash of all files of names, which changes when any of them does."""
    files = [root / "vocabulary.txt", *sorted((root / "vocabulary").glob("*.txt"))]
    digest = hashlib.sha256()
    for file in files:
        if not file.name.endswith(".once.txt"):
            with contextlib.suppress(OSError):
                digest.update(file.name.encode("utf-8", "surrogateescape") + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def memo_time(recorded_at: datetime | None) -> str:
    """The time of a memo, as its entries and its page have it."""
    return f"{recorded_at:%H:%M}" if recorded_at else ""


def names_of(root: Path, author: str) -> list[str]:
    """All of an author's names and the words recognised for them: either may reveal who is meant."""
    return list(
        dict.fromkeys(word for entry in entries(root, author) for word in (entry.name, entry.recognised) if word)
    )


def vocabulary(root: Path, author: str, day: date | None = None) -> list[str]:
    """The author's names, each once; with *day*, without those that hold only later."""
    known = (entry for entry in entries(root, author) if not entry.only)
    held = (entry for entry in known if day is None or entry.since is None or day >= entry.since)
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
    _append(file, _HEAD, added)
    return added


def learnt_names(root: Path, author: str) -> tuple[VocabularyEntry, ...]:
    """The names that were learnt and are not switched off."""
    return _of_file(_learnt(root, author))


def learnt_on(root: Path, author: str, day: date) -> list[VocabularyEntry]:
    """Those that were learnt from the page of this day."""
    known = learnt_names(root, author)
    return [entry for entry in known if entry.since == day and entry.recognised and not entry.only]


def keep_for_its_memo(root: Path, author: str, wrong: Sequence[VocabularyEntry]) -> None:
    """Let these learnt names hold for the memos alone where they were corrected; they are not learnt again."""
    file = _learnt(root, author)
    changed = {entry: replace(entry, only=True).line for entry in wrong}
    lines = [changed.get(entry, line) if (entry := _entry(line)) else line for line in _lines(file)]
    with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as out:
        out.write("".join(f"{line}\n" for line in lines))
    Path(out.name).replace(file)


def remembered_once(root: Path, author: str) -> tuple[VocabularyEntry, ...]:
    """The corrections that are learnt when they are made again."""
    return _of_file(_once(root, author))


def made_again(root: Path, author: str, new: Sequence[VocabularyEntry]) -> list[VocabularyEntry]:
    """Those of the corrections that were made on another memo before; the others are remembered."""
    file = _once(root, author)
    before = _of_file(file)
    again: list[VocabularyEntry] = []
    first: list[VocabularyEntry] = []
    for entry in new:
        same = [
            e for e in (*before, *first) if (e.name, e.recognised.lower()) == (entry.name, entry.recognised.lower())
        ]
        if any((e.since, e.memo) != (entry.since, entry.memo) for e in same):
            again.append(entry)
        elif not same and len(before) + len(first) < _MOST_ONCE:
            first.append(entry)
    _append(file, _HEAD_ONCE, first)
    return again


def _append(file: Path, head: str, entries: Sequence[VocabularyEntry]) -> None:
    if not entries:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    start = head if not file.exists() else "" if file.read_bytes().endswith(b"\n") else "\n"
    with file.open("a", encoding="utf-8") as out:
        out.write(start + "".join(f"{entry.line}\n" for entry in entries))


def _once(root: Path, author: str) -> Path:
    return root / "vocabulary" / f"{as_name(author, _LONGEST)}.once.txt"


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
    name, recognised, day, memo, only = (*(part.strip() for part in line.split("\t")), "", "", "", "", "")[:5]
    try:
        since = date.fromisoformat(day) if day else None
    except ValueError:
        return None  # not a date: what was meant is unknown
    clock = memo if _CLOCK.fullmatch(memo) else ""
    return VocabularyEntry(name, recognised, since, clock, only == _ONLY) if name else None
