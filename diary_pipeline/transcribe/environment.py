"""Environment variables of a process that transcribes.

The libraries below read them once, when the process starts or when they are loaded. Launchers pass them to the process;
the command line calls `set_library_variables` before it imports anything else.
"""

import os
from collections.abc import Mapping

ALLOCATOR_VARIABLES: Mapping[str, str] = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "67108864",
    "MALLOC_ARENA_MAX": "1",
}
"""Read by glibc when the process starts, so only a launcher can set them.

glibc then keeps the attention buffers instead of returning them and faulting them in again on every call. This saves an
engine on a CPU 13 to 25 % of its time.
"""

THREAD_VARIABLES: Mapping[str, str] = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1"}
"""Read when CTranslate2 and numpy are loaded.

OMP_WAIT_POLICY: the model's threads sleep while they wait for each other. By default they spin, which is a tenth faster
on an idle machine and four times slower where other programs want the cores.
OPENBLAS_NUM_THREADS: the spectrum of a chunk is a small matrix product, for which OpenBLAS wakes threads that spin
longer than they compute: 4.3 CPU-ms for 15 s of sound with one thread, 17 to 19 without this.
"""

PRIVACY_VARIABLES: Mapping[str, str] = {"ORT_DISABLE_TELEMETRY": "1"}
"""Read when onnxruntime (which finds speech) is loaded. Without it onnxruntime reports its use to its maker."""

LIBRARY_VARIABLES: Mapping[str, str] = {**THREAD_VARIABLES, **PRIVACY_VARIABLES}
"""What a launcher passes to every process that may transcribe."""


def set_library_variables() -> None:
    """Set `LIBRARY_VARIABLES` in this process; what is already set stays, except for privacy.

    It has an effect on libraries that are loaded later. A program that imports numpy before it transcribes should set
    OPENBLAS_NUM_THREADS itself, before that import.
    """
    for name, value in THREAD_VARIABLES.items():
        os.environ.setdefault(name, value)
    os.environ.update(PRIVACY_VARIABLES)
