"""Documents that an earlier version stored are still read."""

import json

import pytest
from pydantic import ValidationError

from diary_pipeline.schema import Transcript
from tests.transcripts import MADE

OLD = {**json.loads(MADE.model_dump_json()), "seconds_spent": 1.5}


def stored(provenance: dict[str, object]) -> str:
    return json.dumps({"recording": "r1", "language": "en", "seconds": 3.0, "segments": [], "provenance": provenance})


def test_a_document_with_a_retired_key_of_its_provenance_is_read_and_written_without_it() -> None:
    transcript = Transcript.model_validate_json(stored(OLD))
    assert transcript.provenance == MADE
    assert "seconds_spent" not in transcript.model_dump_json()


def test_a_document_with_any_other_unknown_key_is_rejected() -> None:
    with pytest.raises(ValidationError, match="minutes_spent"):
        Transcript.model_validate_json(stored({**OLD, "minutes_spent": 1}))
