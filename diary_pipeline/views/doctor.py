"""Is everything there that a diary needs? One check each, with what to do where the answer is no."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from diary_pipeline.bootstrap import open_catalog, open_store
from diary_pipeline.errors import DiaryError, TransientError, UserError, type_and_place
from diary_pipeline.media.ffmpeg import ffmpeg_version
from diary_pipeline.settings import Settings, unknown_settings
from diary_pipeline.transcribe.weights import AUTO, gpu_count, locate
from diary_pipeline.views.passed_over import passed_over

_LOW_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """The result of one check. `detail` says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Check]:
    """Look at the home, its disk, the catalog, the store, the model, the devices, the settings and the inbox."""
    return [
        _check("home", lambda: _home(settings)),
        _check("disk", lambda: _disk(settings)),
        _check("catalog", lambda: _catalog(settings)),
        _check("store", lambda: open_store(settings).url),
        _check("model", lambda: _model(settings)),
        _check("devices", lambda: f"{gpu_count()} GPU(s); CPU always"),
        _check("ffmpeg", ffmpeg_version),
        _check("time zone", lambda: settings.timezone),
        _check("settings", lambda: _settings(settings)),
        _check("inbox", lambda: _inbox(settings)),
    ]


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=look())
    except DiaryError as error:
        return Check(name, ok=False, detail=str(error))
    except OSError as error:
        return Check(name, ok=False, detail=f"{error.strerror}: {error.filename}. Set DIARY_HOME to a folder of yours.")
    except Exception as error:  # noqa: BLE001 - the other checks go on
        return Check(name, ok=False, detail=f"It cannot be examined: an unexpected {type_and_place(error)}.")


def _home(settings: Settings) -> str:
    settings.root.mkdir(parents=True, exist_ok=True)
    probe = settings.root / ".diary-doctor"
    probe.write_bytes(b"")
    probe.unlink()
    return str(settings.root)


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.root).free
    if free < _LOW_BYTES:
        raise OSError(28, "less than 1 GB is free", str(settings.root))
    return f"{free / 1e9:.0f} GB free"


def _catalog(settings: Settings) -> str:
    catalog = open_catalog(settings)
    catalog.close()
    return catalog.database.url.render_as_string(hide_password=True)


def _settings(settings: Settings) -> str:
    if unknown := unknown_settings(settings.root, Settings.model_fields):
        raise UserError(" ".join(unknown))
    return "every name is known"


def _inbox(settings: Settings) -> str:
    passed = passed_over(settings)
    if passed["trouble"]:
        raise TransientError(passed["trouble"])
    return f"{settings.inbox_url} ({passed['count']} files are passed over)"


def _model(settings: Settings) -> str:
    if settings.whisper_model == AUTO:
        return "not decided yet: `diary setup` decides"
    weights = locate(settings.whisper_model, settings.root)
    return f"{weights.name} in {weights.folder}, digests match"
