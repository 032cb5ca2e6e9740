"""Which recordings the transcription endpoint may hear. The rule of hosts is the router's own; this is what speech adds to it.

What belongs here: the decision. A spoken wish for privacy is known only once it is heard, so audio goes to another machine only after
this one has heard its opening. What does not: sending anything (`endpoint`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from diary_pipeline.errors import TransientError
from diary_pipeline.net.local_hosts import is_local
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Job, Result, Samples
from diary_pipeline.transcribe.privacy import OPENING_SECONDS, opens_privately

MARGIN_SECONDS = 2.0
"""Heard beyond the opening, so that its last word is whole."""

MEND = (
    "It can only be heard on this machine: free memory for it, choose a smaller DIARY_WHISPER_MODEL, or trust the other machine "
    "(DIARY_LLM__ALLOWED_HOSTS). The next run tries again."
)


@dataclass
class Permission:
    """What *host* may hear. *trusted* hosts count as this machine; *listen* hears a short job here and nowhere else.

    It is asked anew for every batch, because a recording's privacy may tighten meanwhile.
    """

    host: str
    trusted: Collection[str]
    phrases: Sequence[str]
    listen: Callable[[Job], Result]
    _openings: dict[str, str] = field(default_factory=dict)

    def refusal(self, job: Job) -> TransientError | None:
        """Why *job* may not be heard there; None: it may."""
        if is_local(self.host, self.trusted):
            return None
        if job.privacy() != "standard":
            why = "it is local_only, or its author has not set remote_speech"
        else:
            if job.id not in self._openings:
                self._openings[job.id] = self._heard(job)
            why = self._openings[job.id]
        return TransientError(f"{job.id} may not be sent to {self.host}: {why}. {MEND}") if why else None

    def names(self, job: Job) -> str:
        """The names that *host* may be told beside *job*: none where it is another machine, since they may come from private memos."""
        return job.hotwords if is_local(self.host, self.trusted) else ""

    def _heard(self, job: Job) -> str:
        """What speaks against sending a recording, by its opening; empty: nothing. Fails closed."""
        short = replace(job, audio=lambda: _opening(job), memory=None, progress=None)
        try:
            result = self.listen(short)
        except Exception as error:  # noqa: BLE001 - whatever kept us from listening, the opening was not heard
            result = Result(job.id, error=error)
        if result.error is not None:
            return f"its first {OPENING_SECONDS:.0f} s could not be heard on this machine first ({type(result.error).__name__})"
        return "it opens with a wish for privacy" if opens_privately(result, self.phrases) else ""


def _opening(job: Job) -> Iterator[Samples]:
    """The first seconds of a job's audio."""
    left = int((OPENING_SECONDS + MARGIN_SECONDS) * SAMPLE_RATE)
    for window in job.audio():
        yield window[:left]
        left -= len(window)
        if left <= 0:
            return
