"""Stereo in the child process: where one channel is the other one turned round, their mean would be silence."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECONDS = 0.1
"""Phases are compared over pieces of this length."""

OPPOSITE, ALIKE = -0.75, 0.3
"""The channels' product, twice, to their energy: from where on they cancel each other, and where they are alike again.

Between both nothing changes, so that sounds that only one channel has turn nothing round.
"""

SPARSE = 32
"""Of so many samples one is compared."""

_TYPES = {"u8": "uint8", "s16": "int16", "s32": "int32", "s64": "int64", "flt": "float32", "dbl": "float64"}


class Phase:
    """Whether the second channel of a stereo stream is in opposite phase at present."""

    def __init__(self) -> None:
        self.opposite = False

    def align(self, frame: Any) -> None:
        """Turn the second channel round, in place, wherever the two would cancel each other."""
        import numpy as np

        left, right = channels_of(frame)
        size = max(SPARSE, int(frame.sample_rate * SECONDS))
        for at, likeness in enumerate(_likeness(left, right, size)):
            if likeness < OPPOSITE:
                self.opposite = True
            elif likeness > ALIKE:
                self.opposite = False
            if self.opposite:
                piece = right[at * size : (at + 1) * size]
                (np.negative if piece.dtype.kind == "f" else np.invert)(piece, out=piece)  # -x - 1 cannot overflow


def channels_of(frame: Any) -> "list[NDArray[Any]]":
    """The samples of each channel of a frame, as they lie in its memory."""
    import numpy as np

    name, channels = frame.format.name, frame.layout.nb_channels
    kind, size = np.dtype(_TYPES[name.removesuffix("p")]), frame.samples
    if frame.format.is_planar:
        return [np.frombuffer(plane, kind)[:size] for plane in frame.planes]
    together = np.frombuffer(frame.planes[0], kind)[: size * channels].reshape(-1, channels)
    return [together[:, channel] for channel in range(channels)]


def _likeness(left: "NDArray[Any]", right: "NDArray[Any]", size: int) -> "list[float]":
    """From -1 to 1 for each piece of *size* samples; 0 where there is silence."""
    whole = len(left) // size * size
    rows = [(left[:whole].reshape(-1, size), right[:whole].reshape(-1, size))] if whole else []
    if len(left) > whole:
        rows.append((left[None, whole:], right[None, whole:]))
    return [likeness for pair in rows for likeness in _of_rows(*pair)]


def _of_rows(left: "NDArray[Any]", right: "NDArray[Any]") -> "list[float]":
    import numpy as np

    a, b = (channel[:, ::SPARSE].astype(np.float32) for channel in (left, right))
    if left.dtype == np.uint8:
        a, b = a - 128, b - 128
    energy = np.einsum("ij,ij->i", a, a) + np.einsum("ij,ij->i", b, b)
    likeness: list[float] = (2 * np.einsum("ij,ij->i", a, b) / np.maximum(energy, 1e-20)).tolist()
    return likeness
