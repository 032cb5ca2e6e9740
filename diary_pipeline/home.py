"""The diary's home: its folders, its settings file, and the model that `auto` means here, decided once."""

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.settings import SETTINGS_FILE, Settings, settings_text
from diary_pipeline.transcribe.weights import AUTO, resolve_auto


def is_set_up(settings: Settings) -> bool:
    """Whether `prepare` has ever run over this home, or a person has made its inbox or its settings."""
    return any((settings.root / name).exists() for name in ("inbox", "models", SETTINGS_FILE))


def holds_diary(settings: Settings) -> bool:
    """Whether there is a diary under these settings: a home that was set up or restored, or a catalog elsewhere."""
    kept = ("catalog.db", "audio", "transcripts", "notes", "days")
    return bool(settings.catalog) or is_set_up(settings) or any((settings.root / name).exists() for name in kept)


def prepare(settings: Settings) -> Settings:
    """Make the home's folders and decide what `auto` means; returns the settings with the model's name in them.

    Raises:
        UserError: no model can be had, or the settings file cannot be read.
        TransientError: the home cannot be written.
    """
    for name in ("inbox", "models", "dagster"):
        folder = settings.root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            in_its_place = "Move away what lies in its place, or set" if folder.parent.is_dir() else "Set"
            raise TransientError(
                f"The folder {folder} cannot be made: {error.strerror}. {in_its_place} DIARY_HOME to a folder of yours."
            ) from error
    if settings.whisper_model != AUTO:
        return settings
    name = resolve_auto(settings.root, settings.device)
    remember(settings.root, "whisper_model", name)
    return settings.model_copy(update={"whisper_model": name})


def remember(root: Path, key: str, value: str) -> None:
    """Write one setting into the home's settings file; everything else in it, comments too, stays."""
    file, text = root / SETTINGS_FILE, settings_text(root)
    try:
        document = tomlkit.parse(text or "")
    except TOMLKitError as error:
        raise UserError(f"{file} is not TOML. Correct it.") from error
    document[key] = value
    temporary = file.with_name(f".{file.name}.new")
    try:
        temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        raise TransientError(
            f"The settings file {file} cannot be written: {error.strerror}. Let the diary's user write it, or set "
            f"DIARY_{key.upper()}={value}."
        ) from error
