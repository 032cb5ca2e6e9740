"""The house rules that no linter knows. Every failure names the file and says what to do."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES, ASSET_LINES = 300, 40, 25
ATTICS = re.compile(r"(^|_)(utils?|helpers?|common|misc)(_|$)")
ASSET_DECORATORS = {"asset", "multi_asset", "graph_asset", "graph_multi_asset"}
# Spelt in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "python" + "hosted",
            "npm" + r"js\.(org|com)",
            "deb" + r"\.debian",
            "security" + r"\.debian",
        )
    )
)
TEXT_SUFFIXES = {
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".py",
    ".sh",
    ".sql",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}


def of_the_project() -> list[Path]:
    """Every file under version control, or about to be; without git, every file outside folders with a dot."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [
            path
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
        ]
    return sorted(path for path in found if path.is_file())


def python_files(*folders: str) -> list[Path]:
    return [
        path
        for path in of_the_project()
        if path.suffix == ".py" and (not folders or path.relative_to(ROOT).parts[0] in folders)
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def is_asset(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {ast.unparse(decorator).partition("(")[0].rpartition(".")[2] for decorator in function.decorator_list}
    return bool(names & ASSET_DECORATORS)


def listed(offenders: list[str], advice: str) -> None:
    if offenders:
        pytest.fail(f"{advice}\n  " + "\n  ".join(offenders), pytrace=False)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in python_files()}
    listed(
        [f"{name(path)}: {lines} lines" for path, lines in lengths.items() if lines > FILE_LINES],
        f"Over {FILE_LINES} lines; make it two modules, each with one thing to say:",
    )


def test_no_function_is_longer_than_a_screen() -> None:
    listed(
        [
            f"{name(path)}:{function.lineno} {function.name}: {body_lines(function)} lines"
            for path in python_files()
            for function in functions(path)
            if body_lines(function) > FUNCTION_LINES
            and "migrations" not in path.parts  # a migration is one list of statements
        ],
        f"Over {FUNCTION_LINES} lines; name its parts and let it call them:",
    )


def test_assets_leave_the_work_to_the_library() -> None:
    listed(
        [
            f"{name(path)}:{function.lineno} {function.name}: {body_lines(function)} lines"
            for path in python_files("assets", "jobs", "resources", "diary_pipeline")
            for function in functions(path)
            if is_asset(function) and body_lines(function) > ASSET_LINES
        ],
        f"Assets of over {ASSET_LINES} lines; move the work to a function of diary_pipeline/pipeline.py:",
    )


def test_no_module_is_an_attic() -> None:
    listed(
        [
            name(path)
            for path in python_files()
            if any(ATTICS.search(Path(part).stem) for part in path.relative_to(ROOT).parts)
        ],
        "Names that say nothing; name the module after what it holds, or move each function to its user:",
    )


def test_the_library_does_not_import_dagster() -> None:
    offenders = []
    for path in python_files("diary_pipeline"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            offenders += [
                f"{name(path)}:{getattr(node, 'lineno', 0)} {module}"
                for module in modules
                if module.startswith("dagster")
            ]
    listed(
        offenders,
        "The library runs without Dagster; move this to assets/, resources/ or jobs/:",
    )


def test_no_tracked_file_names_a_registry() -> None:
    offenders = [name(path) for path in of_the_project() if path.name == "uv.lock"]
    for path in of_the_project():
        if path.suffix in TEXT_SUFFIXES:
            lines = path.read_text("utf-8", errors="replace").splitlines()
            offenders += [f"{name(path)}:{number}" for number, line in enumerate(lines, 1) if REGISTRIES.search(line)]
    listed(
        offenders,
        "A package comes by its name from whichever registry the machine uses; take the host (or uv.lock) out:",
    )


def test_the_changelog_begins_with_the_version_that_is_built() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    entries = re.findall(r"^## \[?v?([0-9][\w.]*)\]?", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert entries[:1] == [version], (
        f"CHANGELOG.md: its first entry must be `## {version}`, as in pyproject.toml; it begins with {entries[:1]}"
    )


def test_every_command_of_the_makefile_has_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z][\w-]*):(?!=)(.*)$", text, re.MULTILINE)
    listed(
        [f"Makefile: {target}" for target, rest in targets if "##" not in rest], "Say behind ## what the target does:"
    )
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(target for target, _ in targets), (
        "Makefile: .PHONY must name exactly the targets"
    )


def test_the_files_that_begin_first_exist() -> None:
    missing = [file for file in LONGEST_FIRST if not (ROOT / "tests" / f"test_{file}.py").exists()]
    listed(missing, "Take these out of LONGEST_FIRST in tests/conftest.py:")
