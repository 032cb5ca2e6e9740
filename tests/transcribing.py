"""Transcribe with a scripted machine and a transcription server, for the tests of the endpoint.

Every connection of this process is recorded in `connections`.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from diary_pipeline.schema import Privacy
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.chain import DecoderChain, EngineContext
from diary_pipeline.transcribe.options import Options, Plan
from tests.test_engine_devices import ScriptedDevice

connections: list[Any] = []


def _record_connection(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        connections.append(arguments[1])


sys.addaudithook(_record_connection)


def no_room() -> ScriptedDevice:
    return ScriptedDevice("cpu", room=0)


def transcribe_with_endpoint(
    url: str,
    *jobs: Job,
    local_decoder: Callable[[], ScriptedDevice] = no_room,
    next_decoders: Sequence[Callable[[], ScriptedDevice]] = (),
    options: Options | None = None,
    **context: Any,
) -> list[Result]:
    """Results of the jobs with the server at *url*, on a machine that by default has no room for a chunk.

    *next_decoders* come after *local_decoder* and before the server.
    """
    endpoint = {"url": url, "model": "m", "timeout_seconds": 5} | context.pop("endpoint", {})
    engine_context = EngineContext(endpoint=SpeechEndpoint(**endpoint), **context)
    connections.clear()
    with ExitStack() as stack:
        chain = DecoderChain(engine_context, options or Options(), lambda: [local_decoder, *next_decoders], stack)
        return list(run(jobs, options or Options(), Plan(4, preparation_threads=1), chain.decoder))


def standard() -> Privacy:
    return "standard"
