"""The decoders of one run in order: a GPU, smaller batches on it, the CPU, the endpoint; or the endpoint first.

Also holds what they need while the run lasts: connections and the leased device. `fallback` steps from one to the next.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field

from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe.aligner import Align, keep_untimed
from diary_pipeline.transcribe.batch import once, run
from diary_pipeline.transcribe.endpoint import EndpointDecoder
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.fallback import DecoderFactory, EndpointFirst, FallbackDecoder
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.permission import Permission
from diary_pipeline.transcribe.rows import Decoder
from diary_pipeline.transcribe.weights import Weights


@dataclass(frozen=True)
class EngineContext:
    """What an engine needs to know about its machine.

    `memory_mb` limits the memory of the process on a CPU; 0 means no limit. `lease` waits for a device and holds it.
    `endpoint` receives only audio that `permission.Permission` allows; `trusted_hosts` and `private_phrases` are passed
    on to it. `aligning_weights` gives weights of this machine that know a language, for text without times.
    """

    memory_mb: float = 0.0
    lease: Callable[[], AbstractContextManager[None]] | None = None
    endpoint: SpeechEndpoint = field(default_factory=SpeechEndpoint)
    trusted_hosts: Collection[str] = ()
    private_phrases: Sequence[str] = ()
    aligning_weights: Callable[[str], Weights | None] = lambda _: None

    @property
    def endpoint_first(self) -> bool:
        """Whether the endpoint is asked before this machine."""
        return bool(self.endpoint.url) and self.endpoint.use == "first"


class DecoderChain:
    """Builds a run's decoder.

    *local_decoders* gives this machine's decoders, best first; *stack* closes what they hold. *align* times the text of
    an endpoint that states no times.
    """

    def __init__(
        self,
        context: EngineContext,
        options: Options,
        local_decoders: Callable[[], Sequence[DecoderFactory]],
        stack: ExitStack,
        align: Align = keep_untimed,
    ) -> None:
        self._context, self._options, self._stack = context, options, stack
        self._local_decoders, self._align = local_decoders, align
        self._local_decoder = once(lambda: FallbackDecoder.first_available(*local_decoders()))

    def decoder(self) -> Decoder:
        """The run's decoder. Loads this machine's model, unless the endpoint comes first."""
        if not self._context.endpoint.url:
            return self._local_decoder()
        endpoint = self._endpoint()
        if self._context.endpoint_first:
            return EndpointFirst(endpoint, self._local_decoder)
        return FallbackDecoder.first_available(*self._local_decoders(), lambda: endpoint)

    def _endpoint(self) -> Decoder:
        settings = self._context.endpoint
        permission = Permission(
            settings.host, self._context.trusted_hosts, self._context.private_phrases, self._transcribe_locally
        )
        decoder = EndpointDecoder(settings, self._options, permission, self._align)
        self._stack.callback(decoder.close)
        return decoder

    def _transcribe_locally(self, job: Job) -> Result:
        """Transcribe a short job on this machine alone."""
        with closing(run([job], self._options, Plan(1, 1, 1), self._local_decoder)) as results:
            return next(results)
