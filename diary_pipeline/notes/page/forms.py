"""The forms in which editors and formatters write the same Markdown, brought to the form that pages have.

A formatter changes headings, bullets, boxes, links, quotation marks and escapes of lines that nobody has reworded.
"""

import html
import re
from collections.abc import Mapping, Sequence

_LABEL = r"(?:about )?\d+:\d\d|audio|transcript"
_SPOT = r"#(?:t=[\d.e+-]+|s\d+)"
AUDIO_LINK = re.compile(rf"\[(?:{_LABEL})\]\((?:[^()\s]*/)?(audio/[^()\s/]+{_SPOT})\)")
"""A link to a second of the audio; to a segment ("#s03") where no time is known."""
HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
LIST = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
QUOTED = re.compile(r"(?:[ ]{0,3}>[ \t]?)+")

_UNDERLINE = re.compile(r"[ ]{0,3}(=+|-{2,})\s*$")
_HEADING_END = re.compile(r"(?:[ \t]+#+)?(?:[ \t]*\{[#.][^{}]*\})?[ \t]*$")
_RAW = re.compile(r"`(<[^`<>]*>)`\{=html\}")
_BOX = re.compile(r"^(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+)\\?\[([^\]\\])\\?\](?=\s|$)")
_BALLOT = re.compile(r"^(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+)([☐☑☒])")
_DEFINITION = re.compile(rf"[ ]{{0,3}}\[([^\]]+)\]:[ \t]*<?([^\s<>]*audio/[^\s<>]+{_SPOT})>?\s*$")
_REFERENCE = re.compile(rf"\[({_LABEL})\](?:\[([^\]]*)\])?(?![(:])")
_ANGLES = re.compile(rf"(\[(?:{_LABEL})\])\(<([^<>()\s]+)>\)")
_WIKI = re.compile(rf"\[\[([^\[\]|]*audio/[^\[\]|]+{_SPOT})\|({_LABEL})\]\]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DASHES = re.compile(r"[-–—]+")  # noqa: RUF001 - dashes of all lengths are meant
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'"), "…": "..."})  # noqa: RUF001


def definitions_of(lines: Sequence[str]) -> dict[str, str]:
    """Where the reference links of a page lead that lead to audio, by their labels."""
    return {found[1].casefold(): found[2] for line in lines if (found := _DEFINITION.match(line))}


def defined(line: str) -> str | None:
    """The audio that a line gives a label, if it is such a definition."""
    found = _DEFINITION.match(line)
    return found[2] if found else None


def quoted(line: str) -> str:
    """The marks of a quotation or callout before a line."""
    found = QUOTED.match(line)
    return found[0] if found else ""


def own_form(lines: Sequence[str], definitions: Mapping[str, str]) -> str:
    """Lines in the form of a generated page; the words stay as they are."""
    text = "".join(line[len(quoted(line)) :] for line in lines).rstrip("\r\n")
    if len(lines) == 2 and (under := _UNDERLINE.match(lines[1])):
        above = lines[0].strip()
        if above and not LIST.match(lines[0]) and not HEADING.match(lines[0]) and set(above) != {"-"}:
            text = f"{'#' if under[1][0] == '=' else '##'} {above}"
    if "`" in text:
        text = _RAW.sub(r"\1", text)
    text = _BALLOT.sub(lambda m: f"{m[1]}[{' ' if m[2] == '☐' else 'x'}]", _BOX.sub(r"\1[\2]", text))
    if "](<" in text:
        text = _ANGLES.sub(r"\1(\2)", text)
    text = _WIKI.sub(r"[\2](\1)", text)
    return _REFERENCE.sub(lambda m: _inline(m, definitions), text) if definitions else text


def _inline(reference: re.Match[str], definitions: Mapping[str, str]) -> str:
    target = definitions.get((reference[2] or reference[1]).casefold())
    return f"[{reference[1]}]({target})" if target else reference[0]


def same_marks(flat: str) -> str:
    """One line with the marks that formatters replace all written in one way, to be compared."""
    if heading := HEADING.match(flat):
        flat = f"# {_HEADING_END.sub('', flat[heading.end() :])}"
    flat = AUDIO_LINK.sub(lambda m: f"{m[0].partition('](')[0]}]({m[1]})", flat).replace("__", "**")
    return _DASHES.sub("-", _ESCAPED.sub(r"\1", html.unescape(flat)).translate(_QUOTES))


def with_level(heading: str, like: str) -> str:
    """A heading with as many # as another one has."""
    found, mine = HEADING.match(heading), HEADING.match(like)
    return f"{mine[1]} {heading[found.end() :]}" if found and mine else heading
