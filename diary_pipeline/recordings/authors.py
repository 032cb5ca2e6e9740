"""Whose memos lie in a folder of the inbox: a person's, a recorder's, or one of which a person must say whose it is.

What a person says is kept in the home's `authors.toml`. Authors of the settings, and those who have recordings in the
catalog, are known without it. Names that differ in small and capital letters, or in how a system writes accents, are
one author.
"""

import json
import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from diary_pipeline.atomic_write import write_atomically
from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.authors import recorded_authors
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_file, readable, shortened
from diary_pipeline.recordings.listing import is_private_folder
from diary_pipeline.recordings.naming import is_date_folder, is_recorder_folder
from diary_pipeline.recordings.sidecar import LONGEST_AUTHOR, author_trouble
from diary_pipeline.settings import Settings

AUTHORS_FILE = "authors.toml"
ROOT_AUTHOR = "me"
_QUESTION = "Is inbox/"
_HEAD = """# Who keeps this diary, as told by `diary authors add NAME` and `diary authors folder NAME`.
# people: authors. folders: folders of the inbox that are no author's, and whose memos they hold.
"""


@dataclass(frozen=True)
class Owner:
    """Whose memo it is. *question*: what a person must say before anything is done with it."""

    author: str
    question: str | None = None


@dataclass(frozen=True)
class Said:
    """What a person said: who is an author, and whose memos lie in folders that are no author's."""

    people: tuple[str, ...] = ()
    folders: Mapping[str, str] = field(default_factory=dict)


class Authors:
    """Finds the author of a path and the one spelling of a name."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self.said = read_authors(settings.root)
        self.recorded = recorded_authors(catalog.database)
        self.configured = tuple(settings.authors)
        self._folders = {_key(folder): author for folder, author in self.said.folders.items()}
        self._stated = {_key(name): name for name in (*self.said.people, *self.configured, ROOT_AUTHOR)}
        often = sorted(self.recorded.items(), key=lambda item: (item[1], item[0]))
        configured = {_key(name): name for name in (ROOT_AUTHOR, *self.configured)}
        self._known = self._stated | {_key(name): name for name, _ in often} | configured

    def of(self, path: str) -> Owner:
        """Whose memo lies at the stored *path*.

        An author's folder lies in the inbox itself, or in folders of dates and recorders. What else these hold belongs
        to `me`, as the root does.
        """
        for depth, part in enumerate(PurePosixPath(as_file(path)).parts[:-1]):
            name = folder_name(part)
            key = _key(name)
            if key in self._folders:
                return Owner(self.named(self._folders[key]))
            if key in self._stated:
                return Owner(self._known[key])
            if is_private_folder(part):
                break
            if is_date_folder(name) or is_recorder_folder(name):
                continue
            if key in self._known:
                return Owner(self._known[key])
            if depth == 0:
                return Owner(name, _question(name))
            break
        return Owner(ROOT_AUTHOR)

    def named(self, name: str) -> str:
        """The author's name in the spelling that is used."""
        return self._known.get(_key(name), name)

    def knows(self, name: str) -> bool:
        """Whether it is an author's name."""
        return _key(name) in self._known


def folder_name(part: str) -> str:
    """A folder's name as an author's: readable, with accents in one form, and not too long."""
    name = unicodedata.normalize("NFC", readable(part))
    return name if len(name) <= LONGEST_AUTHOR else shortened(name, name, LONGEST_AUTHOR)


def is_same(one: str, other: str) -> bool:
    """Whether two names are one author's."""
    return _key(one) == _key(other)


def is_question(hold: str | None) -> bool:
    """Whether a recording is held because nobody has said whose its folder is."""
    return bool(hold) and str(hold).startswith(_QUESTION)


def is_stated(settings: Settings, name: str) -> bool:
    """Whether the settings or the person said that *name* is an author."""
    stated = (ROOT_AUTHOR, *settings.authors, *read_authors(settings.root).people)
    return _key(name) in map(_key, stated)


def add_author(settings: Settings, name: str) -> None:
    """Remember that *name* is an author; a folder of that name is theirs.

    Raises:
        UserError: it cannot be an author's name, or the file cannot be used.
        TransientError: the file cannot be written.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if trouble := author_trouble(name.replace("\\", "")):  # it writes a byte that is no UTF-8
        raise UserError(f"The author's name {trouble}. It becomes a folder of the inbox.")
    said, key = read_authors(settings.root), _key(name)
    folders = {folder: author for folder, author in said.folders.items() if _key(folder) != key}
    people = said.people if is_stated(settings, name) else (*said.people, name)
    if (people, folders) != (said.people, said.folders):
        _write(settings.root, Said(people, folders))


def add_folder(settings: Settings, folder: str, author: str) -> None:
    """Remember that a *folder* of the inbox is no author's, and that its memos are *author*'s.

    Raises:
        UserError: it is one of the settings' authors, it is no folder of the inbox, or the file cannot be used.
        TransientError: the file cannot be written.
    """
    folder = unicodedata.normalize("NFC", folder.strip().removeprefix("inbox/").strip("/"))
    if not folder or "/" in folder:
        raise UserError("Name a folder that lies in the inbox itself, like `diary authors folder Interviews`.")
    if _key(folder) in map(_key, (ROOT_AUTHOR, *settings.authors)):
        raise UserError(
            f"{folder!r} is an author of the settings. Take it out of DIARY_AUTHORS or settings.toml first."
        )
    said, key = read_authors(settings.root), _key(folder)
    people = tuple(name for name in said.people if _key(name) != key)
    folders = {name: whose for name, whose in said.folders.items() if _key(name) != key} | {folder: author}
    _write(settings.root, Said(people, folders))


def read_authors(root: Path) -> Said:
    """What is said in the home's file; nothing where there is none.

    Raises:
        UserError: it cannot be read, or is not as it should be.
    """
    import tomllib

    file = root / AUTHORS_FILE
    try:
        found = tomllib.loads(file.read_text("utf-8-sig")) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read ({type(error).__name__}). Correct it, or remove it.") from error
    people, folders = found.get("people", []), found.get("folders", {})
    if not _are_names(people) or not isinstance(folders, dict) or not _are_names([*folders.values()]):
        raise UserError(
            f'{file} must have people = ["anna"], or a table [folders] with lines like Interviews = "me". Correct it.'
        )
    return Said(tuple(people), folders)


def _are_names(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) and name for name in names)


def _write(root: Path, said: Said) -> None:
    lines = [f"people = {_toml(sorted(said.people))}", "", "[folders]"]
    lines += [f"{_toml(folder)} = {_toml(author)}" for folder, author in sorted(said.folders.items())]
    try:
        write_atomically(root / AUTHORS_FILE, (_HEAD + "\n".join(lines) + "\n").encode(), replace=True)
    except OSError as error:
        raise TransientError(
            f"{root / AUTHORS_FILE} cannot be written: {error.strerror}. Let the diary's user write it."
        ) from error


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    """What is equal in names of one author. Not folded further: Weiß is not Weiss."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower()).strip()


def _question(name: str) -> str:
    argument = shlex.quote(name) if re.search(r"[^\w@%+=:,.-]", name) else name
    argument = f"-- {argument}" if name.startswith("-") else argument
    return f"{_QUESTION}{name} a person? `diary authors add {argument}`, else `diary authors folder {argument}`"
