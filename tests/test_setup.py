"""From a bare Python to a working environment, on small projects whose packages lie on this disk, without an index."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BACKEND = """
import zipfile

def build_editable(folder, config=None, metadata=None):
    name = "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("small.pth", "")
        about = "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\nProvides-Extra: more\\nRequires-Dist: %s"
        wheel.writestr("small-1.0.dist-info/METADATA", about)
        kind = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("small-1.0.dist-info/WHEEL", kind)
        wheel.writestr("small-1.0.dist-info/RECORD", "")
    return name
"""


@dataclass(frozen=True)
class Project:
    """A project as small as can be, with this project's own bootstrap."""

    folder: Path

    def wheel(self, name: str) -> str:
        """Make a package and give the line that locks it."""
        path = self.folder / "wheels" / f"{name}-1.0-py3-none-any.whl"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}.py", "")
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(
                f"{name}-1.0.dist-info/WHEEL",
                "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            )
            wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
        return f"{name} @ {path.as_uri()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"

    def lock(self, *lines: str) -> None:
        (self.folder / "requirements.lock").write_text("".join(lines))

    def set_up(
        self, *arguments: str, python: str = sys.executable, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [python, str(self.folder / "deploy" / "bootstrap.py"), *arguments]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)

    def has(self, *names: str) -> list[bool]:
        site = next((self.folder / ".venv" / "lib").glob("python*/site-packages"))
        return [(site / f"{name}-1.0.dist-info").exists() for name in names]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    own = ROOT / ".venv" / ".uv" / "bin"
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
    monkeypatch.setenv("UV_OFFLINE", "1")
    made = Project(tmp_path / "small")
    (made.folder / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "bootstrap.py", made.folder / "deploy")
    more = made.wheel("more_words").partition(" --hash")[0]
    (made.folder / "backend.py").write_text(BACKEND.replace("%s", f"{more} ; extra == 'more'"))
    (made.folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "small"\nversion = "1.0"\n'
        f"[project.optional-dependencies]\nmore = ['{more}']\n"
    )
    return made


def test_a_fresh_checkout_gets_its_environment_and_a_second_setup_does_nothing(project: Project) -> None:
    project.lock(project.wheel("memo"))
    first = project.set_up()
    assert first.returncode == 0, first.stderr
    assert project.has("memo", "small") == [True, True]
    stamp = (project.folder / ".venv" / ".lock-stamp").stat()
    second = project.set_up(PATH="/nowhere")
    assert (second.returncode, second.stderr, second.stdout) == (0, "", "")
    assert (project.folder / ".venv" / ".lock-stamp").stat().st_mtime_ns == stamp.st_mtime_ns


def test_a_changed_lock_adds_what_it_names_and_removes_what_it_does_not(project: Project) -> None:
    memo, page = project.wheel("memo"), project.wheel("page")
    project.lock(memo)
    assert project.set_up().returncode == 0
    project.lock(page)
    assert project.set_up().returncode == 0
    assert project.has("memo", "page", "small") == [False, True, True]


def test_an_extra_once_asked_for_stays_when_the_lock_changes(project: Project) -> None:
    memo, page = project.wheel("memo"), project.wheel("page")
    project.lock(memo)
    asked = project.set_up("--extra", "more")
    assert asked.returncode == 0, asked.stderr
    assert project.has("memo", "more_words") == [True, True]
    project.lock(memo, page)
    assert project.set_up().returncode == 0
    assert project.has("memo", "page", "more_words") == [True, True, True]


def test_a_package_that_is_not_the_locked_one_is_refused_and_the_next_setup_tries_again(project: Project) -> None:
    right = project.wheel("memo")
    project.lock(re.sub("sha256:.*", f"sha256:{'0' * 64}", right))
    refused = project.set_up()
    assert refused.returncode == 1
    assert "installing what requirements.lock names failed" in refused.stderr
    assert "run the same command again" in refused.stderr
    project.lock(right)
    assert project.set_up().returncode == 0
    assert project.has("memo") == [True]


def test_without_uv_pip_and_venv_the_error_says_what_to_install(project: Project, tmp_path: Path) -> None:
    project.lock(project.wheel("memo"))
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "venv.py").write_text("raise ImportError")
    answer = project.set_up(python=str(bare / "bin" / "python"), PATH="/nowhere", PYTHONPATH=str(tmp_path / "broken"))
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr


def asking_for_a_browser(folder: Path, required: str) -> subprocess.CompletedProcess[str]:
    """A pytest run of one test that needs Chromium, where there is none."""
    (folder / "test_browser.py").write_text("def test_with_a_browser(chromium):\n    assert chromium\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rs",
        "-p",
        "tests.services",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(folder),
    ]
    environment = os.environ | {"DIARY_REQUIRE": required, "PATH": "/nowhere", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_what_a_machine_lacks_is_skipped_by_name_unless_it_is_required(tmp_path: Path) -> None:
    skipped = asking_for_a_browser(tmp_path, required="")
    assert (skipped.returncode, "needs chromium" in skipped.stdout) == (0, True), skipped.stdout
    failed = asking_for_a_browser(tmp_path, required="chromium,postgresql")
    assert (failed.returncode, "chromium is required here" in failed.stdout) == (1, True), failed.stdout


def test_every_action_of_the_workflow_is_pinned_and_may_only_read() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d[\d.]*", line)] == []
    assert re.search(r"^permissions:\n  contents: read\n\n", text, re.MULTILINE)
