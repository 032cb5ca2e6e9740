"""Which transcript of another program is of which recording, when both are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diary_pipeline.errors import UserError
from diary_pipeline.recordings.listing import TRANSCRIPT_FORMATS, may_be_recording
from diary_pipeline.recordings.sidecar import shown


@dataclass(frozen=True)
class Pair:
    """A *file* to add: a recording, with its *transcript* if it has one, or a transcript *alone*."""

    file: Path
    transcript: Path | None = None
    alone: bool = False

    @property
    def parts(self) -> tuple[str, str]:
        """The two parts of its name in the inbox; a number may stand between them."""
        if not self.alone:
            return self.file.stem, self.file.suffix
        return self.file.stem.removesuffix(".transcript"), f".transcript{self.file.suffix.lower()}"

    @property
    def name(self) -> str:
        """Its name in the inbox."""
        return "".join(self.parts)


def beside_name(recording: str, transcript: Path) -> str:
    """The name of a recording's transcript beside it."""
    return f"{recording}.its-transcript{transcript.suffix.lower()}"


def pair_up(files: Sequence[Path], transcripts: Sequence[Path]) -> list[Pair]:
    """The *files* with the *transcripts* that are of them, then those that are of none.

    Without files, a recording that lies beside a transcript under the same name is the one that it is of.

    Raises:
        UserError: a transcript is in no known format, or it is not clear which recording it is of.
    """
    if not files and not transcripts:
        raise UserError("There is nothing to add: name a recording, or a transcript with --transcript.")
    for transcript in transcripts:
        if transcript.suffix.lower().removeprefix(".") not in TRANSCRIPT_FORMATS:
            known = ", ".join(TRANSCRIPT_FORMATS)
            raise UserError(f"{shown(str(transcript))} is no transcript that can be read: its name ends in {known}.")
    if not files:
        return [_with_recording(transcript) for transcript in transcripts]
    if len(files) == len(transcripts) == 1:
        return [Pair(files[0], transcripts[0])]
    of = {file: [one for one in transcripts if _is_of(one, file)] for file in files}
    for transcript in transcripts:
        if [transcript in its for its in of.values()].count(True) != 1:
            name = shown(transcript.name)
            raise UserError(f"It is not clear which recording {name} is of. Nothing was added; give both one name.")
    if many := next((file for file, its in of.items() if len(its) > 1), None):
        raise UserError(f"{shown(many.name)} has several transcripts. Name one of them. Nothing was added.")
    return [Pair(file, next(iter(its), None)) for file, its in of.items()]


def _with_recording(transcript: Path) -> Pair:
    try:
        beside = sorted(transcript.parent.iterdir())
    except OSError:
        beside = []
    found = [file for file in beside if _is_of(transcript, file) and file.is_file() and may_be_recording(file.name)]
    if len(found) > 1:
        names = " and ".join(shown(file.name) for file in found)
        raise UserError(f"Beside {shown(transcript.name)} lie {names}. Name the recording that it is of.")
    return Pair(found[0], transcript) if found else Pair(transcript, alone=True)


def _is_of(transcript: Path, recording: Path) -> bool:
    return transcript.stem in (recording.stem, recording.name)
