"""The day's page in Markdown: the memos in the order of their time, their words as spoken, every paragraph one click from its audio."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from diary_pipeline.schema import DiaryNote, Recording, Segment, Statement, Transcript

PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Entry:
    """One memo of the day. *audio_link* leads from the page to the audio."""

    recording: Recording
    transcript: Transcript
    note: DiaryNote
    audio_link: str


def compose(author: str, day: date, entries: Sequence[Entry], *, hide_private: bool = False) -> str:
    """The page as Markdown. With *hide_private*, private memos are one line without a word of theirs."""
    del author  # a page is one person's; its place says whose
    ordered = sorted(entries, key=lambda entry: (_moment(entry), entry.recording.id))
    parts = [f"# {day:%A} {day.day} {day:%B %Y}"]
    silent = []
    for entry in ordered:
        if hide_private and entry.recording.privacy == "local_only":
            parts.append(f"{_clock(entry)} — a private memo, kept only on the machine that holds the diary.")
        elif entry.note.statements:
            parts.append(_memo(entry))
        else:
            silent.append(f"{_clock(entry)} — nothing was said ({entry.transcript.seconds:.0f} s).")
    if not entries:
        parts.append("No memos on this day.")
    return "\n\n".join([*parts, *silent]) + "\n"


def _memo(entry: Entry) -> str:
    private = entry.recording.privacy == "local_only"
    title = f" · {escape(entry.note.title)}" if entry.note.title else ""
    small = [f"{_length(entry.transcript.seconds)}", f"dated by its {entry.recording.dated_by}", escape(entry.recording.source)]
    if private:
        small.append("stays on this machine")
    return "\n\n".join([f"## {_clock(entry)}{title}{' 🔒' if private else ''}", *_paragraphs(entry), f"<small>{' · '.join(small)}</small>"])


def _paragraphs(entry: Entry) -> list[str]:
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


def _paragraph(entry: Entry, statements: Sequence[Statement], segments: dict[str, Segment]) -> str:
    words = " ".join(escape(statement.text) for statement in statements)
    first = segments.get(statements[0].segments[0])
    if first is None:
        return words
    whole = int(first.start)
    return f"{words} [{whole // 60}:{whole % 60:02d}]({entry.audio_link}#t={first.start:g})"


def escape(text: str) -> str:
    """Spoken text as Markdown that shows it as it is: nothing said can become a heading, a link or a list."""
    flat = " ".join(text.split())
    escaped = re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", flat).replace("&", "&amp;")
    escaped = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", escaped)
    return re.sub(r"^([#+=-])", r"\\\1", escaped)


def _moment(entry: Entry) -> float:
    """Seconds since 1970: texts would sort a clock change, or a journey, in the wrong order."""
    moment = entry.recording.recorded_at
    return moment.timestamp() if moment else 0.0


def _clock(entry: Entry) -> str:
    moment = entry.recording.recorded_at
    return f"{moment:%H:%M}" if moment else "--:--"


def _length(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")
