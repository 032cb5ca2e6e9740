"""Doing work anew at a person's wish, although nothing about it has changed."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import get_args

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.pipeline import OnTranscribed, no_progress
from diary_pipeline.schema import Recording, RedoStage, Stage, Wanted
from diary_pipeline.summary import Summary
from diary_pipeline.work import Fault, Report

LEFT = "It was not written anew: its note waits for a batch, or is being written. Try again when that has ended."


def redo(
    diary: Diary, names: Collection[str], from_stage: RedoStage = "write", progress: OnTranscribed = no_progress
) -> Summary:
    """Do a stage and those after it anew for the recordings with these ids, and compose their pages.

    Models are asked again, whatever they answered before. The documents that were made before are kept. From compose,
    the pages have everything again that a person took off them.
    """
    recordings = diary.catalog.recordings.get(names)
    days = sorted({r.day for r in recordings if r.day})
    reports = [pipeline.transcribe(diary, days, progress, names, wanted_in("transcribe", from_stage))]
    left = set(names) - {fault.subject for fault in reports[0].faults}
    reports.append(pipeline.write_notes(diary, days, "interactive", wanted_in("write", from_stage), left))
    if reports[-1].lost:  # transcripts that could not be read
        reports.append(pipeline.transcribe(diary, days, progress, names))
        reports.append(pipeline.write_notes(diary, days, only=left))
    if from_stage == "compose":
        _put_back(diary, recordings)
    else:
        reports[-1].faults += _left_alone(left, reports)
    return Summary.of(*reports, pipeline.compose_days(diary, days))


def compose_again(diary: Diary, days: Sequence[date]) -> Report:
    """Compose the pages of *days* with everything that a person took off them."""
    _put_back(diary, [recording for recording, _ in diary.catalog.recordings.all(days)])
    return pipeline.compose_days(diary, days)


def wanted_in(stage: Stage, from_stage: RedoStage) -> Wanted:
    """What a run wants of a stage that redoes everything from another one on.

    A new note makes a new page by itself.
    """
    stages = get_args(Stage)
    follows = stages.index(stage) >= stages.index(from_stage)
    return "redo" if follows and (stage != "compose" or from_stage == "compose") else "pending"


def _put_back(diary: Diary, recordings: Sequence[Recording]) -> None:
    """Let the pages of *recordings* be composed again, with what a person took off them."""
    from diary_pipeline.notes.pages import put_back

    for author, day in sorted({(r.author, r.day) for r in recordings if r.day}):
        put_back(diary.work(), author, day)


def _left_alone(names: Collection[str], reports: Collection[Report]) -> list[Fault]:
    """A fault for each of *names* whose note should have been redone, and was not even tried."""
    tried = {name for report in reports if report.stage == "write" for name in report.done}
    tried |= {fault.subject for report in reports for fault in report.faults}
    return [Fault(name, LEFT, permanent=False) for name in sorted(set(names) - tried)]
