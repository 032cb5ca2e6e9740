"""Which devices this machine may use.

What belongs here: finding them. What does not: who may use one now (`lease`), loading a model (`whisper`).
"""

import os
import shutil
import subprocess

from diary_pipeline.settings import Settings

_ASK_SECONDS = 10


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
            [tool, "--query-gpu=uuid", "--format=csv,noheader"], capture_output=True, text=True, timeout=_ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return asked.stdout.split() if asked.returncode == 0 else []
