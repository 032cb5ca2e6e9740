"""Resampling, in the child process: a run of frames that are all of one kind becomes tracks of 16 kHz samples."""

from fractions import Fraction
from typing import Any

from diary_pipeline.media.stereo import Phase

RATE = 16_000
BLOCK = 500_000
"""Samples, of all channels of more than two together, that are resampled at once: small blocks cost more time."""

Kind = tuple[str, str, int]


def kind_of(frame: Any) -> Kind:
    """What is the same for all frames of a run: sample format, layout, rate."""
    return frame.format.name, frame.layout.name, frame.sample_rate


def silent(like: Any, stamp: int | None, duration: int, time_base: Fraction) -> Any:
    """A frame without sound, of the kind of another one; *stamp* and *duration* are in units of *time_base*.

    It lasts a second at most: a longer packet's length is not to be believed.
    """
    import av

    form, layout, rate = kind_of(like)
    frame = av.AudioFrame(form, layout, min(rate, max(1, round(duration * time_base * rate))))
    for plane in frame.planes:
        plane.update((b"\x80" if form.startswith("u8") else b"\0") * plane.buffer_size)
    frame.sample_rate, frame.time_base, frame.pts = rate, time_base, stamp
    return frame


class Run:
    """One run. Mono and stereo become one track, more channels a track each.

    `taken` are the samples of its frames so far, at its own `rate`.
    """

    def __init__(self, first: Any, phase: Phase) -> None:
        import av

        self.kind = kind_of(first)
        self.rate: int = first.sample_rate
        self.taken = 0
        self._channels, self._phase = first.layout.nb_channels, phase
        self._separate = self._channels > 2
        count = self._channels if self._separate else 1
        self._resamplers = [_Resampler() for _ in range(count)]
        self._fifo, self._block, self._given = av.AudioFifo(), BLOCK // count, 0

    @property
    def samples(self) -> int:
        """How many samples `taken` are after resampling."""
        return round(self.taken / self.rate * RATE)

    def add(self, frame: Any) -> list[bytes]:
        """Take one more frame; gives the tracks' next samples, seldom."""
        self.taken += frame.samples
        frame.pts = None
        self._fifo.write(frame)
        return self._resampled(self._fifo.read()) if self._fifo.samples >= self._block else []

    def end(self, *, whole: bool) -> list[bytes]:
        """The rest of the tracks. If not *whole*, another run follows: exactly `samples` are given then."""
        missing = self.samples - self._given
        rest = self._resampled(self._fifo.read()) if self._fifo.samples else [b""] * len(self._resamplers)
        rest = [track + resampler.feed(None) for track, resampler in zip(rest, self._resamplers, strict=True)]
        size = len(rest[0]) if whole else max(0, missing) * 2
        return [track[:size].ljust(size, b"\0") for track in rest]

    def _resampled(self, frame: Any) -> list[bytes]:
        if self._channels == 2:
            self._phase.align(frame)
        frames = _separated(frame) if self._separate else [frame]
        tracks = [resampler.feed(part) for resampler, part in zip(self._resamplers, frames, strict=True)]
        self._given += len(tracks[0]) // 2
        return tracks


def _separated(frame: Any) -> list[Any]:
    """Each channel as a frame of its own: no matrix of a layout, known or not, decides what of it is heard."""
    import av
    import numpy as np

    from diary_pipeline.media.stereo import channels_of

    frames = []
    for channel in channels_of(frame):
        scale = 1.0 if channel.dtype.kind == "f" else -float(np.iinfo(channel.dtype).min or -128)
        levels = (channel.astype(np.float32) - (128 if channel.dtype == np.uint8 else 0)) / np.float32(scale)
        mono = av.AudioFrame.from_ndarray(levels[None, :], format="flt", layout="mono")
        mono.sample_rate = frame.sample_rate
        frames.append(mono)
    return frames


class _Resampler:
    """Makes 16 kHz mono samples of frames of one kind, as PyAV's `AudioResampler` does, but in this thread alone.

    The threads of a graph, one for each processor, would take up the address space that the child is allowed.
    """

    def __init__(self) -> None:
        self._graph: Any = None

    def feed(self, frame: Any) -> bytes:
        """The samples that are ready after one more frame; after None, the last ones."""
        import av

        if self._graph is None:
            if frame is None:
                return b""
            self._graph = _graph(frame)
        self._graph.push(frame)
        ready = list[bytes]()
        while True:
            try:
                made = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return b"".join(ready)
            ready.append(bytes(made.planes[0])[: made.samples * 2])


def _graph(frame: Any) -> Any:
    import av.filter

    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add(
        "abuffer",
        sample_rate=str(frame.sample_rate),
        sample_fmt=frame.format.name,
        channel_layout=frame.layout.name,
        time_base=f"1/{frame.sample_rate}",
    )
    form = graph.add("aformat", sample_rates=str(RATE), sample_fmts="s16", channel_layouts="mono")
    graph.link_nodes(source, form, graph.add("abuffersink")).configure()
    return graph
