"""Notes that have the speaker's own words although models were asked: why, for one recording and counted by reason."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from diary_pipeline.diary import Diary
from diary_pipeline.llm.obstacles import Obstacle
from diary_pipeline.notes.unwritten import Unwritten

Attempt = Mapping[str, Any]


def unwritten_reason(attempts: Sequence[Attempt]) -> str | None:
    """Why no model wrote the note, as a sentence, given all its attempts; None where one did, or none was asked."""
    newest, before = _newest(attempts)
    if newest is None:
        return None
    why = Unwritten.parse(newest["error"])
    if why is None:
        return str(newest["error"]) if newest["error"] and newest["outcome"] == "interim" else None
    return why.waiting(before) if newest["outcome"] == "interim" else why.final()


def own_words(diary: Diary, days: Sequence[date] | None = None) -> list[dict[str, Any]]:
    """How many notes each reason has kept from being a model's, the most frequent first.

    `waiting`: of these, the ones that are asked again by themselves. `remedy` None: nothing but another answer helps.
    """
    notes: Counter[tuple[str, str]] = Counter()
    waiting: Counter[tuple[str, str]] = Counter()
    history: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in diary.catalog.attempts.of([r.id for r, _ in diary.catalog.recordings.all(days)]):
        if attempt["stage"] == "write":
            history[attempt["subject"]].append(attempt)
    for attempts in history.values():
        newest, _ = _newest(attempts)
        if newest is None or (why := Unwritten.parse(newest["error"])) is None:
            continue
        refused = [Obstacle.named(*each.rsplit(": ", 1)) for each in why.refused]
        reasons = {(each.route, each.reason) for each in (*why.obstacles, *refused)}
        notes.update(reasons)
        waiting.update(reasons if newest["outcome"] == "interim" else ())
    return [
        {
            "route": route,
            "reason": reason,
            "notes": count,
            "waiting": waiting[route, reason],
            "remedy": Obstacle.named(route, reason).remedy,
        }
        for (route, reason), count in notes.most_common()
    ]


def _newest(attempts: Sequence[Attempt]) -> tuple[Attempt | None, list[str]]:
    """The newest attempt that has ended, and the reasons of those before it for which no provider was available."""
    over = [attempt for attempt in attempts if attempt["outcome"] and attempt["outcome"] != "released"]
    if not over or over[-1]["outcome"] not in ("interim", "ok"):
        return None, []
    same = [a for a in over[:-1] if a["outcome"] == "interim" and a["error"] and a["inputs"] == over[-1]["inputs"]]
    return over[-1], [str(a["error"]) for a in same]
