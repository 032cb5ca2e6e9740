"""The day's page in Markdown: the memos by time, every paragraph with a link into its audio."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diary_pipeline.schema import DiaryNote, Event, Findings, Recording, Segment, Statement, Todo, Transcript

PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class PageEntry:
    """One memo of the day. *audio_link* leads from the page to the audio."""

    recording: Recording
    transcript: Transcript
    note: DiaryNote
    audio_link: str


def compose(author: str, day: date, entries: Sequence[PageEntry], *, hide_private: bool = False) -> str:
    """The page as Markdown. With *hide_private*, a private memo is one line without its words."""
    del author  # the page's path names its author
    ordered = sorted(entries, key=lambda entry: (_timestamp(entry), entry.recording.id))
    parts = [f"# {day:%A} {day.day} {day:%B %Y}"]
    silent = []
    for entry in ordered:
        if hide_private and entry.recording.privacy == "local_only":
            parts.append(f"{_clock(entry)} — a private memo, kept only on the machine that holds the diary.")
        elif entry.note.statements or entry.note.also_said:
            parts.append(_memo(entry))
        else:
            silent.append(f"{_clock(entry)} — nothing was said ({entry.transcript.seconds:.0f} s).")
    if not entries:
        parts.append("No memos on this day.")
    shown = [e for e in ordered if not (hide_private and e.recording.privacy == "local_only")]
    return "\n\n".join([*parts, *silent, *_todos(shown), *_events(shown)]) + "\n"


def findings(entries: Sequence[PageEntry]) -> Findings:
    """The findings of the notes, by time; a segment is "recording/segment".

    A to-do or event said twice is listed once.
    """
    ordered = sorted(entries, key=lambda entry: (_timestamp(entry), entry.recording.id))
    todos: dict[tuple[str, str | None], Todo] = {}
    events: dict[tuple[str, str | None], Event] = {}
    for entry in ordered:
        for todo in entry.note.todos:
            todos.setdefault(
                (todo.text.casefold(), todo.due),
                todo.model_copy(update={"segments": _page_segments(entry, todo.segments)}),
            )
        for event in entry.note.events:
            events.setdefault(
                (event.text.casefold(), event.when),
                event.model_copy(update={"segments": _page_segments(entry, event.segments)}),
            )
    return Findings(
        todos=tuple(todos.values()),
        events=tuple(events.values()),
        people=_unique(name for entry in ordered for name in entry.note.people),
        places=_unique(name for entry in ordered for name in entry.note.places),
        topics=_unique(name for entry in ordered for name in entry.note.topics),
    )


def _page_segments(entry: PageEntry, segments: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{entry.recording.id}/{segment}" for segment in segments)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.casefold(): name for name in reversed(list(names))}.values())[::-1]


def _todos(entries: Sequence[PageEntry]) -> list[str]:
    lines = [
        f"- [ ] {escape(todo.text)}{_due(todo)} — {_source(entry, todo.said, todo.segments)}"
        for entry in entries
        for todo in entry.note.todos
    ]
    return ["## To do", "\n".join(lines)] if lines else []


def _events(entries: Sequence[PageEntry]) -> list[str]:
    found = [(entry, event) for entry in entries for event in entry.note.events]
    found.sort(key=lambda pair: pair[1].when or "~")
    lines = [
        f"- {_when(event.when)}{escape(event.text)} — {_source(entry, event.said, event.segments)}"
        for entry, event in found
    ]
    return ["## Coming up", "\n".join(lines)] if lines else []


def _source(entry: PageEntry, said: str, segments: Sequence[str]) -> str:
    """The spoken words, with a link to their second."""
    first = next((s for s in entry.transcript.segments if s.id in segments), None)
    words = f"“{escape(said)}”"
    return f"{words} {_link(entry, first)}" if first else words


def _due(todo: Todo) -> str:
    if todo.due is None:
        return ""
    return f" **{'before ' if todo.due_kind == 'before' else ''}{format_moment(todo.due)}**"


def _when(when: str | None) -> str:
    return f"**{format_moment(when)}**: " if when else ""


def format_moment(moment: str) -> str:
    """An ISO date, local datetime or month as readers write it: Wednesday 8 April, 09:10."""
    if re.fullmatch(r"\d{4}-\d\d", moment):
        return f"{date.fromisoformat(f'{moment}-01'):%B %Y}"
    at = datetime.fromisoformat(moment)
    return f"{at:%A} {at.day} {at:%B}" + (f", {at:%H:%M}" if "T" in moment else "")


def _memo(entry: PageEntry) -> str:
    private = entry.recording.privacy == "local_only"
    title = f" · {escape(entry.note.title)}" if entry.note.title else ""
    details = [
        f"{_length(entry.transcript.seconds)}",
        f"dated by its {entry.recording.dated_by}",
        escape(entry.recording.source),
    ]
    if private:
        details.append("stays on this machine")
    if entry.note.mood:
        details.append(f"mood: {escape(entry.note.mood)}")
    details += [
        f"{end - start:.0f} s of voice without words {_audio_link(entry, start)}"
        for start, end in entry.transcript.coverage.uncovered
    ]
    head = f"## {_clock(entry)}{title}{' 🔒' if private else ''}"
    return "\n\n".join([head, *_paragraphs(entry), *_also_said(entry), f"<small>{' · '.join(details)}</small>"])


def _also_said(entry: PageEntry) -> list[str]:
    """The segments that no statement covers, so that nothing spoken is lost."""
    segments = {segment.id: segment for segment in entry.transcript.segments}
    said = [
        f"{escape(one.text)} {_link(entry, segments.get(one.segments[0]))}".rstrip() for one in entry.note.also_said
    ]
    return ["Also said: " + " · ".join(said)] if said else []


def _paragraphs(entry: PageEntry) -> list[str]:
    """Statements in order; a pause of two seconds in the audio begins a paragraph."""
    segments = {segment.id: segment for segment in entry.transcript.segments}
    paragraphs: list[list[Statement]] = []
    before: Segment | None = None
    for statement in entry.note.statements:
        here = segments.get(statement.segments[0])
        if not paragraphs or (here and before and round(here.start - before.end, 2) >= PAUSE_SECONDS):
            paragraphs.append([])
        paragraphs[-1].append(statement)
        before = segments.get(statement.segments[-1]) or before
    return [_paragraph(entry, statements, segments) for statements in paragraphs]


def _paragraph(entry: PageEntry, statements: Sequence[Statement], segments: dict[str, Segment]) -> str:
    words = " ".join(escape(statement.text) for statement in statements)
    first = segments.get(statements[0].segments[0])
    if first is None:
        return words
    return f"{words} {_link(entry, first)}"


def _link(entry: PageEntry, segment: Segment | None) -> str:
    if segment is None:
        return ""
    return _audio_link(entry, segment.start)


def _audio_link(entry: PageEntry, seconds: float) -> str:
    """A link to a second of the audio."""
    whole = int(seconds)
    return f"[{whole // 60}:{whole % 60:02d}]({entry.audio_link}#t={seconds:g})"


def escape(text: str) -> str:
    """Spoken text escaped for Markdown: it cannot become a heading, a link or a list."""
    flat = " ".join(text.split())
    escaped = re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", flat).replace("&", "&amp;")
    escaped = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", escaped)
    return re.sub(r"^([#+=-])", r"\\\1", escaped)


def _timestamp(entry: PageEntry) -> float:
    """Seconds since 1970; local times would sort wrongly across a clock change or a journey."""
    moment = entry.recording.recorded_at
    return moment.timestamp() if moment else 0.0


def _clock(entry: PageEntry) -> str:
    moment = entry.recording.recorded_at
    return f"{moment:%H:%M}" if moment else "--:--"


def _length(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")
