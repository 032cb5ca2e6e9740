"""Edits of pages: a person edits a page at random, a late memo arrives, and the page composed anew must have both."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from random import Random

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.notes.page.parse import NEW
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import tone
from tests.proof.edited import EDITS, Edited, as_saved
from tests.proof.rewritten import REWRITES, said
from tests.proof.trial import Play, Proof, Tally, Trial

SEVERAL, OLD_BUFFER, MOST_EDITS, WAVES = "several edits", "an old buffer saved", 4, 2
REWRITTEN = ["a page rewritten by a program", "a page rewritten and edited", "a page rewritten again"]
_OWN = ["a paragraph written", "a section written", "a line deleted", "a line moved"]
DAYS = {f"2026-03-{number:02}": edit for number, edit in enumerate([*EDITS, SEVERAL, OLD_BUFFER, *REWRITTEN], 10)}


@contextmanager
def bench() -> Iterator[Play]:
    """Rounds share nothing."""
    yield play


def play(trial: Trial) -> None:
    """A day for each kind of edit: pages, edits, late memos, pages; twice, and then a run without news."""
    random, home, tally = trial.random, trial.home, trial.tally
    pages = {day: home / "days" / "me" / f"{day}.md" for day in DAYS}
    hours = {day: random.sample(range(5, 24), 2 + WAVES) for day in DAYS}
    settings = Settings.load(home=home, catalog=trial.catalog, timezone="UTC", settle_seconds=0)
    with closing(open_diary(settings, ScriptedEngine(_said, read_audio=False))) as diary:
        _arrive(home, {day: hours[day][:2] for day in DAYS})
        pipeline.process(diary)
        held = {day: Edited(_lines(pages[day])) for day in DAYS}
        buffers = {day: list(page.lines) for day, page in held.items()}
        for wave in range(WAVES):
            for day, page in held.items():
                if DAYS[day] == OLD_BUFFER:
                    page.lines = buffers[day]
                _edit(random, page, DAYS[day])
                pages[day].write_bytes(as_saved(random, page))
            _arrive(home, {day: hours[day][2 + wave : 3 + wave] for day in DAYS})
            run = pipeline.process(diary)
            tally.check(not run.faults, f"faults of wave {wave}: {run.faults}")
            trial.spoil(home)
            for day, page in list(held.items()):
                buffers[day] = list(page.lines)
                _judge(tally, DAYS[day], page, _lines(pages[day]), hours[day][: 3 + wave])
        before = [page.read_bytes() for page in pages.values()]
        pipeline.process(diary)
        tally.check([page.read_bytes() for page in pages.values()] == before, "a run without news changed a page")


def _said(name: str) -> Sequence[str]:
    return [f"The box {name} stood in the hall.", f"I need to buy bread for box {name}.", "We painted the fence."]


def _arrive(home: Path, hours: dict[str, list[int]]) -> None:
    for day, times in hours.items():
        for hour in times:
            tone(home / "inbox" / f"{day} {hour:02}.30.wav", seconds=0.02, hertz=100.0 * hour + int(day[-2:]))


def _lines(page: Path) -> list[str]:
    return page.read_text("utf-8-sig").splitlines()


def _edit(random: Random, page: Edited, edit: str) -> None:
    if edit in REWRITTEN:
        page.rewrite(REWRITES[random.choice([*REWRITES])])
        edits = random.choices(_OWN, k=REWRITTEN.index(edit))
    elif edit == SEVERAL:
        edits = random.choices([*EDITS], k=random.randint(2, MOST_EDITS))
    else:
        edits = ["a paragraph written" if edit == OLD_BUFFER else edit]
    for one in edits:
        EDITS[one](random, page)


def _memo_heads(lines: Sequence[str], hour: int) -> int:
    return sum(1 for line in lines if re.match(rf"#+ {hour:02}:30 · ", line))


def _judge(tally: Tally, edit: str, page: Edited, text: list[str], hours: Sequence[int]) -> None:
    """Judge a page, which becomes what it is now."""
    lines = [line for line in text if line.strip()]
    count = Counter(lines)
    lost = [line for line in page.kept if not count[line]]
    tally.check(not lost, f"after {edit} these lines are lost: {lost}")
    for hour in hours if edit == OLD_BUFFER else hours[-1:]:
        small = [line for line in lines if line.startswith("<small>") and f" {hour:02}.30.wav" in line]
        times = (_memo_heads(lines, hour), len(small))
        tally.check(times == (1, 1), f"after {edit} heading and foot of the late memo are {times} times on its page")
    tally.check(NEW not in count, f"{edit} is in conflict")
    back = [line for line in page.gone if count[line] and line not in page.kept]
    tally.check(not back, f"after {edit} these lines are back: {back}")
    before, words = Counter(page.kept), Counter(said("\n".join(text)))
    had = Counter(said("\n".join(page.lines)))
    twice = [line for line in lines if count[line] > max(1, before[line])]
    twice += [one for one in words if " box " in one and words[one] > max(1, had[one])]
    tally.check(not twice, f"after {edit} these lines stand twice: {twice}")
    tally.check(_in_order(page.kept, lines), f"after {edit} the lines stand in another order")
    for head in (line for line in page.kept if line.startswith("## own words")):
        tally.check(_below(head, page.kept) == _below(head, lines), f"after {edit} {head!r} has taken something in")
    page.lines = text


def _below(head: str, lines: Sequence[str]) -> list[str]:
    """The lines of a section."""
    after = lines[lines.index(head) + 1 :] if head in lines else []
    return list(takewhile(lambda line: not line.startswith("## "), after))


def _in_order(some: Sequence[str], lines: Iterable[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in some)


PROOF = Proof(
    name="edits",
    promise="No line that a person wrote or left on a page is lost when a late memo arrives; the memo is there once.",
    seed=20260314,
    rounds=60,
    sample=1,
    bench=bench,
)
