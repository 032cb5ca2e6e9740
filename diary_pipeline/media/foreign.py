"""Files that hold sound in a format that is not opened here: what they are, so that a person converts them."""

from pathlib import Path

_MARKS = {
    b"\x02dss": "DSS",
    b"\x03dss": "DSS",
    b"\x03ds2": "DS2",
    b"\x01enc": "DS2, encrypted",
    b"\x03enc": "DS2, encrypted",
    b"MS_VOICE": "MSV or DVF",
    b".RMF": "RealMedia",
    b".ra\xfd": "RealAudio",
    b"MAC ": "Monkey's Audio",
    b"wvpk": "WavPack",
    b"TTA1": "True Audio",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"ajkg": "Shorten",
    b"DSD ": "DSF",
    b"FRM8": "DSDIFF",
    b"Creative Voice File": "VOC",
    b"MThd": "MIDI, notes without sound",
    b"FLV": "Flash Video",
    b"\x00\x00\x01\xba": "MPEG program stream",
}
"""How such files begin."""

_SUFFIXES = {
    ".dss": "DSS",
    ".ds2": "DS2",
    ".msv": "MSV",
    ".dvf": "DVF",
    ".dct": "DCT",
    ".rcd": "RCD",
    ".act": "ACT",
    ".vox": "VOX",
    ".qcp": "QCP",
    ".mmf": "MMF",
    ".ra": "RealAudio",
    ".rm": "RealMedia",
    ".aa": "Audible",
    ".aax": "Audible",
    ".m4p": "protected M4A",
}
"""What files that cannot be read are by their name: recorders' own formats, often without a mark of their own."""


def foreign_format(path: Path) -> str | None:
    """What to say of a file that cannot be opened, after its name; None where it is of no such format."""
    with path.open("rb") as file:
        head = file.read(32)
    kind = next((name for mark, name in _MARKS.items() if head.startswith(mark)), _SUFFIXES.get(path.suffix.lower()))
    if kind is None:
        return None
    return (
        f"is in a format that is not opened here ({kind}). "
        "Convert it, for example to WAV or M4A with the program of the recorder's maker, and add that."
    )
