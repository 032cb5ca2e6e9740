"""A page in the hands of a program: rewritten as a whole, as Markdown formatters, editors and converters leave it.

Each rewrite is what one of prettier, pandoc, mdformat, remark and Obsidian really does to a page, or a person with
"replace all". Belongs here: how programs write Markdown. Does not belong here: what must become of it.
"""

import re
import textwrap
from collections.abc import Callable, Mapping

_LINK = re.compile(r"\[(\d+:\d\d)\]\(([^()\s]+)\)")
_ITEM = re.compile(r"^- (\[.\] )?", re.MULTILINE)
_MARKS = re.compile(r"^[>\s]*(?:[-*+]|\d+\.) (?:\\?\[.\\?\] )?|`\{=html\}|\{#\w+\}")
_START = re.compile(r"[>\s]*(?:[-*+]|\d+[.)])\s|#|<small>|`<small>|>|\[\d+\]:|---|\s*$")


def wrap(text: str) -> str:
    """Lines of at most 60 columns (prettier, pandoc)."""
    return _each(text, lambda line: "\n".join(textwrap.wrap(line, 60, break_long_words=False, break_on_hyphens=False)))


def underline(text: str) -> str:
    """Headings with a line under them (pandoc)."""
    found = re.sub(r"^# (.*)$", r"\1\n=======", text, flags=re.MULTILINE)
    return re.sub(r"^## (.*)$", r"\1\n-------", found, flags=re.MULTILINE)


def typeset(text: str) -> str:
    """Typographic marks as ASCII, and ASCII ones as typographic (pandoc, smart quotes)."""
    found = re.sub(r"(\w)'(\w)", r"\1’\2", text).replace(" — ", " --- ")  # noqa: RUF001
    return found.replace("“", '"').replace("”", '"')


def escape(text: str) -> str:
    """More backslashes than are needed (remark, pandoc); the title has a name for links."""
    found = re.sub(r"^- \[(.)\]", r"* \\[\1]", text, flags=re.MULTILINE)
    return re.sub(r"^(# .*)$", r"\1 {#title}", found.replace("“", r"\“").replace(r"\“", "“"), flags=re.MULTILINE)


def refer(text: str) -> str:
    """Links by reference, their places at the end (pandoc)."""
    targets = list(dict.fromkeys(link[1] for link in _LINK.findall(text)))
    found = _LINK.sub(lambda m: f"[{m[1]}][{targets.index(m[2]) + 1}]", text)
    return found + "\n" + "".join(f"  [{n}]: {target}\n" for n, target in enumerate(targets, 1))


def quote_lists(text: str) -> str:
    """Both lists in a callout (Obsidian)."""
    return re.sub(r"^(?=- )", "> ", text, flags=re.MULTILINE)


def _each(text: str, change: Callable[[str], str]) -> str:
    """Each line changed, the front matter aside; further lines of an item are indented."""
    lines = []
    for line in text.split("\n"):
        first, *more = change(line).split("\n")
        indent = " " * (len(line) - len(line.lstrip()) + 2) if _ITEM.match(line.lstrip()) else ""
        lines += [first, *(f"{indent}{one}" for one in more)] if not line.startswith("#") else [line]
    return "\n".join(lines)


REWRITES: Mapping[str, Callable[[str], str]] = {
    "wrapped": wrap,
    "underlined headings": underline,
    "other quotation marks": typeset,
    "escaped": escape,
    "reference links": refer,
    "lists in a callout": quote_lists,
    "other bullets": lambda text: re.sub(r"^(\s*)-(?= )", r"\1*", text, flags=re.MULTILINE),
    "numbered to-dos": lambda text: re.sub(r"^- (?=\[)", "1. ", text, flags=re.MULTILINE),
    "headings a level lower": lambda text: re.sub(r"^#", "##", text, flags=re.MULTILINE),
    "links elsewhere": lambda text: text.replace("](../../audio", "](../attachments/audio"),
    "wiki links": lambda text: _LINK.sub(r"[[\2|\1]]", text),
    "links in angles": lambda text: _LINK.sub(r"[\1](<\2>)", text),
    "no blank lines": lambda text: "\n".join(line for line in text.split("\n") if line) + "\n",
    "blank lines and trailing blanks": lambda text: text.replace("\n\n", "  \n\t\n\n"),
    "front matter": lambda text: text if text.startswith("---") else f"---\ntags: [a]\n---\n{text}",
    "raw HTML": lambda text: re.sub(r"(</?small>)", r"`\1`{=html}", text),
    "to-dos as ballot boxes": lambda text: text.replace("- [ ]", "- ☐").replace("- [x]", "- ☒"),
}


def said(text: str) -> list[str]:
    """The words of each paragraph, item and heading, whatever program has written it."""
    text = re.sub(r"^(.+)\n[=-]{2,}$", r"\1\n", text, flags=re.MULTILINE)
    parts: list[str] = []
    ended = True
    for line in text.split("\n"):
        if ended or _START.match(line):
            parts.append("")
        parts[-1] += f" {line}"
        ended = line.lstrip().startswith("#") or bool(re.search(r"(?:[\])]|</small>(?:`\{=html\})?)\s*$", line))
    bare = (re.sub(r"\[?\[[^\[\]]*audio[^\[\]]*\]\]|\[\d+:\d\d\](?:\([^)]*\)|\[\d+\])?", " ", part) for part in parts)
    return [" ".join(re.findall(r"\w+", _MARKS.sub("", one.strip()))) for one in bare]
