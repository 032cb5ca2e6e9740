"""Memory of a process that transcribes, in MiB: what it takes now, what a batch needs, and the batch that fits a limit.

The cost of a row is computed from the model's dimensions; tests/test_engine_memory.py compares it with a process.
"""

import logging
import re
import resource
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from diary_pipeline.transcribe.options import Plan

log = logging.getLogger("diary.transcribe")

MIB = 1024 * 1024
POSITIONS = 1500
"""Positions of the encoder's output for 30 s."""

CHUNK_MIB = 2.8
"""Sound and features of a chunk of 30 s that waits for its batch."""

ENCODER_COPIES = 1.25
"""Attention of one chunk, and what the encoder holds beside it; on a CPU chunks are encoded one by one."""


@dataclass(frozen=True)
class Dimensions:
    """What determines a Whisper model's memory. `size` is the bytes of its official model.bin."""

    size: int
    layers: int
    width: int
    heads: int

    @property
    def loaded_mib(self) -> float:
        """The model, and what loading it on a CPU leaves in the heap; measured with tiny.en and base."""
        return 45 + 1.5 * self.size / MIB

    @property
    def row_mib(self) -> float:
        """One row while it is decoded: keys and values of each decoder layer, and copies of the encoder's output."""
        return (2 * self.layers + 3) * POSITIONS * self.width * 4 / MIB

    @property
    def encoder_mib(self) -> float:
        """One chunk while it is encoded."""
        return ENCODER_COPIES * self.heads * POSITIONS * POSITIONS * 4 / MIB


DIMENSIONS = {
    "tiny": Dimensions(75_538_270, 4, 384, 6),
    "base": Dimensions(145_217_532, 6, 512, 8),
    "small": Dimensions(483_546_902, 12, 768, 12),
    "medium": Dimensions(1_527_906_378, 24, 1024, 16),
    "large": Dimensions(3_087_284_237, 32, 1280, 20),
    "large-v3-turbo": Dimensions(1_617_884_929, 4, 1280, 20),
    "distil-large": Dimensions(1_512_927_867, 2, 1280, 20),
}
"""By the beginning of a model's name."""

_FAMILY = ("tiny", "base", "small", "medium", "large")


def dimensions(name: str, size: int) -> Dimensions:
    """The dimensions of the model *name*; of an unknown name, those of the next larger official one.

    *size*: bytes of model.bin.
    """
    known = [prefix for prefix in DIMENSIONS if name.startswith(prefix)]
    if known:
        return DIMENSIONS[max(known, key=len)]
    return next((DIMENSIONS[family] for family in _FAMILY if DIMENSIONS[family].size >= size), DIMENSIONS["large"])


def predicted_mib(plan: Plan, model: Dimensions, baseline_mib: float) -> float:
    """The most memory that a process takes that took *baseline_mib* without the model."""
    held = plan.batch_size * (plan.look_ahead + 2) * CHUNK_MIB
    return baseline_mib + model.loaded_mib + model.encoder_mib + plan.batch_size * model.row_mib + held


def fit_plan(plan: Plan, model: Dimensions, bound: float, baseline_mib: float) -> Plan:
    """The plan with the largest batch that stays within *bound* MiB (0: no limit), at least a batch of one."""
    if not bound:
        return plan
    sizes = range(plan.batch_size, 0, -1)
    size = next((n for n in sizes if predicted_mib(replace(plan, batch_size=n), model, baseline_mib) <= bound), 1)
    smaller = replace(plan, batch_size=size)
    predicted = round(predicted_mib(smaller, model, baseline_mib))
    context = {"batch_size": size, "requested": plan.batch_size, "predicted_mib": predicted, "bound_mib": round(bound)}
    if predicted > bound:
        log.warning(
            "even a batch of one needs more than DIARY_MEMORY_MB; choose a smaller model or raise it",
            extra={"ctx": context},
        )
    elif size < plan.batch_size:
        log.info("the batch is reduced to fit DIARY_MEMORY_MB", extra={"ctx": context})
    return smaller


def current_mib() -> int:
    """What this process takes now; 0 where the system does not report it."""
    return _status("VmRSS") or 0


def peak_mib() -> int:
    """The most that this process has taken so far.

    Read from /proc: `getrusage` includes the memory of the parent before this process was started.
    """
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        MIB if sys.platform == "darwin" else 1024
    )


def _status(name: str) -> int | None:
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) // 1024 if found else None
