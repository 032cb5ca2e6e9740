"""The home's settings file: read as UTF-8 text, with or without a byte order mark, and its misspelt names."""

import difflib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, InitSettingsSource

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable

SETTINGS_FILE = "settings.toml"
_OF_OTHERS = frozenset({"DIARY_UI_PORT", "DIARY_CODE_PORT", "DIARY_REQUIRE", "DIARY_SHARED"})
"""Variables of `make ui` and of the tests."""


class SettingsFile(InitSettingsSource):
    """The settings of a home's file, as a source for pydantic. A file that is not there has none."""

    def __init__(self, settings_cls: type[BaseSettings], home: Path) -> None:
        super().__init__(settings_cls, read_settings_file(home))


def read_settings_file(home: Path) -> dict[str, Any]:
    """The values in the home's settings file; none where there is no file.

    Raises:
        UserError: it cannot be read or is not TOML.
    """
    import tomllib

    text = settings_text(home)
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:  # its message names the place and quotes no value
        raise UserError(f"{_shown(home)} is not TOML: {error}. Correct it there.") from error


def settings_text(home: Path) -> str | None:
    """The text of the home's settings file; None where there is no file.

    Raises:
        UserError: it is a folder or a pipe, cannot be read or is not UTF-8.
    """
    file = home / SETTINGS_FILE
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):  # a pipe would be waited for
            raise UserError(f"{_shown(home)} is no file. Move it away, and write the settings into a file.")
        return file.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError as error:
        raise UserError(f"{_shown(home)} is a folder. Move it away, and write the settings into a file.") from error
    except OSError as error:
        raise UserError(f"{_shown(home)} cannot be read: {error.strerror}. Let the diary's user read it.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{_shown(home)} is not UTF-8 text. Save it as UTF-8.") from error


def unknown_settings(home: Path, known: Collection[str]) -> list[str]:
    """Each name in the settings file that means nothing, and each misspelt variable, with what may be meant."""
    in_file = [_unknown(name, known, SETTINGS_FILE) for name in read_settings_file(home) if name not in known]
    named = {variable: variable.removeprefix("DIARY_").lower().partition("__")[0] for variable in os.environ}
    misspelt = [
        _unknown(variable, [f"DIARY_{close[0].upper()}"], "the environment")
        for variable, name in named.items()
        if variable.startswith("DIARY_") and variable not in _OF_OTHERS and name not in known
        if (close := difflib.get_close_matches(name, known, 1, 0.8))
    ]
    return in_file + misspelt


def _unknown(name: str, known: Collection[str], place: str) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.6)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"{readable(name)!r} in {place} is no setting.{meant}"


def _shown(home: Path) -> str:
    return readable(str(home / SETTINGS_FILE))
