"""The library's face: one open diary with a method for each thing that people do with it.

`diary_pipeline.open` makes it. Each method is one call of a function that the other faces call too.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.home import prepare
from diary_pipeline.redo import redo
from diary_pipeline.schema import DiaryNote, Mode, Privacy, Recording, RedoStage, Transcript
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.views.days import parse_day
from diary_pipeline.views.refresh import refresh
from diary_pipeline.views.search import SEARCH_LIMIT, search
from diary_pipeline.views.selection import recording_named, recordings_named

if TYPE_CHECKING:
    from diary_pipeline.llm import Router
    from diary_pipeline.transcribe.engine import Engine

ME = "me"
"""The author of memos that lie directly in the inbox."""


class OpenDiary:
    """A diary in a home folder. Use it as a context manager, or call `close`.

    Days are given as `datetime.date` or as text like "2026-03-14", "today" or "-1", recordings by their ids or
    files. All methods may raise `UserError` (the request cannot be met as given) and `TransientError` (try later).
    """

    def __init__(self, settings: Settings, engine: "Engine | None" = None, router: "Router | None" = None) -> None:
        self.diary = open_diary(settings if engine else prepare(settings), engine, router)

    def add(
        self,
        *files: str | Path,
        transcripts: Sequence[str | Path] = (),
        author: str | None = None,
        private: bool = False,
        **options: Any,
    ) -> list[str]:
        """Copy recordings into the inbox and register them; returns their ids. Without an *author* they are `me`'s.

        Of a recording that was added before, what is said now is added to what was said then. *transcripts* are files
        of other programs (vtt, srt, txt, Whisper's json): of a recording of the same name, else memos without audio.

        *options*: `recorded_at` (ISO 8601), `priority`, `language`.
        """
        from diary_pipeline.adding import put, register
        from diary_pipeline.recordings.add import AddOptions

        request = AddOptions(author=author, private=private, **options)
        paths = put(self.diary.settings, [Path(file) for file in files], request, [Path(one) for one in transcripts])
        register(self.diary, paths)
        known = self.diary.catalog.recordings.known_at(paths)
        return [known[path].id for path in paths]

    def process(
        self, days: Iterable[date | str] | None = None, mode: Mode = "interactive", *, stale: bool = False
    ) -> Summary:
        """Do everything that is pending for *days* (all days: None), from the inbox to the pages.

        *mode* nightly takes the cheapest way, through providers' half-price batches. With *stale*, also redo what
        another model, prompt or version of the program has made.
        """
        summary = pipeline.process(self.diary, self._days(days), mode=mode, wanted="stale" if stale else "pending")
        refresh(self.diary)
        return summary

    def redo(self, what: str, from_stage: RedoStage = "write") -> Summary:
        """Do a stage and those after it anew for a recording (id, or file of the inbox) or for all of a day.

        Models are asked again, whatever they answered before; the documents made before are kept.
        """
        names = [recording.id for recording in recordings_named(self.diary, what)]
        summary = redo(self.diary, names, from_stage)
        refresh(self.diary)
        return summary

    def page(self, day: date | str, author: str = ME) -> str | None:
        """A day's page as Markdown, with a person's edits; None where there is none yet.

        Raises:
            UserError: the author has no recording on that day.
        """
        from diary_pipeline.views.show import day_view

        markdown: str | None = day_view(self.diary, self._day(day, author), author)["markdown"]
        return markdown

    def recordings(self, days: Iterable[date | str] | None = None) -> list[dict[str, Any]]:
        """Every recording of *days* (all days: None) with its state and reason, as `diary status --json` has it."""
        from diary_pipeline.views import status

        return status.recordings(self.diary, self._days(days))

    def transcript(self, recording: str) -> Transcript | None:
        """What was said in the recording with this id or file name; None where it is not transcribed yet."""
        from diary_pipeline.views.show import transcript_of

        return transcript_of(self.diary, self._recording(recording))

    def note(self, recording: str) -> DiaryNote | None:
        """What the recording with this id or file name contributes to its day; None where it is not written yet."""
        from diary_pipeline.views.show import note_of

        return note_of(self.diary, self._recording(recording))

    def set_privacy(self, recording: str, privacy: Privacy) -> list[str]:
        """Keep a recording and all copies of its bytes on this machine (local_only), or let it leave it (standard).

        Returns the ids of the recordings whose class changed. Nothing is asked.
        """
        changed = pipeline.set_privacy(self.diary, self._recording(recording).id, privacy)
        refresh(self.diary)
        return changed

    def search(self, words: str, author: str | None = None, limit: int = SEARCH_LIMIT) -> list[dict[str, Any]]:
        """The sentences in which all *words* occur, newest first, as `diary search --json` has them.

        Case, accents and punctuation do not matter; words in quotation marks must stand in that order.
        """
        return search(self.diary, words, author, limit)

    def week(self, day: date | str, author: str = ME) -> str:
        """The review of the week that *day* lies in, as Markdown."""
        from diary_pipeline.views.show import week_view

        markdown: str = week_view(self.diary, self._day(day, author), author)["markdown"]
        return markdown

    def close(self) -> None:
        """Release connections; waits for calls to models that are under way."""
        self.diary.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.diary.__exit__(kind, error, trace)

    def _recording(self, identity: str) -> Recording:
        return recording_named(self.diary, identity)

    def _day(self, day: date | str, author: str = "") -> date:
        return day if isinstance(day, date) else parse_day(day, self.diary.settings, author)

    def _days(self, days: Iterable[date | str] | None) -> Sequence[date] | None:
        return None if days is None else [self._day(day) for day in days]
