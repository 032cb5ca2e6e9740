"""What a request says about a recording, written into its sidecar; the rest of the sidecar stays."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from diary_pipeline.errors import UserError
from diary_pipeline.recordings.listing import sidecar_names
from diary_pipeline.recordings.sidecar import MOST_BYTES, Held, Sidecar, parse, shown


def add_to_sidecar(recording: Path, said: Mapping[str, str | int]) -> None:
    """Say this beside *recording*, over what was said there before.

    Raises:
        UserError: a sidecar is there that cannot be used, or both of its names belong to other programs.
        OSError: it cannot be read or written.
    """
    place, before = _sidecar_of(recording)
    temporary = place.with_name(f".diary-{secrets.token_hex(8)}.part")
    try:
        temporary.write_text(json.dumps({**before, **said}), encoding="utf-8")
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


def author_beside(recording: Path) -> str | None:
    """The author that the recording's sidecar names; None without one."""
    _, before = _sidecar_of(recording)
    author = before.get("author")
    return str(author) if author else None


def recorded_at_beside(recording: Path) -> str | None:
    """When the recording's sidecar says that it was recorded; None where it says nothing."""
    _, before = _sidecar_of(recording)
    return str(before["recorded_at"]) if "recorded_at" in before else None


def _sidecar_of(recording: Path) -> tuple[Path, dict[str, str | int]]:
    """Where to write, and what is said there now."""
    free: list[Path] = []
    for name in sidecar_names(recording.name):
        place = recording.with_name(name)
        if not place.exists():
            free.append(place)
            continue
        with place.open("rb") as stream:
            found = parse(name, stream.read(MOST_BYTES + 1))
        if isinstance(found, Held):
            raise UserError(f"{found.reason} Then add the recording again.")
        if isinstance(found, Sidecar):
            return place, dict(found.written)
    if not free:
        raise UserError(
            f"Both places for what you say about {shown(recording.name)} hold files of other programs. "
            "Rename the recording, then add it again."
        )
    return free[0], {}
