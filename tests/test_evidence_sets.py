"""The sets that people wrote: what is right is accepted, what is wrong is rejected, and no verdict changes unseen."""

import pytest

from benchmarks.evidence import labelled, right
from diary_pipeline.notes.evidence.check import judge
from tests.characterize import compared
from tests.verdicts import ANNOTATED, ITEMS, of_items, of_set, shares

FIRST = ("tuned", "held out")


def test_the_labelled_set_is_as_large_and_as_even_as_promised() -> None:
    statements = list(labelled(FIRST))
    by_kind = {kind: [s for s in statements if s.kind == kind] for kind in {s.kind for s in statements}}
    assert len(statements) >= 120
    assert len(by_kind) == 11
    assert all(len(of_kind) >= 10 for of_kind in by_kind.values())
    assert all(sum(s.part == "held out" for s in of_kind) * 2 >= len(of_kind) - 2 for of_kind in by_kind.values())


@pytest.mark.parametrize(
    "kind",
    ["number", "name", "date", "negation", "modality", "quote", "citation", "role", "taken back", "invented"],
)
def test_each_kind_of_error_is_found_in_the_first_set(kind: str) -> None:
    of_kind = [one for part in FIRST for one in of_set(part) if one.statement.kind == kind]
    missed = [one.statement.text for one in of_kind if not right(one.statement, one.verdict)]
    assert of_kind
    assert len(missed) <= 1, missed


@pytest.mark.parametrize(
    ("part", "accepted", "rejected"),
    [
        ("tuned", 30, 67),
        ("held out", 32, 75),
        ("mechanisms", 128, 228),
        ("second", 83, 98),
        ("third", 283, 299),
        ("fourth", 175, 167),
        ("fifth", 540, 646),
        ("sixth", 61, 70),
    ],
)
def test_nearly_as_many_statements_are_told_apart_as_were_measured(part: str, accepted: int, rejected: int) -> None:
    found = shares(part)
    assert found.accepted >= accepted, found
    assert found.rejected >= rejected, found


@pytest.mark.parametrize(("what", "accepted", "rejected"), [("todos", 7, 23), ("events", 10, 8)])
def test_a_todo_needs_the_speakers_own_duty_and_an_event_what_happened(what: str, accepted: int, rejected: int) -> None:
    wrong = [item for item in of_items(what) if not item.right]
    assert sum(item.right and item.wanted for item in of_items(what)) >= accepted, wrong
    assert sum(item.right and not item.wanted for item in of_items(what)) >= rejected, wrong


@pytest.mark.parametrize("source", [*ANNOTATED, *ITEMS])
def test_no_verdict_on_what_people_wrote_changes_unseen(source: str) -> None:
    if changed := compared(source):
        pytest.fail(changed, pytrace=False)


def test_every_segment_of_the_labelled_sets_is_accepted_as_it_was_said() -> None:
    judged = (one for part in (*FIRST, "mechanisms", "second", "third") for one in of_set(part))
    for spoken in {id(one.statement.spoken): one.statement.spoken for one in judged}.values():
        for segment in spoken.segments:
            assert judge(segment.text, [segment.id], spoken).reasons == (), segment.text
