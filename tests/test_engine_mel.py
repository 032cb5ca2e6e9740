"""The spectrum that torch computes for a GPU is upstream's, to less than Whisper can hear."""

from importlib.util import find_spec

import numpy as np
import pytest

from diary_pipeline.transcribe.mel import TorchMel
from tests.services import Need
from tests.spoken import samples

HEARABLE = 1e-4  # the spectrum's own range is about 2; float16, in which a GPU computes, rounds to ten times as much


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("seconds", [0.5, 12.0])
def test_the_spectrum_by_torch_is_upstreams(bands: int, seconds: float, need: Need) -> None:
    if find_spec("torch") is None:
        need.missing("torch", "the extra `torch` is not installed; make setup EXTRAS=torch installs it")
    from faster_whisper.feature_extractor import FeatureExtractor

    heard = samples("2026-03-14 18.40.wav")[: int(seconds * 16_000)].astype(np.float32) / np.float32(32_768)
    extractor = FeatureExtractor(feature_size=bands)
    ours, upstreams = TorchMel(extractor)(heard), extractor(heard)
    assert ours.shape == upstreams.shape
    assert ours.dtype == upstreams.dtype == np.float32
    assert float(np.abs(ours - upstreams).max()) < HEARABLE
