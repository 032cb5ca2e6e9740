"""What the path of a file in the inbox says: whose memo it is, whether it is private, and how the catalog stores it."""

import unicodedata
from pathlib import PurePosixPath

from diary_pipeline.file_names import as_file, as_stored, readable, shortened
from diary_pipeline.recordings.listing import is_private_folder
from diary_pipeline.recordings.sidecar import LONGEST_AUTHOR
from diary_pipeline.schema import Privacy

ROOT_AUTHOR = "me"


def stored_path(prefix: str, name: str) -> str:
    """The stored path of a file in a folder (*prefix*, with its slash)."""
    path = prefix + name
    return path if path.isascii() else as_stored(path)


def author_of(path: str) -> str:
    """Whose memo lies at the stored *path*. Names that look alike are one author, however a system writes accents."""
    parts = PurePosixPath(as_file(path)).parts
    if len(parts) == 1 or is_private_folder(parts[0]):
        return ROOT_AUTHOR
    author = unicodedata.normalize("NFC", readable(parts[0]))
    return author if len(author) <= LONGEST_AUTHOR else shortened(author, author, LONGEST_AUTHOR)


def privacy_of(path: str) -> Privacy:
    """The privacy class that a memo's folders give it."""
    return "local_only" if any(map(is_private_folder, PurePosixPath(as_file(path)).parts[:-1])) else "standard"


def name_of(path: str) -> str:
    """The file's own name at the stored *path*, in readable characters."""
    return readable(PurePosixPath(as_file(path)).name)
