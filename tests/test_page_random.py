"""Pages under random edits, while memos come, are dated anew and are written anew: what holds for every script."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.lines import plain
from diary_pipeline.notes.page.merge import Before, Merged, merge
from diary_pipeline.notes.page.parse import END, NEW
from diary_pipeline.schema import BlockKind, PageBlock
from tests.proof.edited import EDITS, Edited
from tests.proof.rewritten import REWRITES

WORDS = "boat river garden bread letter doctor winter summer music station fence drill kitchen morning".split()
SCRIPTS, WAVES, REWRITTEN = 250, 4, 0.3


@dataclass
class Memo:
    """What the composer makes of a memo; each line of it ends with a word that stands nowhere else."""

    minute: int
    title: str
    lines: dict[str, list[str]]


class Composer:
    """Composes pages of made-up memos, which change at random."""

    def __init__(self, random: Random) -> None:
        self.random, self.memos, self.count = random, dict[str, Memo](), 0

    def words(self, count: int) -> str:
        self.count += 1
        return " ".join([*self.random.choices(WORDS, k=count), f"w{self.count}"])

    def arrive(self) -> None:
        counts = {
            "text": self.random.randint(1, 3),
            "todo": self.random.randint(0, 2),
            "event": self.random.randint(0, 1),
        }
        lines = {kind: [self.words(7) for _ in range(count)] for kind, count in counts.items()}
        self.memos[f"m{len(self.memos):02}"] = Memo(self.random.randint(0, 1439), self.words(3), lines)

    def rewrite(self) -> None:
        """A new title, another time, a word or all words of a line, one line more or less."""
        memo, kind = self.random.choice([*self.memos.values()]), self.random.choice(("text", "text", "todo"))
        lines, what = memo.lines[kind], self.random.randrange(6)
        if what == 0:
            memo.title = self.words(3)
        elif what == 1:
            memo.minute = self.random.randint(0, 1439)
        elif what == 2 or not lines:
            lines.append(self.words(7))
        elif what == 3:
            lines[0] = " ".join([self.random.choice(WORDS), *lines[0].split()[1:]])
        elif what == 4:
            lines[-1] = self.words(7)
        elif kind == "todo":
            lines.pop()

    def blocks(self) -> list[PageBlock]:
        order = sorted(self.memos, key=lambda name: (self.memos[name].minute, name))
        found = [PageBlock(id="title", kind="title", text="# Saturday")]
        for name in order:
            memo = self.memos[name]
            clock = f"{memo.minute // 60:02}:{memo.minute % 60:02}"
            found.append(PageBlock(id=f"{name}/memo", kind="memo", text=f"## {clock} · {memo.title}", recording=name))
            found += self._lines(name, "text", "")
            small = f"<small>00:22 · {name}.m4a</small>"
            found.append(PageBlock(id=f"{name}/details", kind="details", text=small, recording=name))
        lists: Sequence[tuple[str, BlockKind, BlockKind, str]] = (
            ("## To do", "todos", "todo", "- [ ] "),
            ("## Coming up", "events", "event", "- "),
        )
        for head, heading, kind, mark in lists:
            items = [block for name in order for block in self._lines(name, kind, mark)]
            found += [PageBlock(id=heading, kind=heading, text=head), *items] if items else []
        return found

    def _lines(self, name: str, kind: BlockKind, mark: str) -> list[PageBlock]:
        return [
            PageBlock(
                id=f"{name}/{kind}/{place}",
                kind=kind,
                text=f"{mark}{line} [0:{place:02}](../../audio/{name}.m4a#t={place})",
                recording=name,
            )
            for place, line in enumerate(self.memos[name].lines[kind])
        ]


def token(block: PageBlock) -> str:
    """The word of a line that stands nowhere else."""
    return next((word for word in block.text.split() if word[1:].isdigit() and word[0] == "w"), block.text)


def broken(edited: list[str], base: Sequence[PageBlock], new: Sequence[PageBlock], found: Merged) -> list[str]:
    """What does not hold, in words."""
    lines = [line for line in found.text.splitlines() if line.strip()]
    count, before, same = (
        Counter(lines),
        Counter(edited),
        {block.text for block in base} & {block.text for block in new},
    )
    text, now, then = " ".join(found.text.split()), set(found.text.split()), set(" ".join(edited).split())
    own = [line for line in edited if "own words" in line and line[line.rindex("own words") :].strip() not in text]
    twice = [line for line in lines if count[line] > max(1, before[line]) and line not in (NEW, END)]
    depths = set(accumulate((line == NEW) - (line == END) for line in lines))
    kept = [block for block in base if block.text in same and block.kind in ("text", "todo", "event")]
    deleted = [block.text for block in kept if token(block) in now - then]
    marks = {plain(line): line.lstrip()[:5] for line in edited if line.lstrip().startswith("- [")}
    ticks = [
        b.text
        for b in kept
        if marks.get(plain(b.text)) == "- [x]" and b.text in lines and f"- [x]{b.text[5:]}" not in text
    ]
    return [
        *(f"lost: {line}" for line in own),
        *(f"twice: {line}" for line in twice),
        *(["offers are nested or without an end"] if depths - {0, 1} or count[NEW] != count[END] else []),
        *(["conflicts are not counted"] if count[NEW] != found.conflicts else []),
        *(f"came back: {line}" for line in deleted if not found.put_back),
        *(f"lost its tick: {line}" for line in ticks),
    ]


def play(seed: int) -> tuple[list[str], int]:
    """One script of edits and compositions; what did not hold, and how many conflicts there were."""
    random, conflicts, own = Random(seed), 0, 0
    composer = Composer(random)
    for _ in range(random.randint(1, 3)):
        composer.arrive()
    before = Before(composer.blocks())
    text = render(before.blocks)
    for _ in range(WAVES):
        page = Edited(text.splitlines(), words=own)
        for edit in random.choices([*EDITS.values()], k=random.randint(1, 4)):
            edit(random, page)
        if random.random() < REWRITTEN:
            page.rewrite(REWRITES[random.choice([*REWRITES])])
        own = page.words
        for _ in range(random.randint(0, 2)):
            composer.rewrite()
        if random.random() < 0.6:
            composer.arrive()
        new = composer.blocks()
        found = merge("\n".join(page.lines) + "\n", before, new)
        faults = broken(page.kept, before.blocks, new, found)
        again = merge(found.text, Before(new, found.history), new)
        faults += ["a second merge changes the page"] if again.text != found.text else []
        if faults:
            return [f"{seed}: {fault}" for fault in faults], conflicts
        text, before, conflicts = found.text, Before(new, found.history), conflicts + found.conflicts
    return [], conflicts


def test_nothing_is_lost_doubled_or_brought_back_by_random_edits_and_new_notes() -> None:
    played = [play(seed) for seed in range(SCRIPTS)]
    assert [fault for faults, _ in played for fault in faults] == []
    assert sum(conflicts for _, conflicts in played) > SCRIPTS / 20, "conflicts were played too"
