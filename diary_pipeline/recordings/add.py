"""Put a recording into the inbox by request: a copy under a free name, after its sidecar, so that both are seen."""

import errno
import glob
import hashlib
import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_stored
from diary_pipeline.recordings.dating import moment_trouble, parse_moment
from diary_pipeline.recordings.inbox_paths import ROOT_AUTHOR, author_of
from diary_pipeline.recordings.listing import PRIVATE_FOLDER, is_private_folder, is_system_folder
from diary_pipeline.recordings.requests import add_to_sidecar, author_beside
from diary_pipeline.recordings.sidecar import Held, author_trouble, parse, shown
from diary_pipeline.settings import Settings


@dataclass(frozen=True)
class AddOptions:
    """What a request says about the recordings it brings. *author* None: `me`, or whose they are already."""

    author: str | None = None
    recorded_at: str | None = None
    private: bool = False
    priority: int = 0
    language: str | None = None


def put_into_inbox(settings: Settings, files: Sequence[Path], options: AddOptions) -> list[str]:
    """Copy *files* into the inbox; returns their paths there. All are checked before the first is copied.

    One that lies there already, under this name and with these bytes, is not copied again: what is said of it now is
    added to what was said before, its author included.

    Raises:
        UserError: a file is missing or no file, the author's name cannot be a folder, or the time cannot be read.
        TransientError: the inbox cannot be written.
    """
    if "://" in settings.inbox_url:
        raise UserError(f"The inbox is {settings.inbox_url}. Upload the recordings there with the bucket's own tool.")
    author = options.author or ROOT_AUTHOR
    if trouble := author_trouble(author):
        raise UserError(f"The author's name {trouble}. It becomes a folder of the inbox.")
    for file in files:
        if not file.is_file():
            kind = "is a folder: name the recordings in it" if file.is_dir() else "is not there"
            raise UserError(f"{shown(str(file))} {kind}. Nothing was added.")
    said = _sidecar(settings, options)
    folder = (
        Path(settings.inbox_url)
        / ("" if author == ROOT_AUTHOR else author)
        / (PRIVATE_FOLDER if options.private else "")
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put = [_say_again(settings, file, options, said) or _put(file, folder, said) for file in files]
        return [as_stored(file.relative_to(settings.inbox_url).as_posix()) for file in put]
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "Make room on its disk" if full else "Set DIARY_HOME or DIARY_INBOX to a folder of yours"
        raise TransientError(
            f"The inbox {folder} cannot be written: {error.strerror}. {remedy}. What was copied before stays there."
        ) from error


def _sidecar(settings: Settings, options: AddOptions) -> dict[str, str | int]:
    said: dict[str, str | int] = {}
    if options.recorded_at is not None:
        zone = settings.zone(options.author or ROOT_AUTHOR)
        try:
            moment = parse_moment(options.recorded_at, zone)
        except ValueError as error:
            raise UserError(f"--recorded-at: {error}") from error
        if why := moment_trouble(options.recorded_at, zone, datetime.now(UTC)):
            raise UserError(f"--recorded-at: {why}. Write when it was recorded, like 2026-03-14T08:12:00+00:00.")
        said |= {"recorded_at": moment.isoformat(), "by": "request"}
    if options.language:
        said["language"] = options.language
    if options.priority:
        said["priority"] = options.priority
    written = parse("NAME.json", json.dumps(said).encode())
    if isinstance(written, Held):
        raise UserError(written.reason.replace("Its sidecar 'NAME.json' has", "The recordings would have"))
    return said


def _say_again(settings: Settings, file: Path, options: AddOptions, said: dict[str, str | int]) -> Path | None:
    """Add what is said to what was said of the same file when it was added before; None where it was not.

    A file in a private folder is another place: it makes the recording private, whoever else has it.
    """
    inbox = Path(settings.inbox_url)
    places = [inbox / file.name, *sorted(inbox.glob(f"*/{glob.escape(file.name)}"))]
    lying = (place for place in places if place.is_file() and not _is_set_apart(place.parent.name))
    if options.private or (found := next((place for place in lying if _digest(place) == _digest(file)), None)) is None:
        return None
    author = author_beside(found) or author_of(found.relative_to(inbox).as_posix())
    if options.author not in (None, author):
        said = said | {"author": str(options.author)}
    if said:
        add_to_sidecar(found, said)
    return found


def _is_set_apart(folder: str) -> bool:
    """Whether a folder of this name is private, or is never read."""
    return is_private_folder(folder) or is_system_folder(folder) or folder.startswith(".")


def _put(file: Path, folder: Path, said: dict[str, str | int]) -> Path:
    target = folder / file.name
    number = 1
    while target.exists():
        if _digest(target) == _digest(file):
            break  # the very same recording lies there already
        number += 1
        target = folder / f"{file.stem} ({number}){file.suffix}"
    if said:
        add_to_sidecar(target, said)
    if not target.exists():
        temporary = target.with_name(f".diary-{secrets.token_hex(8)}.part")  # the longest name has no room for more
        try:
            shutil.copy2(file, temporary)  # its time is evidence of when it was recorded
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
