"""Strangers' containers: two sentences in any codec, layout, rate, cut and kind of time stamps, all of it heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from diary_pipeline.bootstrap import reader_factory
from diary_pipeline.media import MediaReader
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.speech import find_speech
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.proof.container_files import KINDS, RATE, Floats, Kind, container, of_channels
from tests.proof.trial import Play, Proof, Tally, Trial
from tests.spoken import samples

MEMOS = ("2026-03-14 08.12.m4a", "2026-03-15 09.30.m4a")
SENTENCE, PAUSE = 3.0, 1.0
BEGINS = (PAUSE, SENTENCE + 2 * PAUSE)
EACH, TRANSCRIBED = 10, 12
"""Containers of a round; rounds of which one container is transcribed, of thirty."""

CLOSE, ALIKE, LINK = 0.05, 0.8, 0.3
"""Seconds by which sound may be off beside the codec's own delay, least correlation, seconds by which a link may be."""


@dataclass
class Made:
    """A container, and where its sentences begin; `seconds` is its length, `slack` what the codec's delay may add."""

    what: str
    suffix: str
    data: bytes
    begins: tuple[float, float]
    seconds: float
    slack: float = 0.0


@dataclass
class Bench:
    """What rounds share: the sentences, a reader, and an engine with where it hears each sentence begin."""

    sentences: tuple[Floats, Floats]
    reader: MediaReader
    engine: WhisperEngine
    onsets: list[float] = field(default_factory=list)


@contextmanager
def bench() -> Iterator[Play]:
    """Loads the model, whose words are sought in twelve containers."""
    from benchmarks import models

    engine = WhisperEngine(models.weights("tiny.en"), device="cpu")
    one, two = (_sentence(name) for name in MEMOS)
    with reader_factory(Settings.load(timezone="UTC"))() as reader:
        shared = Bench((one, two), reader, engine)
        starts = _starts(engine, _whole(shared.sentences))
        shared.onsets = [min(starts, key=lambda start: abs(start - at)) - at for at in BEGINS]
        yield partial(play, shared)


def play(shared: Bench, trial: Trial) -> None:
    """Make ten containers, read each, and compare; transcribe one of them in some rounds."""
    for number in range(EACH):
        made = _draw(trial.random, shared.sentences, list(KINDS)[(trial.number * EACH + number) % len(KINDS)])
        file = trial.home / f"{number}.{made.suffix}"
        file.write_bytes(made.data)
        trial.spoil(trial.home)
        try:
            sound = _heard(shared, trial.tally, made, file)
        except Exception as error:  # noqa: BLE001 - whatever it is, this container is not heard
            trial.tally.check(False, f"{made.what}: {error!r}")  # noqa: FBT003
            continue
        if number == trial.number % EACH and trial.number * TRANSCRIBED % 30 < TRANSCRIBED:
            starts = _starts(shared.engine, sound)
            for begin, onset in zip(made.begins, shared.onsets, strict=True):
                near = min((abs(start - begin - onset) for start in starts), default=99.0)
                trial.tally.check(near < LINK + made.slack, f"{made.what}: a link is {near:.2f} s off")


def _heard(shared: Bench, tally: Tally, made: Made, file: Path) -> Floats:
    """The decoded sound, after its comparison with the sentences."""
    seconds = shared.reader.probe(file, whole=True).seconds
    sound = np.concatenate(list(shared.reader.samples(file))).astype(np.float32) / np.float32(32768)
    near = 0.1 + 3 * made.slack
    tally.check(abs(seconds - made.seconds) < near, f"{made.what}: its length is {seconds:.2f}, not {made.seconds:.2f}")
    end = made.begins[1] + SENTENCE
    tally.check(len(sound) / RATE > end - CLOSE, f"{made.what}: {len(sound) / RATE:.2f} s were decoded, not {end:.2f}")
    for sentence, begin in zip(shared.sentences, made.begins, strict=True):
        at, likeness = _found(sentence, sound, begin)
        tally.check(likeness > ALIKE, f"{made.what}: the sentence at {begin:.2f} is heard at {likeness:.2f}")
        off = at - begin
        tally.check(-CLOSE < off < CLOSE + made.slack, f"{made.what}: the sentence at {begin:.2f} is {off:.2f} s off")
    return sound


def _draw(random: Random, sentences: tuple[Floats, Floats], name: str) -> Made:
    kind = KINDS[name]
    ways = ["plain", "plain", "opposite", "one side"]
    ways += ["joined"] * 3 * kind.joined + ["hole", "late", "both"] * kind.stamped
    ways += (
        ["second stream"] * 2 * kind.streams
        + ["one of six"] * (kind.channels > 2)
        + ["unknown"] * 2 * (kind.form == "wav")
    )
    way, rate = random.choice(ways), random.choice(kind.rates)
    whole, begins = _whole(sentences), BEGINS
    seconds = len(whole) / RATE
    what, suffix, slack = f"{name} {rate} {way}", kind.suffix or kind.form, kind.delay / rate
    if way == "joined":
        return _joined(random, kind, what, (whole[: round(begins[1] * RATE)], whole[round(begins[1] * RATE) :]), rate)
    if way == "unknown":
        count = random.choice((3, 4, 5, 7, 9, 16, 24, 33, 64))
        rows = _beside(random, whole, count)
        return Made(f"{what} {count}", suffix, of_channels(rows, rate), begins, seconds)
    start = random.choice((5.0, 60.0)) if way in ("late", "both") else 0.0
    hole = (SENTENCE + 1.5 * PAUSE, random.choice((2.0, 60.0))) if way in ("hole", "both") else (0.0, 0.0)
    tracks, layout = _tracks(random, way, whole)
    data = container(kind, tracks, rate, layout, start=start, hole=hole)
    return Made(what, suffix, data, (begins[0] + start, begins[1] + start + hole[1]), seconds + hole[1], slack)


def _whole(sentences: tuple[Floats, Floats]) -> Floats:
    pause = np.zeros(round(PAUSE * RATE), np.float32)
    return np.concatenate((pause, sentences[0], pause, sentences[1], pause))


def _tracks(random: Random, way: str, whole: Floats) -> tuple[list[Floats], str]:
    """The streams of a container, and their layout."""
    if way == "opposite":
        return [np.stack((whole, -whole * random.choice((1.0, 0.7))))], "stereo"
    if way == "one side":
        sides = [whole, np.zeros_like(whole)]
        random.shuffle(sides)
        return [np.stack(sides)], "stereo"
    if way == "one of six":
        rows = _beside(random, whole, 5)
        return [np.insert(rows, 3, 0.0, axis=0)], "5.1"  # nothing of a voice is left in the fourth, of low tones
    if way == "second stream":
        return [row[None, :] for row in _beside(random, whole, random.choice((2, 3)))], "mono"
    count = random.choice((1, 2))
    return [np.stack([whole] * count)], ("mono", "stereo")[count - 1]


def _beside(random: Random, voice: Floats, count: int) -> Floats:
    """The voice as one of so many tracks, of which others are silent, noise or tones; never the first."""
    at, seed = random.randrange(1, count), random.randrange(1 << 30)
    noise, t = np.random.default_rng(seed), np.arange(len(voice)) / RATE
    rows = []
    for number in range(count):
        other = (np.zeros_like(voice), noise.normal(size=len(voice)) * 0.05, np.sin(2 * np.pi * 440 * t) * 0.2)
        rows.append(voice if number == at else other[random.randrange(3)])
    return np.stack(rows).astype(np.float32)


def _joined(random: Random, kind: Kind, what: str, halves: tuple[Floats, Floats], rate: int) -> Made:
    """Two files end to end, of which the second has another rate or layout."""
    other, parts = random.choice(kind.rates), list[bytes]()
    layouts = random.sample(("mono", "stereo"), 2)
    for half, its, layout in zip(halves, (rate, other), layouts, strict=True):
        parts.append(container(kind, [np.stack([half] * (1 + (layout == "stereo")))], its, layout))
    begins, seconds = (PAUSE, len(halves[0]) / RATE), sum(map(len, halves)) / RATE
    slack = 3 * max(kind.delay, 1200) / min(rate, other)
    return Made(f"{what} {other} {layouts}", kind.suffix or kind.form, b"".join(parts), begins, seconds, slack)


def _sentence(memo: str) -> Floats:
    """Three seconds of a memo from where its speech begins."""
    audio = samples(memo)
    begin = find_speech(audio)[0][0]
    return audio[begin : begin + round(SENTENCE * RATE)].astype(np.float32) / np.float32(32768)


def _found(sentence: Floats, sound: Floats, begin: float) -> tuple[float, float]:
    """Where near *begin* the sentence is, in seconds, and how it correlates there."""
    first = max(0, round((begin - 1.0) * RATE))
    part = sound[first : first + len(sentence) + 2 * RATE]
    size = 1 << (len(part) + len(sentence)).bit_length()
    course = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(sentence, size)), size)[: len(part)]
    at = int(np.argmax(np.abs(course)))
    piece = part[at : at + len(sentence)]
    energy = float(np.sqrt((piece**2).sum() * (sentence**2).sum())) or 1.0
    return (first + at) / RATE, abs(float(course[at])) / energy


def _starts(engine: WhisperEngine, sound: Floats) -> list[float]:
    """The seconds to which links lead: where each segment begins."""
    audio = (sound * 32767).astype(np.int16)
    (result,) = engine.transcribe(iter([Job("memo", lambda: iter([audio]))]))
    return [segment.start for segment in result.segments]


PROOF = Proof(
    name="containers",
    promise="Sound in any codec, layout, rate, cut or kind of time stamps is heard whole, at its second of the file.",
    seed=20260314,
    rounds=30,
    sample=2,
    bench=bench,
)
