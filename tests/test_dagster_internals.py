"""What this project uses of Dagster's private parts, and what to do when a new version has moved them."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

ROOT = Path(__file__).resolve().parent.parent
THE_ONE_MODULE = ROOT / "jobs" / "dagster_internals.py"  # read, not imported: its import fails when a name has moved
FOLDERS = ("assets", "benchmarks", "deploy", "diary_pipeline", "jobs", "resources", "samples", "tests")
ADVICE = f"""Dagster {dg.__version__} has moved what jobs/dagster_internals.py names. For each line below:
  1. grep for the name in the installed package: grep -rn "NAME" .venv/lib/python3*/site-packages/dagster
  2. if it is public now (`dg.NAME`), use that and delete it here; if it has moved, correct the import; if it is gone,
     see what Dagster's own multiprocess executor and DefaultRunLauncher use in its place
  3. run tests/test_gpu_executor.py and tests/test_dagster_launcher.py, which use each of the names with real processes
"""
METHODS = (  # protected methods of public classes, with the module that calls them
    (dg.DefaultRunLauncher, "_get_grpc_client_for_termination", "jobs/launcher.py"),
)


def test_one_module_imports_dagsters_private_modules() -> None:
    files = [ROOT / "definitions.py", *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]
    offenders = [
        f"{file.relative_to(ROOT)}: {module}.{name}"
        for file in files
        if file != THE_ONE_MODULE
        for module, name in private_imports(file)
    ]
    assert not offenders, f"Import these from jobs/dagster_internals.py: {offenders}"
    assert list(private_imports(THE_ONE_MODULE))


def test_dagsters_private_names_are_where_they_are_imported_from() -> None:
    moved = [f"{module}.{name}" for module, name in private_imports(THE_ONE_MODULE) if not exists(module, name)]
    moved += [f"{cls.__name__}.{name}, used by {user}" for cls, name, user in METHODS if not hasattr(cls, name)]
    if moved:
        pytest.fail("\n  ".join([ADVICE, *moved]), pytrace=False)


def private_imports(file: Path) -> Iterator[tuple[str, str]]:
    """Each (module, name) that a file imports from a private module of a Dagster package."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        found: list[tuple[str, str]] = []
        if isinstance(node, ast.ImportFrom):
            found = [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        for module, name in found:
            package, *inner = [*module.split("."), name]
            if package.startswith("dagster") and any(part.startswith("_") for part in inner):
                yield module, name


def exists(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False
