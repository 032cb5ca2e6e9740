"""The home's settings file: read as UTF-8 text, with or without a byte order mark."""

from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, InitSettingsSource

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable
from diary_pipeline.settings.unknown import check_file

SETTINGS_FILE = "settings.toml"


class SettingsFile(InitSettingsSource):
    """The settings of a home's file, as a source for pydantic. A file that is not there has none.

    Raises:
        UserError: the file cannot be read, or has a name that is no setting.
    """

    def __init__(self, settings_cls: type[BaseSettings], home: Path) -> None:
        values = read_settings_file(home)
        check_file(settings_cls, values, home / SETTINGS_FILE)
        super().__init__(settings_cls, values)


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


def _shown(home: Path) -> str:
    return readable(str(home / SETTINGS_FILE))
