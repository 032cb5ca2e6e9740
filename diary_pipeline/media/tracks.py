"""Decoding, in the child process: a file as tracks of 16 kHz samples, each sample at its second of the file.

A track is a mono or stereo stream, or one channel of a stream that has more. Which tracks are heard is decided in the
parent (`mixing`).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from diary_pipeline.media.opening import RefusalError, opened, sounds
from diary_pipeline.media.parts import Part, opened_part, parts_of
from diary_pipeline.media.runs import Run, kind_of, silent
from diary_pipeline.media.stereo import Phase
from diary_pipeline.media.timeline import Timeline

RATE = 16_000
MOST_SILENCE = 60 * RATE
MANY_TRACKS = 8
"""Of more tracks, windows are shorter, so that memory stays bounded."""


def windows(path: Path, window: int, most: int) -> Iterator[list[bytes]]:
    """Windows of the tracks of a file, *window* samples each if there are few tracks; some are shorter.

    Raises:
        RefusalError: there is no sound, or a track has more than *most* samples.
    """
    import av

    given, trouble = 0, RefusalError("not audio")
    for part in parts_of(path):
        try:
            for tracks in _of_part(path, part, window, most):
                given += len(tracks[0]) // 2
                if given > most:
                    break
                yield tracks
        except RefusalError as refusal:
            trouble = refusal
        except (av.FFmpegError, EOFError, ValueError) as error:
            if isinstance(error, MemoryError):
                raise
    if given > most:
        raise RefusalError("too long")
    if not given:
        raise trouble


def _of_part(path: Path, part: Part, window: int, most: int) -> Iterator[list[bytes]]:
    """Every stream is read through a container of its own: their packets may lie far apart in the file."""
    with ExitStack() as stack:

        def another() -> Any:
            return stack.enter_context(opened(stack.enter_context(opened_part(path, part))))

        first = another()
        found = sounds(first)
        indices, channels = [stream.index for stream in found], sum(s.codec_context.channels or 1 for s in found)
        containers = [first, *(another() for _ in indices[1:])]
        sources = [
            _Source(_blocks(container.streams[index], Timeline(container, most / RATE, joined=part[0] > 0)))
            for container, index in zip(containers, indices, strict=True)
        ]
        size = window if channels <= MANY_TRACKS else max(RATE, window * MANY_TRACKS // channels)
        while length := max(source.filled(size) for source in sources):
            yield [track for source in sources for track in source.take(length)]


class _Source:
    """What was decoded of one stream and not yet given: tracks of equal length."""

    def __init__(self, blocks: Iterator[list[bytes]]) -> None:
        self._blocks, self._tracks = blocks, [bytearray()]

    def filled(self, samples: int) -> int:
        """How many of so many samples are there, after decoding as far as needed."""
        while len(self._tracks[0]) < samples * 2 and (block := next(self._blocks, None)) is not None:
            length = len(block[0])
            while len(self._tracks) < len(block):
                self._tracks.append(bytearray(len(self._tracks[0])))
            for number, track in enumerate(self._tracks):
                track.extend(block[number] if number < len(block) else bytes(length))
        return min(samples, len(self._tracks[0]) // 2)

    def take(self, samples: int) -> list[bytes]:
        """The next samples of each track, silence after its end."""
        taken = [bytes(track[: samples * 2]).ljust(samples * 2, b"\0") for track in self._tracks]
        for track in self._tracks:
            del track[: samples * 2]
        return taken


def _blocks(stream: Any, timeline: Timeline) -> Iterator[list[bytes]]:
    """The tracks of one stream, block by block: one resampler for each run of equal frames, silence in the gaps."""
    phase, before = Phase(), 0
    run: Run | None = None
    for frame in _frames(stream):
        position = before / RATE + (run.taken / run.rate if run else 0.0)
        gap = timeline.gap(frame.time, position)
        if run is not None and (gap or run.kind != kind_of(frame)):
            yield run.end(whole=False)
            before, run = before + run.samples, None
        if gap:
            silence = round((position + gap) * RATE) - before
            before += silence
            yield from ([bytes(min(MOST_SILENCE, silence - done) * 2)] for done in range(0, silence, MOST_SILENCE))
        if run is None:
            run = Run(frame, phase)
        if block := run.add(frame):
            yield block
    if run is not None:
        yield run.end(whole=True)


def _frames(stream: Any) -> Iterator[Any]:
    """The frames of a stream, up to where it breaks off; silence as long as a packet that cannot be decoded.

    Phones write empty packets while nobody speaks.
    """
    import av

    packets, lost, last = stream.container.demux(stream), list[tuple[int | None, int]](), None
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            break
        try:
            decoded = packet.decode()
        except av.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            lost += [(packet.pts, packet.duration)] if packet.duration and packet.time_base else []
            continue
        for last in decoded:
            yield from (silent(last, *one, stream.time_base) for one in lost)
            lost.clear()
            yield last
    if last is not None:
        yield from (silent(last, *one, stream.time_base) for one in lost)
