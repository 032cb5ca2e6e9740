"""The loop around every stage: ask what is pending, claim it, do it, record how it ended; and the rules of retrying."""

import contextlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from diary_pipeline.backlog import Backlog
from diary_pipeline.catalog import Catalog, Claim, Connection, Outcome, Subject
from diary_pipeline.documents import DamagedDocumentError
from diary_pipeline.errors import DiaryError, TransientError, type_and_place
from diary_pipeline.file_names import readable
from diary_pipeline.fingerprints import Fingerprints, digest
from diary_pipeline.freshness import Freshness, to_do
from diary_pipeline.schema import Recording, Stage, Wanted
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.suspects import CRASHES_ALLOWED, ChildDiedError, ChildStoppedError, NoChildError, SuspectChild

log = logging.getLogger("diary.work")
PROGRESS_SECONDS = 2.0
"""How often the progress of long work is written to the catalog."""
UNEXPECTED = "An unexpected {0}. It is retried twice; DIARY_LOG_LEVEL=DEBUG says more."
CLAIMED_TOGETHER = 64
"""Enough subjects to fill batches, few enough for several workers to share a backlog."""

FAULTS_ALLOWED = 3
_RETRY = "`diary process --retry` tries it again."
FAILED_AGAIN = f"It failed {FAULTS_ALLOWED} times in an unexpected way. {_RETRY}"
CRASHED = "A process that worked on it alone died ({0}). The next run tries it once more."
CRASHED_AGAIN = f"Each process that worked on it alone died (the last: {{0}}). {_RETRY}"
STOPPED = "The process that worked on it was stopped. The next run tries it again."


@dataclass(frozen=True)
class Fault:
    """Why one subject was not done in this run. A permanent fault is not retried automatically."""

    subject: str
    reason: str
    permanent: bool


@dataclass
class Report:
    """What one stage did in one run. `about` holds details as plain JSON values, such as the device and peak memory.

    `lost` are documents of earlier stages that could not be read and are to be made again.
    """

    stage: Stage
    attempts: int = 0
    done: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    audio_seconds: float = 0.0
    seconds: float = 0.0
    about: dict[str, Any] = field(default_factory=dict)

    def add(self, part: "Report") -> None:
        """Add what another process did in the same run, without its attempts and its time."""
        self.done += part.done
        self.faults += part.faults
        self.lost += part.lost
        self.audio_seconds += part.audio_seconds
        self.about |= part.about


def no_op() -> None:
    """Do nothing: the default of `Work.on_heartbeat`."""


def new_worker() -> str:
    """A unique name for a holder of claims: machine, process and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Work:
    """What a stage needs: facts, documents, and the name under which it claims work.

    `wanted` says what the run does, `only` (where given) with which recordings. `on_heartbeat` is called whenever the
    leases are renewed, `look` before something is sent: it looks at the inbox again. `child` tries suspects. `held` is
    the one claim of a process that is such a child: its parent made it, renews it and gives it back.
    """

    settings: Settings
    catalog: Catalog
    store: Store
    fingerprints: Fingerprints
    run_id: str | None = None
    worker: str = field(default_factory=new_worker)
    on_heartbeat: Callable[[], object] = no_op
    look: Callable[[], object] = no_op
    child: SuspectChild | None = None
    held: Claim | None = None
    wanted: Wanted = "pending"
    only: frozenset[str] | None = None
    _progress: dict[Claim, tuple[float, float | None]] = field(default_factory=dict, init=False, repr=False)

    def candidates(self, days: Sequence[date] | None) -> list[Recording]:
        """The recordings of *days* of which something may be to do for this run."""
        return self.catalog.known_states.candidates(self.fingerprints.basis, self.wanted, days)

    def to_do(self, freshnesses: Iterable[Freshness]) -> list[Subject]:
        """The subjects of these that this run is to do."""
        return [s for s in to_do(freshnesses, self.wanted, self.run_id) if self.only is None or s.name in self.only]

    def document_name(self, claim: Claim) -> str:
        """The name of the document that *claim* makes: its fingerprint. What is redone lies beside what was there."""
        own = f"-{digest(self.run_id or self.worker)[:8]}" if claim.subject.wanted == "redo" else ""
        return f"{claim.subject.fingerprint}{own}"

    def claims(self, report: Report, pending: Callable[[], Sequence[Subject]]) -> Iterator[list[Claim]]:
        """Claim what *pending* names until nothing is left, each subject at most once in this run.

        Leases are renewed meanwhile. Claims that the consumer leaves open are released.
        """
        started = time.monotonic()
        with self._heartbeat():
            if self.held is not None:
                yield [self.held]
                return
            try:
                yield from self._claimed(report, pending)
            finally:
                if self.child is not None:
                    self.child.close()
                self._release()
        report.seconds += time.monotonic() - started

    def _claimed(self, report: Report, pending: Callable[[], Sequence[Subject]]) -> Iterator[list[Claim]]:
        backlog = Backlog(self.catalog.attempts, report.stage, pending)
        while some := backlog.some():
            claims = self.catalog.attempts.claim(report.stage, some, self.worker, self.run_id, CLAIMED_TOGETHER)
            report.attempts += len(claims)
            backlog.tried({claim.subject for claim in claims})
            if claims and not (claims[0].suspect and self._try_alone(report, claims[0])):
                yield claims
            self._release()

    def _try_alone(self, report: Report, claim: Claim) -> bool:
        """Let the child do the work of *claim*, and record its death; False where no child can do it."""
        if self.child is None:
            return False
        crashes = self.catalog.attempts.history(claim).crashes
        if crashes:
            self.child.close()  # the last chance is in a child that did nothing before
        try:
            answer = self.child.ask(claim)
        except NoChildError:
            return False
        except ChildStoppedError:
            report.faults.append(Fault(claim.subject.name, STOPPED, permanent=False))
        except ChildDiedError as death:
            again = crashes + 1 >= CRASHES_ALLOWED
            reason = (CRASHED_AGAIN if again else CRASHED).format(death)
            self._close(report, claim, "failed" if again else "crashed", reason, None)
        else:
            if isinstance(answer, DiaryError):
                raise answer
            if isinstance(answer, Report):
                report.add(answer)
            else:
                self._unexpected(report, claim, answer, None)
        return True

    def report_progress(self, claim: Claim, share: float, seconds_left: float | None) -> None:
        """Buffer the progress of *claim*; the heartbeat thread writes the latest value to the catalog."""
        self._progress[claim] = (share, seconds_left)

    def done(
        self,
        report: Report,
        claim: Claim,
        document: str | None,
        also: Callable[[Connection], bool] | None = None,
        error: str | None = None,
    ) -> bool:
        """Record success; *error*: why it is not all that was wanted. False, and nothing is done, for a lost claim."""
        if not self.catalog.attempts.finish(claim, "ok", document=document, error=error, also=also):
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

    def lose(self, report: Report, damage: DamagedDocumentError) -> bool:
        """Have a damaged document made again by the stage that made it; False where that was asked for before."""
        if not self.catalog.attempts.mark_lost(damage.stage, damage.recording, damage.path, str(damage)):
            return False
        report.lost.append(damage.path)
        log.warning("a document cannot be read", extra={"ctx": {"document": damage.path, "stage": damage.stage}})
        return True

    @contextlib.contextmanager
    def guarded(self, report: Report, claim: Claim) -> Iterator[None]:
        """Record what goes wrong meanwhile as the failure of *claim* alone: the other claims go on.

        Raises:
            TransientError: the failure itself cannot be recorded.
        """
        try:
            yield
        except Exception as error:  # noqa: BLE001 - one subject must not stop the others; `fault` records it
            self.fault(report, claim, error)

    def fault(
        self, report: Report, claim: Claim, error: Exception, also: Callable[[Connection], bool] | None = None
    ) -> None:
        """Record a failure: a `DiaryError` by its message, anything else by its type and place only."""
        if isinstance(error, TransientError):
            self._close(report, claim, "error", str(error), also)
        elif isinstance(error, DiaryError):
            self._close(report, claim, "failed", str(error), also)
        else:
            self._unexpected(report, claim, type_and_place(error), also)

    def _unexpected(self, report: Report, claim: Claim, what: str, also: Callable[[Connection], bool] | None) -> None:
        if self.catalog.attempts.history(claim).faults + 1 >= FAULTS_ALLOWED:
            self._close(report, claim, "failed", f"An unexpected {what}. {FAILED_AGAIN}", also)
        else:
            self._close(report, claim, "fault", UNEXPECTED.format(what), also)

    def _close(
        self,
        report: Report,
        claim: Claim,
        outcome: Outcome,
        reason: str,
        also: Callable[[Connection], bool] | None,
    ) -> None:
        reason = readable(reason)
        report.faults.append(Fault(claim.subject.name, reason, permanent=outcome == "failed"))
        try:
            self.catalog.attempts.finish(claim, outcome, error=reason, also=also)
        except TransientError:
            raise  # the catalog cannot be used, for the other subjects neither
        except Exception as trouble:  # noqa: BLE001 - what else was to be recorded must not stop the other subjects
            self.catalog.attempts.finish(claim, "fault", error=UNEXPECTED.format(type_and_place(trouble)))
        log.warning(
            "attempt failed",
            extra={"ctx": {"stage": claim.stage, "subject": claim.subject.name, "outcome": outcome}},
        )

    def _release(self) -> None:
        with contextlib.suppress(TransientError):
            self.catalog.attempts.release(self.worker)

    def _write_progress(self) -> None:
        """Write the buffered progress. Progress that cannot be written is no reason to fail."""
        while self._progress:
            with contextlib.suppress(Exception):
                claim, (share, seconds_left) = self._progress.popitem()
                self.catalog.attempts.record_progress(claim, share, seconds_left)

    def _beat(self) -> None:
        """Renew the leases. Whatever goes wrong, the next beat tries again: without it all claims would be lost."""
        try:
            self.catalog.attempts.renew(self.worker)
        except Exception as error:  # noqa: BLE001 - see above
            context = {"worker": self.worker, "error": type_and_place(error)}
            log.warning("leases could not be renewed", extra={"ctx": context})
        try:
            self.on_heartbeat()
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("a heartbeat's callback failed", extra={"ctx": {"error": type_and_place(error)}})

    @contextlib.contextmanager
    def _heartbeat(self) -> Iterator[None]:
        stopped = threading.Event()

        def beat() -> None:
            pause = self.settings.lease_seconds / 4
            due = time.monotonic() + pause
            while not stopped.wait(min(pause, PROGRESS_SECONDS)):
                self._write_progress()
                if time.monotonic() >= due:
                    due = time.monotonic() + pause
                    self._beat()

        thread = threading.Thread(target=beat, daemon=True, name="diary-heartbeat")
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
