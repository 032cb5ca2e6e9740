"""docs/architecture.md says what is: its tables are compared with the code."""

import re
import tomllib
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.catalog.tables import metadata

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def first_column(header: str) -> list[str]:
    """The first cells of the table with this header, in order."""
    (table,) = re.findall(rf"^\| {re.escape(header)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return [row.split("|")[1].strip() for row in table.splitlines()]


def test_the_stages_are_functions_of_the_pipeline_and_the_assets_exist() -> None:
    (table,) = re.findall(r"^\| Asset \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    rows = [[cell.strip(" `") for cell in row.split("|")[1:3]] for row in table.splitlines()]
    source = "".join(path.read_text("utf-8") for path in (ROOT / "assets").glob("*.py"))
    assert len(rows) == 4
    assert [name for name, _ in rows if name not in source] == []
    assert [function for _, function in rows if not callable(getattr(pipeline, function, None))] == []


def test_the_tables_of_the_catalog_are_those_of_the_code() -> None:
    assert {name.strip("`") for name in first_column("Table of the catalog")} == set(metadata.tables)


def test_every_room_of_the_library_is_described_and_exists() -> None:
    described = {
        name.strip("/")
        for cell in first_column("Package or module of `diary_pipeline/`")
        for name in re.findall(r"`([^`]+)`", cell)
    }
    library = ROOT / "diary_pipeline"
    packages = {path.parent.name for path in library.glob("*/__init__.py")}
    modules = {path.name for path in library.glob("*.py") if path.name != "__init__.py"}
    assert described == packages | modules


def test_the_layers_are_those_that_are_enforced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts if contract["type"] == "layers" for layer in contract["layers"]]
    (drawn,) = re.findall(r"### Who may import whom.*?^```\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)

    def names(layer: str) -> frozenset[str]:
        return frozenset(name for name in re.findall(r"[\w()]+", layer) if not name.startswith("("))

    enforced = [names(layer) for layer in layers if "diary_pipeline" not in layer]
    assert [names(line) for line in drawn.splitlines()] == enforced


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\(decisions/(\d{4}[\w-]+\.md)\)", TEXT[TEXT.index("## Decisions") :])
    assert sorted(listed) == sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("word", first_column("Word"))
def test_a_word_of_the_glossary_is_used_by_the_project(word: str) -> None:
    rooms = ("diary_pipeline", "assets", "jobs", "resources")
    code = "".join(path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py"))
    assert word in (code + TEXT.partition("## Glossary")[0]).lower()


def test_the_glossary_has_twenty_nouns_each_once() -> None:
    words = first_column("Word")
    assert len(words) == len(set(words)) == 20
