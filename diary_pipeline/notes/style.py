"""Styles: how a note is to be written, one Markdown file each.

A change of the file makes every note of the style stale.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from diary_pipeline.errors import UserError

_SHIPPED = files("diary_pipeline.notes") / "prompts"


@dataclass(frozen=True)
class Style:
    """A style: name, instruction for the model, hash of its file, most words of a title, own words or free ones."""

    name: str
    text: str
    sha256: str
    title_words: int
    own_words: bool = True


def load_style(name: str, home: Path) -> Style:
    """Read `prompts/NAME.md` of the home, else the one shipped.

    Raises:
        UserError: there is no such style, or its front matter is invalid.
    """
    custom = home / "prompts" / f"{name}.md"
    shipped = _SHIPPED / f"{name}.md"
    if "/" in name or not (custom.is_file() or shipped.is_file()):
        known = sorted({*shipped_styles(), *(file.stem for file in custom.parent.glob("*.md"))})
        raise UserError(
            f"There is no note style {name!r}. Set DIARY_NOTE_STYLE to one of {', '.join(known)}, or write {custom}."
        )
    try:
        content = custom.read_text(encoding="utf-8") if custom.is_file() else shipped.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The note style {custom} cannot be read. Save it as UTF-8 text that the diary's user may read."
        ) from error
    return parse_style(name, content)


def shipped_styles() -> list[str]:
    """The names of the styles that come with the program."""
    return sorted(Path(str(f)).stem for f in _SHIPPED.iterdir() if str(f).endswith(".md"))


def parse_style(name: str, content: str) -> Style:
    """The style that a Markdown file describes.

    Raises:
        UserError: its front matter is invalid.
    """
    settings, text = _front_matter(content, name)
    words = settings.get("title_words", 9)
    if type(words) is not int or words < 1:  # YAML's yes is an int to Python
        raise UserError(f"The note style {name!r} asks for title_words: {words!r}. Write a whole number from 1.")
    kept = settings.get("words", "own")
    if kept not in ("own", "free"):
        raise UserError(
            f"The note style {name!r} asks for words: {kept!r}. Write own (the speaker's) or free (in other words)."
        )
    return Style(name, text.strip(), hashlib.sha256(content.encode()).hexdigest(), words, own_words=kept == "own")


def _front_matter(content: str, name: str) -> tuple[dict[str, Any], str]:
    if not content.startswith("---\n"):
        return {}, content
    head, _, text = content[4:].partition("\n---\n")
    try:
        settings = yaml.safe_load(head) or {}
    except yaml.YAMLError as error:
        raise UserError(f"The head of the note style {name!r} is not YAML. Correct {name}.md.") from error
    if not isinstance(settings, dict):
        raise UserError(f"The head of the note style {name!r} is not a list of names and values. Correct {name}.md.")
    return settings, text
