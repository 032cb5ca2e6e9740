"""What `diary doctor` looks at inside a diary: documents, models, languages, devices, routes, the files of the inbox.

Each function returns what it found, or raises a `DiaryError` that says what to do.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from diary_pipeline.bootstrap import open_diary
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_file, quoted
from diary_pipeline.llm.routes import build
from diary_pipeline.notify import not_understood
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.devices import visible_devices
from diary_pipeline.transcribe.fallen_back import fallback_notice
from diary_pipeline.transcribe.language import primary_language
from diary_pipeline.transcribe.weights import AUTO, gpu_count, is_english_only, locate
from diary_pipeline.views.missing import missing_documents

_REMEDIES = {
    "audio": "Put audio/ back from a backup (docs/backup.md); without it nothing can be transcribed anew.",
    "transcripts": "Put transcripts/ back from a backup, or run `diary redo FILE --from transcribe` for each.",
    "notes": "Put notes/ back from a backup, or run `diary redo FILE` for each.",
}
_NAMED_AT_MOST = 5


def documents(settings: Settings) -> str:
    """Audio, transcripts and notes that the catalog knows of are in the store."""
    with open_diary(settings) as diary:
        missing = {folder: rows for folder, rows in missing_documents(diary).items() if rows}
    if missing:
        raise TransientError(
            " ".join(
                f"{len(rows)} in {folder}/ are missing: {listed([row.source for row in rows])}. {_REMEDIES[folder]}"
                for folder, rows in missing.items()
            )
        )
    return "audio, transcripts and notes are all there"


def model(settings: Settings) -> str:
    """The speech model is chosen, on this machine, and has the bytes that it should have."""
    if settings.whisper_model == AUTO:
        raise UserError("No speech model is chosen yet. Run `diary setup`.")
    weights = locate(settings.whisper_model, settings.root)
    notice = fallback_notice(weights.name, settings.root)
    return f"{weights.name} in {weights.folder}, digests match{f'. {notice}' if notice else ''}"


def languages(settings: Settings) -> str:
    """The model knows the languages that the settings and the recordings name."""
    with open_diary(settings) as diary:
        recordings = [r for r, _ in diary.catalog.recordings.all() if not r.quarantine]
    named = [author.language for author in settings.authors.values()]
    named += [language for r in recordings for language in (r.language, r.spoken_language)]
    used = sorted({language for name in named if (language := primary_language(name))})
    others = [language for language in used if language != "en"]
    if settings.whisper_model != AUTO and others:
        weights = locate(settings.whisper_model, settings.root)
        if is_english_only(weights):
            raise UserError(
                f"The model {weights.name} knows English only, and {', '.join(others)} is in use. "
                "Run `diary setup --model small`; `diary models` lists all."
            )
    return ", ".join(used) or "none is named"


def device(settings: Settings) -> str:
    """The device that the settings ask for is there."""
    count = gpu_count()
    if settings.device == "cuda" and not count:
        raise UserError(
            "DIARY_DEVICE is cuda, and no GPU can be used here. Install its driver and CUDA, or set DIARY_DEVICE=auto."
        )
    if settings.devices and settings.device != "cpu" and not count:
        raise UserError(f"DIARY_DEVICES names {', '.join(visible_devices(settings))}, and no GPU can be used here.")
    return f"{count} GPU(s); CPU always"


def routes(settings: Settings) -> str:
    """Every route, also one on trial, has a key and a price."""
    names, troubles = [*settings.llm.routes, *settings.llm.shadows], []
    for name in names:
        alone = settings.llm.model_copy(update={"routes": (name,), "shadows": {}})
        try:
            (route,) = build(alone, settings.llm_keys)
        except UserError as error:
            troubles.append(str(error))
            continue
        if route.provider.price(route.model) is None:
            troubles.append(
                f"The route {name} has no known price, so it is never asked. Write a dated model, or its price under "
                "DIARY_LLM__PRICES."
            )
    if troubles:
        raise UserError(" ".join(dict.fromkeys(troubles)))
    return f"{len(names)} with key and price" if names else "none: notes are the speaker's own words"


def notices(settings: Settings) -> str:
    """Every address for notices is one that Apprise knows; nothing is sent."""
    wrong = not_understood(settings.notify) if settings.notify else []
    if wrong:
        raise UserError(
            f"Address {', '.join(map(str, wrong))} of DIARY_NOTIFY is none that Apprise knows. Write one like "
            "ntfys://TOPIC or mailtos://USER:PASSWORD@HOST."
        )
    return f"{len(settings.notify)} addresses" if settings.notify else "none are wanted"


def unreadable(settings: Settings) -> list[str]:
    """The folders and recordings in a local inbox that this user may not read."""
    if "://" in settings.inbox_url:
        return []
    inbox, root = Inbox(settings.inbox_url), Path(settings.inbox_url)
    folders = [one.path for one in inbox.passed_over() if one.path.endswith("/")]
    paths = map(as_file, folders + [file.path for file in inbox.files()])
    return [path for path in paths if _is_closed(root / path)]


def _is_closed(place: Path) -> bool:
    return not place.is_symlink() and not os.access(place, os.R_OK | (os.X_OK if place.is_dir() else 0))


def listed(names: Sequence[str]) -> str:
    """Some of *names* in a sentence, and how many more there are."""
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return ", ".join(map(quoted, names[:_NAMED_AT_MOST])) + more
