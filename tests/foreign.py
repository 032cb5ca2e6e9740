"""Memos in languages that tiny.en does not know, spoken by espeak-ng."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.services import Need

MEMOS = {
    "de": "Heute Morgen war ich lange spazieren. Danach habe ich meine Mutter angerufen. Morgen muss ich zum Zahnarzt.",
    "it": "Stamattina ho camminato lungo il fiume. Poi ho telefonato a mia sorella. Domani devo pagare la bolletta.",
    "es": "Esta mañana fui al parque con mi perro. Después hablé con mi hermana. Mañana tengo que llamar al dentista.",
    "pl": "Dziś rano poszedłem do parku z psem. Potem rozmawiałem z siostrą. Jutro muszę zadzwonić do dentysty.",
}


@pytest.fixture(scope="session")
def foreign_voices(need: Need, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A memo in each of four languages that tiny.en does not know."""
    program = shutil.which("espeak-ng") or need.missing("espeak-ng", "as root: apt-get install espeak-ng")
    folder = tmp_path_factory.mktemp("voices")
    for language, text in MEMOS.items():
        subprocess.run([program, "-v", language, "-w", str(folder / f"{language}.wav"), text], check=True)
    return {language: folder / f"{language}.wav" for language in MEMOS}
