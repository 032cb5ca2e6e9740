"""Find the GPUs that this machine may use, and bind this process to one of them.

`lease` holds the locks.
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

_QUERY_SECONDS = 10
_bound: list[str] = []  # the device of this process; CUDA reads its environment once, so it never changes


def visible_devices(settings: Settings) -> list[str]:
    """Names of the GPUs for CUDA_VISIBLE_DEVICES; empty without a GPU, or where only the CPU is to be used.

    `DIARY_DEVICES` comes first, then CUDA_VISIBLE_DEVICES, then what the driver reports.
    """
    if settings.device == "cpu":
        return []
    if settings.devices:
        return list(settings.devices)
    if (given := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [name for name in given.split(",") if name]
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        query = subprocess.run(  # noqa: S603 - the driver's own tool
            [tool, "--query-gpu=uuid", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_QUERY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return query.stdout.split() if query.returncode == 0 else []


@contextmanager
def leased_device(settings: Settings) -> Iterator[None]:
    """Hold one of the host's devices and make it the only one that this process sees.

    Waits until one is free. Holds nothing where there is no GPU, and in a step whose executor has leased a device for
    it.
    """
    devices = visible_devices(settings)
    if not devices or lease.DEVICE_VARIABLE in os.environ:
        yield
        return
    with lease.leased(settings.root / "devices", _bound or devices) as name:
        if not _bound:
            _bound.append(name)
            os.environ["CUDA_VISIBLE_DEVICES"] = name
        log.info("device leased", extra={"ctx": {"device": name}})
        yield
