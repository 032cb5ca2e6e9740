"""Sounds in which nobody says anything, made anew from a seed: what an engine must not put into words."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from diary_pipeline.transcribe.engine import SAMPLE_RATE, Samples

Floats = NDArray[np.float64]
RATE = SAMPLE_RATE


def _time(seconds: float) -> Floats:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(seconds: float, exponent: float, random: np.random.Generator) -> Floats:
    """Noise whose power falls with frequency."""
    spectrum = np.fft.rfft(random.normal(size=int(seconds * RATE)))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** (exponent / 2)
    noise = np.fft.irfft(spectrum)
    loud: Floats = noise / np.abs(noise).max()
    return loud


def _notes(random: np.random.Generator, *, vibrato: float) -> Floats:
    parts = []
    for pitch in random.choice([220.0, 247.0, 262.0, 294.0, 330.0, 392.0, 440.0], 16):
        t = _time(0.5)
        wave = sum(np.sin(2 * np.pi * n * pitch * t + vibrato * np.sin(2 * np.pi * 5.5 * t)) / n for n in (1, 2, 3, 4))
        parts.append(wave * np.exp(-2 * t))
    return np.concatenate(parts)


def _chord(random: np.random.Generator) -> Floats:
    t = _time(10)
    chord: Floats = sum(
        (np.sin(2 * np.pi * f * t + 2 * np.sin(2 * np.pi * 5 * t)) for f in (220, 277, 330)), np.zeros_like(t)
    )
    return chord


def _breath(random: np.random.Generator) -> Floats:
    t = _time(15)
    breath: Floats = _noise(15, 1, random) * np.maximum(0, np.sin(2 * np.pi * t / 3.5)) ** 2
    return breath


def _bursts(random: np.random.Generator, each: float, count: int) -> Floats:
    audio = random.normal(size=int(10 * RATE)) * 0.002
    for at in random.integers(0, len(audio) - RATE, count):
        t = _time(each)
        audio[at : at + len(t)] += random.normal(size=len(t)) * np.exp(-t * 6 / each)
    return audio


def _wind(random: np.random.Generator) -> Floats:
    return _noise(30, 2, random) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.2 * _time(30)))


def _hum(random: np.random.Generator) -> Floats:
    t = _time(20)
    hum: Floats = sum((np.sin(2 * np.pi * 50 * n * t) / n for n in (1, 2, 3, 5)), np.zeros_like(t))
    return hum


def _buzz(random: np.random.Generator) -> Floats:
    t = _time(8)
    return np.sign(np.sin(2 * np.pi * 120 * t)) * (0.7 + 0.3 * np.sin(2 * np.pi * 3 * t))


def _babble(random: np.random.Generator, speech: Samples) -> Floats:
    """Several voices at once, backwards."""
    backwards = speech[::-1].astype(np.float64)
    length = min(len(backwards), 10 * RATE)
    babble: Floats = sum(
        (np.roll(backwards, int(shift))[:length] for shift in random.integers(0, len(speech), 4)), np.zeros(length)
    )
    return babble


def sounds(seed: int, speech: Samples) -> Mapping[str, Samples]:
    """One sound of each of fourteen kinds; *speech* is turned round for two of them."""
    random = np.random.default_rng(seed)
    kinds: dict[str, Callable[[], Floats]] = {
        "zeros": lambda: np.zeros(60 * RATE),
        "white": lambda: random.normal(size=20 * RATE) * 0.2,
        "pink": lambda: _noise(20, 1, random),
        "wind": lambda: _wind(random),
        "hum": lambda: _hum(random),
        "tone": lambda: np.sin(2 * np.pi * 440 * _time(10)),
        "melody": lambda: _notes(random, vibrato=0.0),
        "chord": lambda: _chord(random),
        "breath": lambda: _breath(random),
        "clicks": lambda: _bursts(random, 0.01, 20),
        "rustle": lambda: _bursts(random, 0.3, 25),
        "buzz": lambda: _buzz(random),
        "reversed speech": lambda: speech[: 12 * RATE][::-1].astype(np.float64),
        "reversed babble": lambda: _babble(random, speech),
    }
    made = {name: make() for name, make in kinds.items()}
    return {name: (sound / max(np.abs(sound).max(), 1e-9) * 12_000).astype(np.int16) for name, sound in made.items()}
