"""Audio files opened in a child process with limits: probing and decoding."""

from diary_pipeline.media.reader import SAMPLE_RATE, MediaLimits, MediaReader, NotAudioError, Probe

__all__ = ["SAMPLE_RATE", "MediaLimits", "MediaReader", "NotAudioError", "Probe"]
