"""Light rewrites: each stands, and its nearest wrong neighbour falls."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from diary_pipeline.notes.evidence.check import judge
from diary_pipeline.notes.evidence.source import SpokenSource
from tests.transcripts import said

PAIRS = Path(__file__).parent / "data" / "rewrites.yaml"


def pairs() -> Iterator[tuple[str, str, str]]:
    for rows in yaml.safe_load(PAIRS.read_text("utf-8")).values():
        yield from map(tuple, rows)


@pytest.mark.parametrize(("spoken", "stands", "falls"), list(pairs()))
def test_a_right_rewrite_stands_and_its_wrong_neighbour_falls(spoken: str, accepted: str, falls: str) -> None:
    source = SpokenSource.of(said(spoken))
    assert judge(accepted, ["s01"], source).reasons == ()
    assert not judge(falls, ["s01"], source).accepted
