"""Notices to where a person wants them, by Apprise: how many memos are held, and their ids; never a word of the diary.

What was said once is not said again: `notified.json` in the home keeps the ids.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from diary_pipeline.atomic_write import write_atomically
from diary_pipeline.catalog import Catalog
from diary_pipeline.errors import type_and_place
from diary_pipeline.settings import Settings

log = logging.getLogger("diary.notify")

_NAMED_AT_MOST = 20


def notify(settings: Settings, catalog: Catalog) -> bool:
    """Say which memos are held or refused, where one is that nobody was told of; whether a notice was sent.

    A notice that cannot be sent is logged, and tried again the next time. It never fails a run.
    """
    try:
        return bool(settings.notify) and _notify(settings, catalog)
    except Exception as error:  # noqa: BLE001 - a service's client has errors of many kinds
        log.warning("a notice could not be sent", extra={"ctx": {"error": type_and_place(error)}})
        return False


def _notify(settings: Settings, catalog: Catalog) -> bool:
    file = settings.root / "notified.json"
    held, known = catalog.recordings.held(), _known(file)
    new = [name for name in held if name not in known]
    if new and not _send(settings.notify, message(held)):
        return False
    if new or set(known) != set(held):
        write_atomically(file, json.dumps(held).encode(), replace=True)
    return bool(new)


def message(held: Sequence[str]) -> str:
    """The text of a notice about these recordings."""
    count = "1 memo is" if len(held) == 1 else f"{len(held)} memos are"
    more = f" and {len(held) - _NAMED_AT_MOST} more" if len(held) > _NAMED_AT_MOST else ""
    return f"{count} held: {', '.join(held[:_NAMED_AT_MOST])}{more}. `diary status` says why."


def not_understood(addresses: Sequence[SecretStr]) -> list[int]:
    """Which of the addresses (the first is 1) Apprise does not know; nothing is sent."""
    return [number for number, address in enumerate(addresses, 1) if _service(address) is None]


def _send(addresses: Sequence[SecretStr], text: str) -> bool:
    """Send to all; whether one at least was reached. An address may hold a key, so that only its number is logged."""
    reached = 0
    for number, address in enumerate(addresses, 1):
        service = _service(address)
        if service is not None and service.notify(title="Diary", body=text):
            reached += 1
        else:
            log.warning("a notice could not be sent", extra={"ctx": {"address": number}})
    return reached > 0


def _service(address: SecretStr) -> Any:
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would print addresses, which may hold keys
    asset = apprise.AppriseAsset(app_id="diary", async_mode=False)
    return apprise.Apprise.instantiate(address.get_secret_value(), asset=asset, suppress_exceptions=True)


def _known(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [str(name) for name in found] if isinstance(found, list) else []
