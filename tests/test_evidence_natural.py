"""The sets that a real small model wrote: right ones are accepted, wrong ones rejected, no verdict changes unseen."""

import pytest

from benchmarks.evidence import NATURAL
from tests.characterize import compared
from tests.verdicts import Shares, shares


@pytest.mark.parametrize(
    ("part", "accepted", "rejected"),
    [
        ("natural", 229, 358),
        ("natural2", 51, 128),
        ("natural3", 39, 288),
        ("natural4", 32, 204),
        ("natural5", 43, 192),
        ("natural6", 38, 134),
        ("natural7", 21, 79),
    ],
)
def test_nearly_as_many_statements_are_told_apart_as_were_measured(part: str, accepted: int, rejected: int) -> None:
    found = shares(part)
    assert found.accepted >= accepted, found
    assert found.rejected >= rejected, found


@pytest.mark.parametrize("part", NATURAL)
def test_what_a_small_model_really_wrote_is_told_apart_better_together_than_one_by_one(part: str) -> None:
    assert shares(part).rejected > shares(part, alone=True).rejected


def test_of_all_that_a_small_model_wrote_nine_tenths_of_the_right_are_accepted_and_a_twentieth_of_the_wrong() -> None:
    found = Shares(*map(sum, zip(*map(shares, NATURAL), strict=True)))
    assert found.accepted >= 0.91 * found.right, found
    assert found.rejected >= 0.95 * found.wrong, found


@pytest.mark.parametrize("source", NATURAL)
def test_no_verdict_on_what_a_small_model_wrote_changes_unseen(source: str) -> None:
    if changed := compared(source):
        pytest.fail(changed, pytrace=False)
