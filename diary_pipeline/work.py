"""How every stage works: ask what is pending, claim it, do it, record how it ended.

Belongs here: the loop around a stage and the rules of retrying. Does not belong here: what any stage does.
"""

import contextlib
import logging
import os
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diary_pipeline.catalog import Catalog, Claim, Connection, Outcome, Subject
from diary_pipeline.errors import DiaryError, TransientError
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store

log = logging.getLogger("diary.work")
TELL_SECONDS = 2.0  # how often the catalog is told how far long work is
AT_ONCE = 64  # claimed together: enough to fill batches, few enough for several workers to share a backlog


@dataclass(frozen=True)
class Fault:
    """Why one subject was not done in this run. A permanent fault is not tried again by itself."""

    subject: str
    reason: str
    permanent: bool


@dataclass
class Report:
    """What one stage did in one run. `about` says how, in plain JSON values: the device, the memory it took."""

    stage: Stage
    attempts: int = 0
    done: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    audio_seconds: float = 0.0
    seconds: float = 0.0
    about: dict[str, Any] = field(default_factory=dict)


def no_op() -> None:
    """What a process that has nothing to look after does at each beat."""


def new_worker() -> str:
    """A name for whoever holds claims: machine, process and a part that no restart repeats."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Work:
    """What a stage needs to work: where facts and documents are, and in whose name claims are made.

    `each_beat` is called whenever the leases are renewed, for what this process should look after while it works.
    """

    settings: Settings
    catalog: Catalog
    store: Store
    fingerprints: Fingerprints
    run_id: str | None = None
    worker: str = field(default_factory=new_worker)
    each_beat: Callable[[], object] = no_op
    _progress: dict[Claim, tuple[float, float | None]] = field(default_factory=dict, init=False, repr=False)

    def claims(self, report: Report, pending: Callable[[], Sequence[Subject]]) -> Iterator[list[Claim]]:
        """Claim what *pending* names until nothing is left, each subject at most once in this run; renew the leases meanwhile.

        Claims that the consumer leaves open are given back.
        """
        tried: set[Subject] = set()
        started = time.monotonic()
        with self._heartbeat():
            while subjects := [s for s in pending() if s not in tried]:
                claims = self.catalog.attempts.claim(report.stage, subjects, self.worker, self.run_id, AT_ONCE)
                report.attempts += len(claims)
                tried |= {claim.subject for claim in claims}
                if not claims:
                    break
                try:
                    yield claims
                finally:
                    self._give_back(claims)
        report.seconds += time.monotonic() - started

    def tell(self, claim: Claim, share: float, seconds_left: float | None) -> None:
        """How far *claim* is.

        Costs nothing: the catalog hears of it from the thread that renews leases, the newest word alone.
        """
        self._progress[claim] = (share, seconds_left)

    def done(
        self, report: Report, claim: Claim, document: str | None, also: Callable[[Connection], bool] | None = None
    ) -> bool:
        """Record success. False when the claim was lost meanwhile: then nothing is committed."""
        if not self.catalog.attempts.finish(claim, "ok", document=document, also=also):
            log.warning(
                "claim lost, nothing committed", extra={"ctx": {"stage": claim.stage, "subject": claim.subject.name}}
            )
            return False
        report.done.append(claim.subject.name)
        log.debug(
            "attempt succeeded",
            extra={"ctx": {"stage": claim.stage, "subject": claim.subject.name, "run": self.run_id}},
        )
        return True

    def fault(
        self, report: Report, claim: Claim, error: Exception, also: Callable[[Connection], bool] | None = None
    ) -> None:
        """Record a failure.

        What the diary raised on purpose is told in its words; of anything else only the kind and the place.
        """
        permanent = isinstance(error, DiaryError) and not isinstance(error, TransientError)
        outcome: Outcome = "failed" if permanent else "error" if isinstance(error, TransientError) else "fault"
        reason = str(error) if isinstance(error, DiaryError) else _kind_and_place(error)
        report.faults.append(Fault(claim.subject.name, reason, permanent))
        self.catalog.attempts.finish(claim, outcome, error=reason, also=also)
        log.warning(
            "attempt failed", extra={"ctx": {"stage": claim.stage, "subject": claim.subject.name, "outcome": outcome}}
        )

    def _give_back(self, claims: Sequence[Claim]) -> None:
        with contextlib.suppress(TransientError):
            for claim in claims:
                self.catalog.attempts.finish(claim, "released")

    def _tell_catalog(self) -> None:
        """Write what was told since the last time. Progress that cannot be written is not worth a failure."""
        while self._progress:
            claim, (share, seconds_left) = self._progress.popitem()
            with contextlib.suppress(Exception):
                self.catalog.attempts.tell(claim, share, seconds_left)

    @contextlib.contextmanager
    def _heartbeat(self) -> Iterator[None]:
        over = threading.Event()

        def beat() -> None:
            pause = self.settings.lease_seconds / 4
            due = time.monotonic() + pause
            while not over.wait(min(pause, TELL_SECONDS)):
                self._tell_catalog()
                if time.monotonic() < due:
                    continue
                due = time.monotonic() + pause
                try:
                    self.catalog.attempts.renew(self.worker)
                except TransientError:
                    log.warning("leases could not be renewed", extra={"ctx": {"worker": self.worker}})
                self.each_beat()

        thread = threading.Thread(target=beat, daemon=True, name="diary-heartbeat")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _kind_and_place(error: Exception) -> str:
    """An unexpected error's message may quote the diary; its kind and place may not."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"An unexpected {type(error).__name__}{place}. It is tried again twice; DIARY_LOG_LEVEL=DEBUG tells more."
