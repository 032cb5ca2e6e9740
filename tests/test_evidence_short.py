"""Short statements: light verbs under every cue, who did what to whom, which value is whose."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from diary_pipeline.notes.evidence.check import judge
from diary_pipeline.notes.evidence.source import SpokenSource
from tests.transcripts import said

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "short_statements.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("statement", "spoken"), CASES["fall"])
def test_what_was_not_said_of_it_is_not_told(statement: str, spoken: str) -> None:
    assert not judge(statement, ["s01"], SpokenSource.of(said(spoken))).accepted


@pytest.mark.parametrize(("statement", "spoken"), CASES["stand"])
def test_what_was_said_in_short_may_be_told(statement: str, spoken: str) -> None:
    assert judge(statement, ["s01"], SpokenSource.of(said(spoken))).accepted
