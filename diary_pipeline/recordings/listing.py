"""Names in the inbox: which files are recordings and which lie beside them, what is passed over, what is private."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

_NOT_RECORDINGS = frozenset(
    (
        ".txt .md .json .srt .vtt .csv .tsv .html .xml .pdf .doc .docx .rtf .jpg .jpeg .png .heic .gif .webp "
        ".log .ini .db .zip .exe .msi .bat .cmd .lnk .url .webloc .plist .aae .xmp .ics .vcf .eml .xls .xlsx .ppt "
        ".pptx .odt .ods .epub .7z .rar .gz .tar .iso .apk .svg .bmp .tif .tiff .torrent .sqlite .yaml .yml .toml"
    ).split()
)
TEXT_SUFFIXES = frozenset(".txt .md .srt .vtt .csv .tsv .html .xml .rtf .doc .docx .odt .pdf".split())
"""Files of text that may be somebody's transcript."""
TRANSCRIPT_FORMATS = ("vtt", "srt", "txt", "json")
_TRANSCRIPT = re.compile(
    rf"(?P<whose>.+)\.(?P<role>transcript|its-transcript)\.(?P<form>{'|'.join(TRANSCRIPT_FORMATS)})", re.IGNORECASE
)
_ENDS_OF_TEXT = tuple(f".{form}" for form in TRANSCRIPT_FORMATS)
_UNFINISHED = frozenset(".part .partial .crdownload .download .tmp .filepart".split())
_SYSTEM_FOLDERS = frozenset(
    (
        "#recycle #snapshot $recycle.bin recycler recycled @eadir @recycle @recently-snapshot @sharebin lost+found "
        "found.000 __macosx .stversions .stfolder .snapshot .snapshots .recycle .spotlight-v100 .fseventsd "
        ".documentrevisions-v100 .temporaryitems .appledouble .dropbox.cache"
    ).split()
) | {"system volume information"}
PRIVATE_FOLDER = "private"
_SYSTEM_FILES = frozenset(".ds_store thumbs.db desktop.ini .localized .directory .nomedia .stignore".split())


@dataclass(frozen=True)
class Sidecars:
    """Names of the files that belong to a recording: JSON files named as they should be, then those nearly so.

    Of the latter, each with the name that it should have. *transcripts*: what other programs made of it.
    """

    named: tuple[str, ...] = ()
    misnamed: tuple[tuple[str, str], ...] = ()
    transcripts: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.named, *(name for name, _ in self.misnamed), *self.transcripts]


NO_SIDECARS = Sidecars()


@dataclass(frozen=True)
class Listing:
    """The files of one folder. *passed_over*: why each of the others is neither a recording nor a sidecar."""

    recordings: Mapping[str, Sidecars]
    passed_over: Mapping[str, str]


def sort_names(names: Collection[str]) -> Listing:
    """Sort the names of the files of one folder."""
    recordings, passed_over, by_key = list[str](), dict[str, str](), defaultdict[str, list[str]](list)
    transcripts = defaultdict[str, list[str]](list)
    named = {name: as_one for name in names if (as_one := _as_transcript(name))}
    texts = {_key(name.removesuffix(suffix_of(name))) for name in named if is_transcript(name) and not _is_json(name)}
    for name in names:
        if name in named and is_transcript(name) and not (_is_json(name) and _key(name[:-5]) in texts):
            recordings.append(name)
        elif name in named and named[name]["role"].lower() == "its-transcript":
            transcripts[_key(named[name]["whose"])].append(name)
        elif _is_json(name) and not name.startswith((".", "~$")):
            by_key[_key(name)].append(name)
        elif reason := _reason(name):
            passed_over[name] = reason
        elif not _is_of_the_system(name):
            recordings.append(name)
    wanted = _wanted(recordings, by_key)
    exact = {_normal(right) for rights in wanted.values() for right in rights}
    found = {name: _sidecars(rights, by_key, exact) for name, rights in wanted.items()}
    used = {name for its in found.values() for name in (*its.named, *(wrong for wrong, _ in its.misnamed))}
    present = {_key(name) for name in (*recordings, *passed_over)} if transcripts else set[str]()
    for whose in recordings if transcripts else ():
        if its := transcripts.get(_key(whose)):
            found[whose] = replace(found.get(whose, NO_SIDECARS), transcripts=tuple(sorted(its, key=_preference)))
    groups = (*by_key.values(), *(group for whose, group in transcripts.items() if whose not in present))
    passed_over |= dict.fromkeys(sorted({name for group in groups for name in group} - used), "belongs to no recording")
    return Listing({name: found.get(name, NO_SIDECARS) for name in recordings}, passed_over)


def _as_transcript(name: str) -> re.Match[str] | None:
    end = name[-5:].casefold()  # most names end otherwise, and there may be many
    return _TRANSCRIPT.fullmatch(name) if end == ".json" or end[-4:] in _ENDS_OF_TEXT else None


def is_transcript(name: str) -> bool:
    """Whether a file of this name is a transcript of another program, and a memo of its own: NAME.transcript.vtt."""
    found = _as_transcript(name)
    return found is not None and found["role"].lower() == "transcript" and not name.startswith((".", "~$"))


def sidecar_names(recording: str) -> list[str]:
    """What a sidecar of a recording of this name may be called, the surest name first.

    Of a transcript without audio the stem is what stands before ".transcript": that is its name as people see it.
    """
    names = [f"{recording}.json", f"{recording.removesuffix(suffix_of(recording))}.json"]
    found = _as_transcript(recording) if is_transcript(recording) else None
    if found:
        names.append(f"{found['whose']}.json")
    return [name for name in dict.fromkeys(names) if name != recording]


def may_be_recording(name: str) -> bool:
    """Whether a file of this name would be a recording in the inbox."""
    return name in sort_names([name]).recordings and not is_transcript(name)


def transcript_names(recording: str) -> list[str]:
    """What a transcript that comes with a recording of this name may be called: "memo.m4a.its-transcript.vtt"."""
    return [f"{recording}.its-transcript.{form}" for form in TRANSCRIPT_FORMATS]


def lies_beside(name: str) -> bool:
    """Whether a file of this name may belong to a recording of another name."""
    end = name[-5:].casefold()
    return end == ".json" or (end[-4:] in _ENDS_OF_TEXT and ".its-transcript." in name.casefold())


def passed_over(names: Collection[str]) -> Mapping[str, str]:
    """Why each of the others is neither a recording nor a sidecar, of the files of one folder; quick for many names."""
    groups = {group_of(name) for name in names if lies_beside(name)}
    odd = [
        name
        for name in names
        if name[0] in ".~" or not _is_a_recordings(name[name.rfind(".") :]) or (groups and group_of(name) in groups)
    ]
    return sort_names(odd).passed_over


@lru_cache(maxsize=256)
def _is_a_recordings(suffix: str) -> bool:
    """Whether every file with this suffix is a recording, unless its name begins with a point or so."""
    plain = suffix.lower()
    return plain[:1] == "." and plain[1:].isalnum() and plain not in _NOT_RECORDINGS | _UNFINISHED | {".icloud"}


def _is_json(name: str) -> bool:
    return name[-5:].casefold() == ".json"


def _preference(name: str) -> tuple[int, str]:
    """Of several transcripts of one recording the first is used."""
    return TRANSCRIPT_FORMATS.index(suffix_of(name).lower().removeprefix(".")), name


def is_private_folder(name: str) -> bool:
    """Whether a folder of this name makes memos private: where "private" is a word of it, however it is written.

    A phone writes "Private ", a file manager "private (2)", a person "Private notes".
    """
    return PRIVATE_FOLDER in re.split(r"[\W\d_]+", unicodedata.normalize("NFKC", name).casefold())


def is_system_folder(name: str) -> bool:
    """Whether the folder belongs to the system or holds what was thrown away: it is never read."""
    plain = name.casefold()
    return plain in _SYSTEM_FOLDERS or plain.startswith(".trash")


def _is_of_the_system(name: str) -> bool:
    plain = name.casefold()
    return name.startswith("._") or plain in _SYSTEM_FILES or plain.endswith(":zone.identifier")


def _reason(name: str) -> str | None:
    """Why a file is passed over; None for what may be a recording, and for the system's own files."""
    suffix = suffix_of(name).lower()
    if _is_of_the_system(name):
        return None
    if suffix == ".icloud":
        return "not downloaded from iCloud yet"
    if name.startswith((".", "~$")):
        return "hidden"
    if suffix in _UNFINISHED:
        return "an unfinished copy"
    return f"{suffix} is no recording" if suffix in _NOT_RECORDINGS else None


def _wanted(recordings: Iterable[str], by_key: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The names that sidecars of these recordings should have; of those that have none at all, nothing is said."""
    found: dict[str, tuple[str, ...]] = {}
    for name in recordings if by_key else ():
        rights = sidecar_names(name)
        if any(_key(right) in by_key for right in rights):
            found[name] = tuple(rights)
    return found


def suffix_of(name: str) -> str:
    """The suffix of a file's name with its dot, as pathlib has it; quicker where there are many names."""
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def group_of(name: str) -> str:
    """What a recording's name and the names of its sidecars have in common, in any letter case."""
    return _key(name).partition(".")[0]


def _sidecars(rights: Iterable[str], by_key: Mapping[str, list[str]], exact: set[str]) -> Sidecars:
    named, misnamed = list[str](), list[tuple[str, str]]()
    for right in rights:
        for name in sorted(by_key.get(_key(right), ())):
            if _normal(name) == _normal(right):
                named.append(name)
            elif _normal(name) not in exact:  # else it is another recording's
                misnamed.append((name, right))
    return Sidecars(tuple(named), tuple(misnamed))


def _normal(name: str) -> str:
    """A name as people see it: systems differ in how they write accents."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _key(name: str) -> str:
    return _normal(name).casefold()
