"""A machine that has no room for a chunk, and a server at its side: how the tests of the endpoint let jobs be heard.

Every connection that this process makes is noted in `connected`, whoever makes it.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from diary_pipeline.schema import Privacy
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.chain import Chain, EngineContext
from diary_pipeline.transcribe.options import Options, Plan
from tests.test_engine_devices import Device

connected: list[Any] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        connected.append(arguments[1])


sys.addaudithook(_listen)


def full() -> Device:
    return Device("cpu", room=0)


def hear(
    url: str,
    *jobs: Job,
    here: Callable[[], Device] = full,
    then: Sequence[Callable[[], Device]] = (),
    options: Options | None = None,
    **around: Any,
) -> list[Result]:
    """What a machine without room for a single chunk makes of the jobs, with a server at its side.

    *then*: what comes after *here*.
    """
    endpoint = {"url": url, "model": "m", "timeout_seconds": 5} | around.pop("endpoint", {})
    surroundings = EngineContext(endpoint=SpeechEndpoint(**endpoint), **around)
    connected.clear()
    with ExitStack() as stack:
        chain = Chain(surroundings, options or Options(), lambda: [here, *then], stack)
        return list(run(jobs, options or Options(), Plan(4, preparation_threads=1), chain.decoder))


def standard() -> Privacy:
    return "standard"
