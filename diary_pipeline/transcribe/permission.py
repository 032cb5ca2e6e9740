"""Which recordings may be sent to the transcription endpoint.

Hosts follow the same rule as in the router. For speech one more applies: a spoken wish for privacy is known only after
transcription, so this machine transcribes a recording's opening before any of it is sent.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from diary_pipeline.errors import TransientError
from diary_pipeline.net.local_hosts import is_local
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Job, Result, Samples
from diary_pipeline.transcribe.privacy import OPENING_SECONDS, opens_privately

MARGIN_SECONDS = 2.0
"""Transcribed beyond the opening, so that its last word is complete."""

REMEDY = (
    "It can only be transcribed on this machine: free memory for it, choose a smaller DIARY_WHISPER_MODEL, "
    "or trust the other machine (DIARY_LLM__ALLOWED_HOSTS). The next run tries again."
)


@dataclass
class Permission:
    """What may be sent to *host*. *trusted_hosts* count as this machine; *transcribe_locally* runs a short job here.

    It is asked again for every batch, because a recording's privacy may tighten during a run.
    """

    host: str
    trusted_hosts: Collection[str]
    private_phrases: Sequence[str]
    transcribe_locally: Callable[[Job], Result]
    _objections: dict[str, str] = field(default_factory=dict)

    def refusal(self, job: Job) -> TransientError | None:
        """Why *job* may not be sent; None: it may."""
        if is_local(self.host, self.trusted_hosts):
            return None
        if job.privacy() != "standard":
            why = "it is local_only, or its author has not set remote_speech"
        else:
            if job.id not in self._objections:
                self._objections[job.id] = self._opening_objection(job)
            why = self._objections[job.id]
        return TransientError(f"{job.id} may not be sent to {self.host}: {why}. {REMEDY}") if why else None

    def hotwords(self, job: Job) -> str:
        """The names that may be sent with *job*: none to another machine, since they may come from private memos."""
        return job.hotwords if is_local(self.host, self.trusted_hosts) else ""

    def _opening_objection(self, job: Job) -> str:
        """What a recording's opening says against sending it; empty: nothing. An error counts as an objection."""
        short = replace(job, audio=lambda: _opening(job), chunk_store=None, progress=None)
        try:
            result = self.transcribe_locally(short)
        except Exception as error:  # noqa: BLE001 - whatever failed, the opening was not transcribed
            result = Result(job.id, error=error)
        if result.error is not None:
            kind = type(result.error).__name__
            return f"its first {OPENING_SECONDS:.0f} s could not be transcribed on this machine first ({kind})"
        return "it opens with a wish for privacy" if opens_privately(result, self.private_phrases) else ""


def _opening(job: Job) -> Iterator[Samples]:
    """The first seconds of a job's audio."""
    left = int((OPENING_SECONDS + MARGIN_SECONDS) * SAMPLE_RATE)
    for window in job.audio():
        yield window[:left]
        left -= len(window)
        if left <= 0:
            return
