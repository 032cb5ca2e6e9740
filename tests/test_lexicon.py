"""The lexicon of the notes: every list of words lies in it, and no list is written twice."""

import ast
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from diary_pipeline.notes.language.amounts import amounts
from diary_pipeline.notes.language.cues import Label
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.words import Kind
from diary_pipeline.schema import BlockKind, DiaryNote

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / "diary_pipeline" / "notes"
LEXICON = NOTES / "language" / "lexicon"
LONG = 4
"""A list of fewer words may stand where it is used."""
NOTATION = {"words": str.split, "numbered": str.split, "phrases": lambda text: [p.strip() for p in text.split(";")]}
"""How a list is written in the lexicon. Tables and groups relate words to each other; they are no classes of words."""
OF_THE_CODE = {*get_args(Kind), *get_args(BlockKind), *get_args(Label), *DiaryNote.model_fields, "quote", "taken back"}
"""Kinds of tokens, labels of cues, fields of a note, reasons of a verdict: names in the code, no words of a speaker."""
PLAIN = re.compile(r"'?[^\W\d_]+(?:['-][^\W\d_]+)*(?: '?[^\W\d_]+)*")


class WordList(NamedTuple):
    """A list of words in the source."""

    place: str
    words: frozenset[str]

    def __str__(self) -> str:
        return f"{self.place}: {' '.join(sorted(self.words)[:6])} ..."


def lexicon_lists(source: str, name: str) -> Iterator[WordList]:
    """The lists of a module of the lexicon as they are written, before any set algebra."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOTATION:
            text = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
            found = NOTATION[node.func.id](str(text))
            assert len(found) == len(set(found)), f"{name}:{node.lineno}: a word stands twice in a list"
            if len(found) >= LONG:
                yield WordList(f"{name}:{node.lineno}", frozenset(found))
    yield from literal_lists(source, name)


def literal_lists(source: str, name: str) -> Iterator[WordList]:
    """Lists of four words and more, whether set, tuple, list, dictionary, split text or alternatives of a pattern."""
    tree = ast.parse(source)
    silent = {id(part) for node in ast.walk(tree) for part in _no_list(node)}
    for node in ast.walk(tree):
        for found in _listed(node) if id(node) not in silent else ():
            words = frozenset(word for word in found if PLAIN.fullmatch(word) and word == word.lower())
            if len(words) >= LONG and not words <= OF_THE_CODE:
                yield WordList(f"{name}:{getattr(node, 'lineno', 0)}", words)


def _no_list(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, the values of a type, and the pieces of a text that is looked at as a whole."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
        yield node.slice
    elif isinstance(node, ast.JoinedStr):
        yield from node.values


def _listed(node: ast.AST) -> Iterator[list[str]]:
    match node:
        case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(keys=parts):
            yield [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        case ast.Call(func=ast.Attribute(attr="split", value=ast.Constant(value=str(text)))):
            yield re.split(r"[\s;,]+", text)
        case ast.Constant(value=str(text)) if "|" in text:
            yield from alternatives(text)
        case ast.JoinedStr(values=parts):
            yield from alternatives("".join(str(p.value) if isinstance(p, ast.Constant) else "\0" for p in parts))


def alternatives(pattern: str) -> Iterator[list[str]]:
    """What stands between the bars of each group of a regular expression."""
    groups: list[list[str]] = [[""]]
    for part in re.findall(r"\\.|\[(?:\\.|[^\]\\])+\]|[()|]|[^\\\[()|]+|.", pattern, re.DOTALL):
        if part == "(":
            groups.append([""])
        elif part == ")":
            yield [_bare(one) for one in groups.pop()]
            groups = groups or [[""]]
            groups[-1][-1] += "()"
        elif part == "|":
            groups[-1].append("")
        else:
            groups[-1][-1] += part
    yield from ([_bare(one) for one in group] for group in groups)


def _bare(alternative: str) -> str:
    return re.sub(r"^(?:\?(?::|P<\w+>|<?[=!]))|\\b|\^", "", alternative)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def of_the_lexicon() -> list[WordList]:
    return [
        found for path in sorted(LEXICON.glob("*.py")) for found in lexicon_lists(path.read_text("utf-8"), name(path))
    ]


def shared(lists: list[WordList]) -> list[str]:
    """Pairs of lists that share more than half of the shorter one's words."""
    return [
        f"{one}\n  and {other}\n  share: {' '.join(sorted(one.words & other.words))}"
        for one, other in combinations(lists, 2)
        if 2 * len(one.words & other.words) > min(len(one.words), len(other.words))
    ]


def test_no_two_lists_share_more_than_half_of_their_words() -> None:
    found = shared(of_the_lexicon())
    assert not found, "Build one of the two from the other (A | B, A - B), or both from what they share:\n" + "\n".join(
        found
    )


def test_lists_of_words_lie_in_the_lexicon() -> None:
    known = of_the_lexicon()
    outside = [path for path in sorted(NOTES.rglob("*.py")) if LEXICON not in path.parents]
    found = [
        f"{one}\n  like {max(known, key=lambda other: len(one.words & other.words))}"
        for path in outside
        for one in literal_lists(path.read_text("utf-8"), name(path))
    ]
    assert not found, f"Move these to {name(LEXICON)}/, under a name that says what words they are:\n" + "\n".join(
        found
    )


@pytest.mark.parametrize(
    "source",
    [
        'WORDS = {"said", "told", "asked", "wrote"}',
        'WORDS = frozenset(("said", "told", "asked", "wrote"))',
        'if low in ["said", "told", "asked", "wrote"]: pass',
        'BASES = {"said": "say", "told": "tell", "asked": "ask", "wrote": "write"}',
        'WORDS = frozenset("said told asked wrote".split())',
        'WORDS = """said told;\\nasked wrote""".split(";")',
        r'SAID = re.compile(r"^(?:said|told|asked|wrote)\b", re.IGNORECASE)',
        r'SAID = re.compile(rf"{WHO} (?P<verb>said|told|asked|wrote)(?: that)?\b")',
    ],
)
def test_a_list_of_four_words_is_found_however_it_is_written(source: str) -> None:
    assert [found.words for found in literal_lists(source, "rule.py")] == [{"said", "told", "asked", "wrote"}]


@pytest.mark.parametrize(
    "source",
    [
        'WORDS = {"said", "told", "asked"}',
        'WORDS = SAYING_VERBS | {"said", "told", "asked"}',
        'KINDS = ("number", "time", "date", "name")',
        'LABELS: dict[Label, str] = {"duty": "", "wish": "", "plan": "", "maybe": ""}',
        'Sort = Literal["one", "two", "three", "four"]',
        '"""Said|told|asked|wrote."""',
        r'TIME = re.compile(r"\d+|[a-z]|\w{3}|(?:st|nd)")',
    ],
)
def test_short_lists_and_names_in_the_code_are_no_lists_of_words(source: str) -> None:
    assert not list(literal_lists(source, "rule.py"))


def test_lists_that_are_nearly_one_are_found_and_those_built_from_each_other_are_not() -> None:
    twice = 'SAID = words("said told asked wrote")\nTOLD = words("said told asked texted typed")'
    built = 'SAID = words("said told asked wrote")\nTOLD = (SAID - {"wrote"}) | {"texted", "typed"}'
    assert len(shared(list(lexicon_lists(twice, "speech.py")))) == 1
    assert not shared(list(lexicon_lists(built, "speech.py")))


@pytest.mark.parametrize(
    ("spoken", "kinds"),
    [
        ("I tried three Les Paul guitars.", []),
        ("Two mes amis came.", []),
        ("It holds three litres.", ["volume"]),
        ("Two fortnights, or 28 days.", ["time", "time"]),
        ("Five pennies, and two centuries ago.", ["pounds", "months"]),
    ],
)
def test_a_unit_is_a_listed_word_and_no_word_that_looks_like_its_plural(spoken: str, kinds: list[str]) -> None:
    assert [amount.kind for amount in amounts(read([("s01", spoken)]).tokens)] == kinds
