"""What the path of a file in the inbox says: its name, whether it is private, and how the catalog stores it."""

from pathlib import PurePosixPath

from diary_pipeline.file_names import as_file, as_stored, readable
from diary_pipeline.recordings.listing import is_private_folder
from diary_pipeline.schema import Privacy


def stored_path(prefix: str, name: str) -> str:
    """The stored path of a file in a folder (*prefix*, with its slash)."""
    path = prefix + name
    return path if path.isascii() else as_stored(path)


def privacy_of(path: str) -> Privacy:
    """The privacy class that a memo's folders give it."""
    return "local_only" if any(map(is_private_folder, PurePosixPath(as_file(path)).parts[:-1])) else "standard"


def name_of(path: str) -> str:
    """The file's own name at the stored *path*, in readable characters."""
    return readable(PurePosixPath(as_file(path)).name)
