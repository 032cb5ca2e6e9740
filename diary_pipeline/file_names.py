"""Names of files as text. Names are bytes, and not all of them are UTF-8.

Python shows bytes that are no UTF-8 as half characters (surrogates), which no database, terminal or JSON takes.
"""

import hashlib
import re
from urllib.parse import quote

_MARK = "./"
"""Begins a stored path that is written with escapes. No other relative path begins so."""

_HALF = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def as_stored(path: str) -> str:
    """A relative path, as the file system names it, in the form that the catalog stores. UTF-8 stays as it is."""
    if not _HALF.search(path):
        return path
    return _MARK + readable(path.replace("\\", "\\\\"))


def as_file(stored: str) -> str:
    """The file system's path of a stored one: the inverse of `as_stored`."""
    if not stored.startswith(_MARK):
        return stored
    return _ESCAPE.sub(
        lambda escape: chr(0xDC00 + int(escape[1], 16)) if escape[1] else "\\", stored.removeprefix(_MARK)
    )


def readable(text: str) -> str:
    r"""*text* with each byte that is no UTF-8 as `\xe9`, and each other half character as `\ud800`."""
    return _HALF.sub(_escaped, text)


def printable(text: str) -> str:
    """*text* for a terminal: readable, and without characters that steer it. Tabs and line ends stay."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], readable(text))


def one_line(text: str) -> str:
    r"""*text* for a terminal, on one line: with its line ends and tabs as `\n` and `\t`."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def quoted(name: str) -> str:
    """A name in a sentence, between quotation marks and as lists show it."""
    mark = '"' if "'" in name and '"' not in name else "'"
    return f"{mark}{one_line(name)}{mark}"


def as_name(text: str, longest: int = 255) -> str:
    """*text*, which may be anything, as the name of a file or folder of at most *longest* bytes."""
    name = quote(text, safe=" -_.~@+")
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    return name if len(name) <= longest else shortened(text, name, longest)


def shortened(text: str, name: str, longest: int) -> str:
    """The beginning of a *name* that is too long, with a hash of the *text* that it stands for."""
    return f"{name[: longest - 17]}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _escaped(half: re.Match[str]) -> str:
    code = ord(half[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
