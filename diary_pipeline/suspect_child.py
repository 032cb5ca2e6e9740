"""Suspects are tried alone in a child process: the child's side of `suspects`.

It opens the diary anew, loads what the stage needs, and does the work of the claims that its parent holds, one at a
time. It may die of one; it ends when its parent does.
"""

import contextlib
import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from diary_pipeline.catalog import Claim
from diary_pipeline.diary import Diary
from diary_pipeline.errors import DiaryError, type_and_place
from diary_pipeline.observability.logs import set_up_logging
from diary_pipeline.pipeline import no_progress
from diary_pipeline.schema import Mode
from diary_pipeline.work import Report

_PR_SET_PDEATHSIG = 1


def main(handle: int) -> None:
    """Serve requests on the pipe with this file descriptor until it is closed."""
    from diary_pipeline.transcribe.environment import set_library_variables

    set_library_variables()
    with Connection(handle) as pipe, contextlib.suppress(EOFError):
        _bind_to_parent(pickle.loads(pipe.recv_bytes()))  # noqa: S301 - what the parent has sent
        reopen, options = pickle.loads(pipe.recv_bytes())  # noqa: S301 - the same
        with reopen() as diary:
            set_up_logging(diary.settings.log_level)
            pipe.send("ready")
            while True:
                pipe.send(_answer(diary, pipe.recv(), options))


def do(
    diary: Diary,
    claim: Claim,
    run_id: str | None = None,
    days: Sequence[date] | None = None,
    mode: Mode = "interactive",
    batch_until: datetime | None = None,
) -> Report:
    """Do the work of one claim that the parent holds."""
    work = replace(diary.of_run(run_id).work() if run_id else diary.work(), held=claim)
    if claim.stage == "ingest":
        from diary_pipeline.recordings.ingest import ingest
        from diary_pipeline.transcribe.imported import spoken_text

        with diary.new_reader() as reader:
            return ingest(work, reader, days, spoken_text)
    if claim.stage == "transcribe":
        from diary_pipeline.transcribe.stage import transcribe

        return transcribe(work, diary.engine, diary.new_reader, days, no_progress)
    if claim.stage == "write":
        from diary_pipeline.notes.write_stage import write_notes

        return write_notes(work, diary.writer, days, mode, batch_until)
    from diary_pipeline.notes.pages import compose_pages

    return compose_pages(work, days)


def _answer(diary: Diary, claim: Claim, options: dict[str, Any]) -> Report | DiaryError | str:
    try:
        return do(diary, claim, **options)
    except DiaryError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the parent decides; the message could quote the diary
        return type_and_place(error)


def _bind_to_parent(parent: int) -> None:
    """End with the parent, leave Ctrl-C to it, and be the first that dies when memory is short."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
