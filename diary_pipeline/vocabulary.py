"""Names that a person wrote down: one a line in the home's `vocabulary.txt` and, for one author, in `vocabulary/AUTHOR.txt`.

Belongs here: reading them. Does not belong here: what they are good for (hearing them right, hiding them from models elsewhere).
"""

from pathlib import Path


def vocabulary(home: Path, author: str) -> list[str]:
    """The names that may come up in *author*'s recordings, each once; empty lines and those that begin with # are left out."""
    files = [home / "vocabulary.txt", home / "vocabulary" / f"{author}.txt"]
    lines = [line.strip() for file in files if file.is_file() for line in file.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
