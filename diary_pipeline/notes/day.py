"""The day's page in Markdown: the memos by time, every paragraph with a link into its audio."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diary_pipeline.notes.page.blocks import distinct, render
from diary_pipeline.notes.reliable import marked
from diary_pipeline.schema import (
    BlockKind,
    DiaryNote,
    Event,
    Findings,
    PageBlock,
    Recording,
    Segment,
    Statement,
    Todo,
    Transcript,
)
from diary_pipeline.wordless import VoiceWithoutWords

PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class PageEntry:
    """One memo of the day. *audio_link* leads from the page to the audio; *learnt* says what was learnt from it."""

    recording: Recording
    transcript: Transcript
    note: DiaryNote
    audio_link: str
    learnt: tuple[str, ...] = ()


def compose(author: str, day: date, entries: Sequence[PageEntry], *, hide_private: bool = False) -> str:
    """The page as Markdown. With *hide_private*, a private memo is one line without its words."""
    del author  # the page's path names its author
    return render(compose_blocks(day, entries, hide_private=hide_private))


def compose_blocks(
    day: date,
    entries: Sequence[PageEntry],
    unreadable: Sequence[Recording] = (),
    *,
    hide_private: bool = False,
) -> list[PageBlock]:
    """The lines of the page. A memo of *unreadable* is a line that says so."""

    def is_hidden(recording: Recording) -> bool:
        return hide_private and recording.privacy == "local_only"

    memos: list[tuple[float, str, list[PageBlock]]] = []
    silent: list[PageBlock] = []
    shown = []
    for entry in in_order(entries):
        name = entry.recording.id
        if is_hidden(entry.recording):
            memos.append((_timestamp(entry.recording), name, [_private(entry.recording)]))
            continue
        shown.append(entry)
        if entry.note.statements or entry.note.also_said:
            memos.append((_timestamp(entry.recording), name, _memo(entry)))
        else:
            silent.append(PageBlock(id=f"{name}/silent", kind="silent", text=_silent(entry), recording=name))
    for recording in unreadable:
        line = _private(recording) if is_hidden(recording) else _unreadable(recording)
        memos.append((_timestamp(recording), recording.id, [line]))
    blocks = [PageBlock(id="title", kind="title", text=f"# {day:%A} {day.day} {day:%B %Y}")]
    blocks += [block for _, _, lines in sorted(memos, key=lambda memo: memo[:2]) for block in lines]
    if not memos and not silent:
        blocks.append(PageBlock(id="empty", kind="empty", text="No memos on this day."))
    return distinct([*blocks, *silent, *_todos(shown), *_events(shown)])


def in_order(entries: Sequence[PageEntry]) -> list[PageEntry]:
    """Entries by time."""
    return sorted(entries, key=lambda entry: (_timestamp(entry.recording), entry.recording.id))


def findings(entries: Sequence[PageEntry]) -> Findings:
    """The findings of the notes, by time; a segment is "recording/segment".

    A to-do or event said twice is listed once.
    """
    ordered = in_order(entries)
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


def _todos(entries: Sequence[PageEntry]) -> list[PageBlock]:
    items = [
        _item(entry, todo, f"- [ ] {escape(todo.text)}{_due(todo)} — {_source(entry, todo.said, todo.segments)}")
        for entry in entries
        for todo in entry.note.todos
    ]
    return [PageBlock(id="todos", kind="todos", text="## To do"), *items] if items else []


def _events(entries: Sequence[PageEntry]) -> list[PageBlock]:
    found = [(entry, event) for entry in entries for event in entry.note.events]
    found.sort(key=lambda pair: pair[1].when or "~")
    items = [
        _item(
            entry,
            event,
            f"- {_when(event.when)}{escape(event.text)} — {_source(entry, event.said, event.segments)}",
        )
        for entry, event in found
    ]
    return [PageBlock(id="events", kind="events", text="## Coming up"), *items] if items else []


def _item(entry: PageEntry, item: Todo | Event, text: str) -> PageBlock:
    kind: BlockKind = "todo" if isinstance(item, Todo) else "event"
    name = entry.recording.id
    return PageBlock(id=f"{name}/{kind}/{'+'.join(item.segments)}", kind=kind, text=text, recording=name)


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


def _memo(entry: PageEntry) -> list[PageBlock]:
    name, private = entry.recording.id, entry.recording.privacy == "local_only"
    title = f" · {escape(entry.note.title)}" if entry.note.title else ""
    details = [
        *([_length(entry.transcript.seconds)] if entry.transcript.seconds else []),
        *([] if entry.recording.has_sound else ["transcript without audio"]),
        f"dated by its {escape(entry.recording.evidence_of_date or '')}",
        escape(entry.recording.source),
    ]
    if declared := entry.recording.declared_seconds:
        missing = declared - (entry.recording.seconds or 0.0)
        details.append(f"{missing:.0f} of {declared:.0f} s could not be read")
    if private:
        details.append("stays on this machine")
    if entry.note.mood:
        details.append(f"mood: {escape(entry.note.mood)}")
    if wordless := VoiceWithoutWords.of(entry.transcript):
        details.append(_wordless(entry, wordless))
    details += entry.learnt
    head = f"## {_clock(entry.recording)}{title}{' 🔒' if private else ''}"
    foot = f"<small>{' · '.join(details)}</small>"
    return [
        PageBlock(id=f"{name}/memo", kind="memo", text=head, recording=name),
        *_paragraphs(entry),
        *_also_said(entry),
        PageBlock(id=f"{name}/details", kind="details", text=foot, recording=name),
    ]


def _silent(entry: PageEntry) -> str:
    """The line of a memo without words. Sound that may be a voice is not said to be none."""
    clock, wordless = _clock(entry.recording), VoiceWithoutWords.of(entry.transcript)
    if wordless:
        return f"{clock} — {_wordless(entry, wordless)}"
    said = "no words were found" if entry.transcript.coverage.uncovered else "nothing was said"
    length = f" ({entry.transcript.seconds:.0f} s)" if entry.recording.has_sound else ""
    return f"{clock} — {said}{length}."


def _wordless(entry: PageEntry, wordless: VoiceWithoutWords) -> str:
    """How much voice has no words, with links to where it is."""
    links = " ".join(_audio_link(entry, start) for start in wordless.starts)
    return f"{wordless.sentence()} {links}"


def _private(recording: Recording) -> PageBlock:
    text = f"{_clock(recording)} — a private memo, kept only on the machine that holds the diary."
    return PageBlock(id=f"{recording.id}/private", kind="private", text=text, recording=recording.id)


def _unreadable(recording: Recording) -> PageBlock:
    text = f"{_clock(recording)} — its note cannot be read; `diary redo {recording.id}` makes it again."
    return PageBlock(id=f"{recording.id}/unreadable", kind="unreadable", text=text, recording=recording.id)


def _also_said(entry: PageEntry) -> list[PageBlock]:
    """The segments that no statement covers, so that nothing spoken is lost."""
    segments = {segment.id: segment for segment in entry.transcript.segments}
    said = [
        f"{_words(one, segments)} {_link(entry, segments.get(one.segments[0]))}".rstrip()
        for one in entry.note.also_said
    ]
    if not said:
        return []
    name, text = entry.recording.id, "Also said: " + " · ".join(said)
    return [PageBlock(id=f"{name}/also said", kind="also said", text=text, recording=name)]


def _paragraphs(entry: PageEntry) -> list[PageBlock]:
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


def _paragraph(entry: PageEntry, statements: Sequence[Statement], segments: dict[str, Segment]) -> PageBlock:
    words = " ".join(_words(statement, segments) for statement in statements)
    first, name = statements[0].segments[0], entry.recording.id
    text = f"{words} {_link(entry, segments.get(first))}".rstrip()
    return PageBlock(id=f"{name}/text/{first}", kind="text", text=text, recording=name)


def _words(statement: Statement, segments: dict[str, Segment]) -> str:
    return marked(escape(statement.text), map(segments.get, statement.segments))


def _link(entry: PageEntry, segment: Segment | None) -> str:
    if segment is None:
        return ""
    if not entry.transcript.timed:
        name = "audio" if entry.recording.has_sound else "transcript"
        return f"[{name}]({entry.audio_link}#{segment.id})"
    return _audio_link(entry, segment.start, about="about " if segment.approximate else "")


def _audio_link(entry: PageEntry, seconds: float, about: str = "") -> str:
    """A link to a second of the audio."""
    whole = int(seconds)
    return f"[{about}{whole // 60}:{whole % 60:02d}]({entry.audio_link}#t={seconds:g})"


def escape(text: str) -> str:
    """Spoken text escaped for Markdown: it cannot become a heading, a link or a list."""
    flat = " ".join(text.split())
    escaped = re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", flat).replace("&", "&amp;")
    escaped = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", escaped)
    return re.sub(r"^([#+=-])", r"\\\1", escaped)


def _timestamp(recording: Recording) -> float:
    """Seconds since 1970; local times would sort wrongly across a clock change or a journey."""
    return recording.recorded_at.timestamp() if recording.recorded_at else 0.0


def _clock(recording: Recording) -> str:
    return f"{recording.recorded_at:%H:%M}" if recording.recorded_at else "--:--"


def _length(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")
