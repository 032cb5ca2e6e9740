"""Put a recording into the inbox by request: a copy under a free name, after its sidecar, so that both are seen."""

import errno
import glob
import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_stored
from diary_pipeline.recordings.authors import ROOT_AUTHOR, add_author, folder_name, is_same
from diary_pipeline.recordings.dating import clock_change, moment_trouble, parse_moment
from diary_pipeline.recordings.listing import (
    PRIVATE_FOLDER,
    TEXT_SUFFIXES,
    is_private_folder,
    is_system_folder,
    sort_names,
    transcript_names,
)
from diary_pipeline.recordings.pairs import Pair, beside_name, pair_up
from diary_pipeline.recordings.requests import add_to_sidecar, author_beside, recorded_at_beside
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


def put_into_inbox(
    settings: Settings, files: Sequence[Path], options: AddOptions, transcripts: Sequence[Path] = ()
) -> list[str]:
    """Copy *files* into the inbox; returns their paths there. All are checked before the first is copied.

    Each of *transcripts*, of other programs, goes with the recording that it is of, or is a memo of its own.

    One that lies there already, under this name and with these bytes, is not copied again: what is said of it now is
    added to what was said before, its author included.

    Raises:
        UserError: a file is missing or no file, the author's name cannot be a folder, or the time cannot be read.
        TransientError: the inbox cannot be written.
    """
    if "://" in settings.inbox_url:
        raise UserError(f"The inbox is {settings.inbox_url}. Upload the recordings there with the bucket's own tool.")
    author = ROOT_AUTHOR if options.author is None or is_same(options.author, ROOT_AUTHOR) else options.author
    if trouble := author_trouble(author):
        raise UserError(f"The author's name {trouble}. It becomes a folder of the inbox.")
    pairs = pair_up(files, transcripts)
    for file in [*files, *transcripts]:
        if not file.is_file():
            kind = "is a folder: name the recordings in it" if file.is_dir() else "is not there"
            raise UserError(f"{shown(str(file))} {kind}. Nothing was added.")
    for file in files:
        _check_kind(file)
    said = _sidecar(settings, options)
    if author != ROOT_AUTHOR:
        add_author(settings, author)
    folder = _folder_of(Path(settings.inbox_url), author) / (PRIVATE_FOLDER if options.private else "")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put = [_say_again(settings, pair, options, said) or _put(pair, folder, said) for pair in pairs]
        return [as_stored(file.relative_to(settings.inbox_url).as_posix()) for file in put]
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "Make room on its disk" if full else "Set DIARY_HOME or DIARY_INBOX to a folder of yours"
        raise TransientError(
            f"The inbox {folder} cannot be written: {error.strerror}. {remedy}. What was copied before stays there."
        ) from error


def _check_kind(file: Path) -> None:
    """Refuse what the inbox would pass over. Text may be the transcript of a recording, and is none itself."""
    if file.suffix.lower() in TEXT_SUFFIXES:
        raise UserError(
            f"{shown(file.name)} is text and no recording. A transcript is added with --transcript, together with "
            "its recording or alone. Nothing was added."
        )
    if file.name not in (listing := sort_names([file.name])).recordings:
        why = listing.passed_over.get(file.name, "a file of the system")
        raise UserError(f"{shown(file.name)} would be passed over: {why}. Nothing was added.")


def _folder_of(inbox: Path, author: str) -> Path:
    """The author's folder, also where its name is spelt otherwise."""
    if author == ROOT_AUTHOR:
        return inbox
    there = sorted(place for place in inbox.glob("*/") if is_same(folder_name(place.name), author))
    return there[0] if there else inbox / author


def _sidecar(settings: Settings, options: AddOptions) -> dict[str, str | int]:
    said: dict[str, str | int] = {}
    if options.recorded_at is not None:
        zone = settings.zone(options.author or ROOT_AUTHOR)
        try:
            moment = parse_moment(options.recorded_at, zone)
        except ValueError as error:
            raise UserError(f"--recorded-at: {error}") from error
        as_written = datetime.fromisoformat(options.recorded_at.strip())
        trouble = moment_trouble(options.recorded_at, zone, datetime.now(UTC)) or clock_change(as_written, zone)
        if trouble:
            why = trouble.partition(";")[0]
            raise UserError(f"--recorded-at: {why}. Write when it was recorded, like 2026-03-14T08:12:00+00:00.")
        said |= {"recorded_at": moment.isoformat(), "by": "request"}
    if options.language:
        said["language"] = options.language
    if options.priority:
        said["priority"] = options.priority
    written = parse("NAME.json", json.dumps(said).encode())
    if isinstance(written, Held):
        reason = written.reason.replace("Its sidecar 'NAME.json' has", "The recordings would have")
        raise UserError(reason.replace("or remove the key", "or leave out the option --language"))
    return said


def _say_again(settings: Settings, pair: Pair, options: AddOptions, said: dict[str, str | int]) -> Path | None:
    """Add what is said to what was said of the same file when it was added before; None where it was not.

    A file in a private folder is another place: it makes the recording private, whoever else has it.
    """
    inbox = Path(settings.inbox_url)
    places = [inbox / pair.name, *sorted(inbox.glob(f"*/{glob.escape(pair.name)}"))]
    lying = (place for place in places if place.is_file() and not _is_set_apart(place.parent.name))
    if options.private or (found := next((one for one in lying if _is_same(one, pair, said)), None)) is None:
        return None
    lies_in = folder_name(found.relative_to(inbox).parts[0]) if found.parent != inbox else ROOT_AUTHOR
    if options.author is not None and not is_same(options.author, author_beside(found) or lies_in):
        said = said | {"author": str(options.author)}
    if said:
        add_to_sidecar(found, said)
    _put_beside(pair, found)
    return found


def _is_same(place: Path, pair: Pair, said: Mapping[str, str | int]) -> bool:
    """Whether the memo at *place* is the one to add. The same text at another time is another memo."""
    if _digest(place) != _digest(pair.file):
        return False
    asked = said.get("recorded_at")
    before = recorded_at_beside(place) if pair.alone and asked else None
    return before is None or parse_moment(before, UTC) == parse_moment(str(asked), UTC)


def _is_set_apart(folder: str) -> bool:
    """Whether a folder of this name is private, or is never read."""
    return is_private_folder(folder) or is_system_folder(folder) or folder.startswith(".")


def _put(pair: Pair, folder: Path, said: dict[str, str | int]) -> Path:
    target, (stem, ending) = folder / pair.name, pair.parts
    number = 1
    while target.exists():
        if _is_same(target, pair, said):
            break  # the very same recording lies there already
        number += 1
        target = folder / f"{stem} ({number}){ending}"
    if said:
        add_to_sidecar(target, said)
    _put_beside(pair, target)
    if not target.exists():
        _copy(pair.file, target)
    return target


def _put_beside(pair: Pair, recording: Path) -> None:
    """Copy the recording's transcript beside it, before the recording itself; one that it had is replaced."""
    if pair.transcript is None:
        return
    target = recording.with_name(beside_name(recording.name, pair.transcript))
    _copy(pair.transcript, target)
    for name in transcript_names(recording.name):
        if name != target.name:
            recording.with_name(name).unlink(missing_ok=True)


def _copy(file: Path, target: Path) -> None:
    temporary = target.with_name(f".diary-{secrets.token_hex(8)}.part")  # the longest name has no room for more
    try:
        shutil.copy2(file, temporary)  # its time is evidence of when it was recorded
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
