"""The review of a week: one page with titles by day, to-dos, coming events, people, places and topics.

No text is new: every line is from a note. Each day's heading links to its page. Duplicate to-dos and events are listed
once.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from diary_pipeline.notes.day import PageEntry, escape, findings, format_moment
from diary_pipeline.schema import Findings

_MAX_NAMES = 12


def review(monday: date, entries: Sequence[PageEntry], *, hide_private: bool = False) -> str:
    """The page of the week that begins on *monday*, as Markdown. *hide_private* leaves private entries out."""
    sunday = monday + timedelta(6)
    of_week = [e for e in entries if e.recording.day and monday <= e.recording.day <= sunday]
    shown = [e for e in of_week if not (hide_private and e.recording.privacy == "local_only")]
    parts = [f"# Week {monday.isocalendar().week}, {_span(monday, sunday)}"]
    days = sorted({e.recording.day for e in shown if e.recording.day})
    parts += [_day(day, [e for e in shown if e.recording.day == day]) for day in days]
    if not shown:
        parts.append("No memos in this week.")
    found = findings(shown)
    parts += [*_todos_and_events(found, sunday), *_summary(shown, found)]
    return "\n\n".join(parts) + "\n"


def _span(monday: date, sunday: date) -> str:
    if monday.month == sunday.month:
        return f"{monday.day} to {sunday.day} {sunday:%B %Y}"
    return f"{monday.day} {monday:%B} to {sunday.day} {sunday:%B %Y}"


def _day(day: date, entries: Sequence[PageEntry]) -> str:
    ordered = sorted(entries, key=lambda e: e.recording.recorded_at.timestamp() if e.recording.recorded_at else 0.0)
    titles = [
        f"- {e.recording.recorded_at:%H:%M} {escape(e.note.title)}"
        for e in ordered
        if e.note.title and e.recording.recorded_at
    ]
    head = f"## [{day:%A} {day.day} {day:%B}]({day.isoformat()}.md)"
    return "\n\n".join([head, "\n".join(titles) or "Nothing was said."])


def _todos_and_events(found: Findings, sunday: date) -> list[str]:
    """To-dos of the week, those with a day first; events after the week; those without a day are left out."""
    parts = []
    todos = sorted(found.todos, key=lambda todo: todo.due or "~")
    lines = [
        f"- [ ] {escape(todo.text)}{f' **{_preposition(todo.due_kind)}{format_moment(todo.due)}**' if todo.due else ''}"
        for todo in todos
    ]
    if lines:
        parts += ["## To do", "\n".join(lines)]
    ahead = sorted(
        (e for e in found.events if e.when and e.when[:7] >= f"{sunday:%Y-%m}" and e.when > f"{sunday}"[: len(e.when)]),
        key=lambda e: e.when or "",
    )
    if ahead:
        parts += [
            "## Coming up",
            "\n".join(f"- **{format_moment(event.when or '')}**: {escape(event.text)}" for event in ahead),
        ]
    return parts


def _preposition(kind: str | None) -> str:
    return "before " if kind == "before" else ""


def _summary(entries: Sequence[PageEntry], found: Findings) -> list[str]:
    topics = Counter(topic for entry in entries for topic in entry.note.topics)
    moods = [entry.note.mood for entry in entries if entry.note.mood]
    rows = {
        "People": found.people[:_MAX_NAMES],
        "Places": found.places[:_MAX_NAMES],
        "About": tuple(topic for topic, _ in topics.most_common(_MAX_NAMES)),
        "Moods": tuple(dict.fromkeys(moods)),
    }
    lines = [f"- {name}: {', '.join(escape(value) for value in values)}" for name, values in rows.items() if values]
    return ["## In short", "\n".join(lines)] if lines else []
