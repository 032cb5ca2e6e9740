"""The chain of one run: a GPU, smaller batches on it, the CPU, the transcription endpoint; or the endpoint first.

What belongs here: which decoders there are, in which order, what they hold for as long as the run lasts (a leased device, connections),
and what surrounds an engine. What does not: stepping from one to the next (`fallback`), decoding (`whisper`, `endpoint`).
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field

from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe.batch import once, run
from diary_pipeline.transcribe.endpoint import EndpointDecoder
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.fallback import EndpointFirst, FallbackDecoder, NewDecoder
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.permission import Permission
from diary_pipeline.transcribe.rows import Decoder


@dataclass(frozen=True)
class EngineContext:
    """What is around an engine on its machine.

    `memory_mb` bounds what the process may take on a CPU; 0: nothing does. `lease` waits for a device and holds it.
    `endpoint` hears what `transcribe.permission` lets it hear, which knows `trusted` hosts and private `phrases`.
    """

    memory_mb: float = 0.0
    lease: Callable[[], AbstractContextManager[None]] | None = None
    endpoint: SpeechEndpoint = field(default_factory=SpeechEndpoint)
    trusted: Collection[str] = ()
    phrases: Sequence[str] = ()

    @property
    def endpoint_first(self) -> bool:
        """Whether the endpoint is asked before this machine."""
        return bool(self.endpoint.url) and self.endpoint.use == "first"


class Chain:
    """Makes a run's decoder. *here* gives the decoders of this machine in order; *stack* ends what they hold."""

    def __init__(
        self, around: EngineContext, options: Options, here: Callable[[], Sequence[NewDecoder]], stack: ExitStack
    ) -> None:
        self._around, self._options, self._stack = around, options, stack
        self._here = here
        self._alone = once(lambda: FallbackDecoder.of(*here()))

    def decoder(self) -> Decoder:
        """What the run decodes with. Loads this machine's model, unless the endpoint comes first."""
        if not self._around.endpoint.url:
            return self._alone()
        endpoint = self._endpoint()
        if self._around.endpoint_first:
            return EndpointFirst(endpoint, self._alone)
        return FallbackDecoder.of(*self._here(), lambda: endpoint)

    def _endpoint(self) -> Decoder:
        settings = self._around.endpoint
        permission = Permission(settings.host, self._around.trusted, self._around.phrases, self._listen)
        decoder = EndpointDecoder(settings, self._options, permission)
        self._stack.callback(decoder.close)
        return decoder

    def _listen(self, job: Job) -> Result:
        """Hear a short job on this machine alone."""
        with closing(run([job], self._options, Plan(1, 1, 1), self._alone)) as results:
            return next(results)
