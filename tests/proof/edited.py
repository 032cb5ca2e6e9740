"""A person at a page: random edits of its lines, as a text editor leaves them.

Belongs here: how a person edits. Does not belong here: where pages come from and what must become of the edits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random


@dataclass
class Edited:
    """A page in a person's hands: its lines as they stand, and those that the person took away or changed."""

    lines: list[str]
    gone: list[str] = field(default_factory=list)
    words: int = 0

    @property
    def kept(self) -> list[str]:
        """The lines with something in them."""
        return [line for line in self.lines if line.strip()]

    def own(self) -> str:
        """Words that stand nowhere else."""
        self.words += 1
        return f"own words {self.words}"

    def filled(self, beginning: str = "") -> list[int]:
        """Where lines with something in them are, the page's title aside."""
        return [place for place, line in enumerate(self.lines) if place and line and line.startswith(beginning)]

    def insert(self, random: Random, line: str) -> None:
        """A paragraph of its own, between two others or at the end."""
        place = random.choice([*(place for place, other in enumerate(self.lines) if not other), len(self.lines)])
        self.lines[place:place] = ["", line]

    def take(self, place: int) -> str:
        """Cut a line out, and the empty one behind it where it was a paragraph."""
        line = self.lines.pop(place)
        if place < len(self.lines) and not self.lines[place] and not self.lines[place - 1]:
            del self.lines[place]
        return line

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Let a program write the whole page in another form."""
        self.lines = change("\n".join(self.lines) + "\n").split("\n")[:-1]

    def change(self, place: int, line: str) -> None:
        """Write a line anew."""
        self.gone.append(self.lines[place])
        self.lines[place] = line


def write(random: Random, page: Edited) -> None:
    """A paragraph of one's own."""
    page.insert(random, page.own())


def write_under(random: Random, page: Edited) -> None:
    """A line of one's own right under another."""
    page.lines.insert(random.choice(page.filled()) + 1, page.own())


def tick(random: Random, page: Edited) -> None:
    """Tick a to-do."""
    for place in random.sample(open_todos := page.filled("- [ ]"), min(1, len(open_todos))):
        page.change(place, page.lines[place].replace("[ ]", "[x]", 1))


def untick(random: Random, page: Edited) -> None:
    """Open a to-do again, or tick one where none is ticked."""
    done = page.filled("- [x]")
    if not done:
        tick(random, page)
    for place in random.sample(done, min(1, len(done))):
        page.change(place, page.lines[place].replace("[x]", "[ ]", 1))


def nest(random: Random, page: Edited) -> None:
    """A to-do of one's own below another."""
    for place in random.sample(todos := page.filled("- ["), min(1, len(todos))):
        page.lines.insert(place + 1, f"  - [{random.choice(' x')}] {page.own()}")


def write_section(random: Random, page: Edited) -> None:
    """A section of one's own, at the start, at the end or between two others."""
    heads = [place for place, line in enumerate(page.lines) if line.startswith("## ")]
    place = random.choice([*heads, len(page.lines)])
    section = [f"## {page.own()}", "", page.own(), "", f"- [ ] {page.own()}"]
    page.lines[place:place] = ["", *section] if place == len(page.lines) else [*section, ""]


def delete(random: Random, page: Edited) -> None:
    """Take a line away."""
    page.gone.append(page.take(random.choice(page.filled())))


def move(random: Random, page: Edited) -> None:
    """Put a line somewhere else."""
    page.insert(random, page.take(random.choice(page.filled())))


def reword(random: Random, page: Edited) -> None:
    """Write own words over the end of a line."""
    place = random.choice(page.filled())
    page.change(place, f"{page.lines[place].rpartition(' ')[0]} {page.own()}")


EDITS: Mapping[str, Callable[[Random, Edited], None]] = {
    "a paragraph written": write,
    "a line written under another": write_under,
    "a tick": tick,
    "a line deleted": delete,
    "a line moved": move,
    "a line reworded": reword,
    "a tick taken back": untick,
    "a to-do nested": nest,
    "a section written": write_section,
}
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252")


def as_saved(random: Random, page: Edited) -> bytes:
    """The page as some editor saves it: endings and encoding of another system, no ending of the last line."""
    ending = random.choice(("\n", "\n", "\r\n"))
    text = ending.join(page.lines) + random.choice((ending, ending, ""))
    encoding = random.choice(ENCODINGS)
    return text.encode("utf-8" if "☐" in text or "☒" in text else encoding)
