"""Which devices this machine may use, and one of them for this process.

What belongs here: finding them, and binding this process to a leased one. What does not: how a lease is held (`lease`), loading a model
(`resident`).
"""

import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import lease

log = logging.getLogger("diary.transcribe")

_ASK_SECONDS = 10
_bound: list[
    str
] = []  # the device that this process was bound to: CUDA reads its environment once, so it stays the same one


def visible_devices(settings: Settings) -> list[str]:
    """Names of the GPUs as CUDA_VISIBLE_DEVICES takes them; none where there is no GPU, or only the CPU is to be used.

    What `DIARY_DEVICES` or CUDA_VISIBLE_DEVICES names comes before what the driver reports.
    """
    if settings.device == "cpu":
        return []
    if settings.devices:
        return list(settings.devices)
    if (named := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [name for name in named.split(",") if name]
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        asked = subprocess.run(  # noqa: S603 - the driver's own tool
            [tool, "--query-gpu=uuid", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return asked.stdout.split() if asked.returncode == 0 else []


@contextmanager
def own_device(settings: Settings) -> Iterator[None]:
    """Hold one of the host's devices, the only one that this process then sees, so that no two processes share one.

    Waits until one is free. Where there is no GPU nothing is held, and a step that its executor gave a device to holds
    it already.
    """
    devices = visible_devices(settings)
    if not devices or lease.ENVIRONMENT in os.environ:
        yield
        return
    with lease.leased(settings.root / "devices", _bound or devices) as name:
        if not _bound:
            _bound.append(name)
            os.environ["CUDA_VISIBLE_DEVICES"] = name
        log.info("device leased", extra={"ctx": {"device": name}})
        yield
