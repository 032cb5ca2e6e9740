"""One word for one thing, the field's word: no name of the code is a retired word, no class name has two meanings."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("assets", "diary_pipeline", "jobs", "resources")

RETIRED = {
    "hear hears heard hearing misheard": "transcribe, decode (a chunk), recognise (a word)",
    "tell tells told telling": "report (progress), record (a fact), set (an attribute), emit (an answer), stated",
    "stand stands stood standing fall falls fell": "accept, reject; current (a note)",
    "interim meanwhile": "placeholder",
    "unmet unreached": "provider_unavailable",
    "quiet nothing nowhere surroundings books desk hush": "no_progress, no_op, assume_private, EngineContext, ...",
    "foresee foreseen foretold": "estimate, forecast",
    "mend mends": "remedy",
    "take_in taken_in takes_in": "ingest",
}
"""Words that the code once used, with the field's word to use in their place."""

SPEECH_AND_HISTORY = {"lexicon", "versions"}
"""Rooms that name what people say (verbs of telling), and migrations, which are never edited."""

ADVICE = {word: advice for words, advice in RETIRED.items() for word in words.split()}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if not SPEECH_AND_HISTORY & {*path.parts})


def words_of(name: str) -> list[str]:
    """A name's words in small letters: `ProgressMeter` and `progress_meter` have the same."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return [word for word in spaced.lower().split("_") if word]


def retired(name: str) -> str | None:
    """The retired word in a name, if there is one."""
    words = words_of(name)
    pairs = ["_".join(pair) for pair in pairwise(words)]
    return next((word for word in [*words, *pairs] if word in ADVICE), None)


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Classes, functions, parameters, fields and constants, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.lineno, node.name
            for part in node.body:
                targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
                yield from ((part.lineno, target.id) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            yield from ((argument.lineno, argument.arg) for argument in every if argument is not None)
        elif isinstance(node, ast.Module):
            for part in node.body:
                targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
                yield from ((part.lineno, target.id) for target in targets if isinstance(target, ast.Name))


def test_no_name_of_the_code_is_a_retired_word() -> None:
    found = []
    for path in sources():
        where = path.relative_to(ROOT)
        found += [f"{where}: the module's own name" for part in (path.stem, path.parent.name) if retired(part)]
        for line, name in names(ast.parse(path.read_text("utf-8"))):
            if word := retired(name):
                found.append(f"{where}:{line} {name}: instead of {word!r}: {ADVICE[word]}")
    assert found == [], "Use the field's word:\n  " + "\n  ".join(found)


def test_no_class_name_has_two_meanings() -> None:
    places = defaultdict[str, set[str]](set)
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(str(path.relative_to(ROOT)))
    twice = {name: sorted(where) for name, where in places.items() if len(where) > 1}
    assert twice == {}, "One class name, one meaning: rename one of each."


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("hear_batch", "hear"),
        ("HeardWord", "heard"),
        ("_told_to_people", "told"),
        ("LLMTells", "tells"),
        ("take_in", "take_in"),
        ("shearing", None),
        ("takes", None),
        ("understand", None),
        ("standard", None),
    ],
)
def test_a_retired_word_is_found_as_a_word_and_not_inside_one(name: str, word: str | None) -> None:
    assert retired(name) == word
