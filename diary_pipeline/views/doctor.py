"""Is everything there that a diary needs? One check each, with what to do where the answer is no."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from diary_pipeline.bootstrap import open_catalog, open_store
from diary_pipeline.errors import DiaryError, TransientError, UserError, type_and_place
from diary_pipeline.file_names import readable
from diary_pipeline.home import is_set_up
from diary_pipeline.media.ffmpeg import ffmpeg_version
from diary_pipeline.ports import port_states
from diary_pipeline.settings import Settings, unknown_variables
from diary_pipeline.views.examined import device, documents, languages, listed, model, notices, routes, unreadable
from diary_pipeline.views.passed_over import passed_over

_LOW_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """The result of one check. `detail` says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Check]:
    """Look at the home, its documents, models, routes, devices, ports, settings and inbox; nothing is made or changed.

    In a home that was never set up, only at what does not depend on it.
    """
    checks: dict[str, Callable[[], str]] = {"home": lambda: _home(settings)}
    if is_set_up(settings):
        checks |= {
            "disk": lambda: _disk(settings),
            "catalog": lambda: _catalog(settings),
            "store": lambda: open_store(settings).url,
            "documents": lambda: documents(settings),
            "model": lambda: model(settings),
            "languages": lambda: languages(settings),
            "inbox": lambda: _inbox(settings),
        }
    checks |= {
        "devices": lambda: device(settings),
        "ffmpeg": ffmpeg_version,
        "time zone": lambda: settings.timezone,
        "settings": _settings,
        "routes": lambda: routes(settings),
        "ports": lambda: _ports(settings),
        "notices": lambda: notices(settings),
    }
    return [_check(name, look) for name, look in checks.items()]


def unusable_settings(error: UserError) -> list[Check]:
    """The checks of a diary whose settings cannot be used."""
    return [Check("settings", ok=False, detail=str(error)), _check("ffmpeg", ffmpeg_version)]


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
    if not is_set_up(settings):
        raise UserError(
            f"{readable(str(settings.root))} was never set up as a diary. Run `diary setup`. Set DIARY_HOME "
            "if you mean another folder."
        )
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


def _settings() -> str:
    if unknown := unknown_variables(Settings):
        raise UserError(" ".join(unknown))
    return "every name is known"


def _inbox(settings: Settings) -> str:
    folder = None if "://" in settings.inbox_url else Path(settings.inbox_url)
    if folder and not folder.exists() and not folder.is_symlink():
        raise TransientError(
            f"The inbox {readable(str(folder))} is not there. Run `diary setup` to make it, mount its disk, or set "
            "DIARY_INBOX to another folder."
        )
    passed = passed_over(settings)
    if passed["trouble"]:
        raise TransientError(passed["trouble"])
    if closed := unreadable(settings):
        raise TransientError(f"{listed(closed)} in the inbox cannot be read. Let the diary's user read them.")
    return f"{settings.inbox_url} ({passed['count']} files are passed over)"


def _ports(settings: Settings) -> str:
    states = port_states(settings)
    if troubles := [state.trouble for state in states if state.trouble]:
        raise UserError(" ".join(troubles))
    page = states[0]
    if not page.port:
        return "chosen when Dagster starts over this home"
    return f"http://127.0.0.1:{page.port} {'runs' if page.in_use else 'is free for Dagster over this home'}"
