"""Which routes may see which words: the first filter of every ask. It fails closed.

A route is local only if its host counts as this machine (`net.local_hosts`).
"""

from collections.abc import Collection, Sequence
from typing import Any

from diary_pipeline.catalog import Recordings
from diary_pipeline.llm.provider import Route
from diary_pipeline.llm.request import Request
from diary_pipeline.net.local_hosts import is_local
from diary_pipeline.schema import Privacy


def permitted(route: Route, privacy: Privacy, allowed: Collection[str]) -> bool:
    """Whether *route* may be asked, judged by the host that its requests really go to."""
    return privacy == "standard" or (route.local and is_local(route.provider.host, allowed))


def tightest(recordings: Recordings, request: Request[Any]) -> Privacy:
    """The request's class, or the recording's where it was tightened since the request was made."""
    known = recordings.get([request.recording])
    return (
        "local_only" if "local_only" in (request.privacy, *(recording.privacy for recording in known)) else "standard"
    )


def split(routes: Sequence[Route], privacy: Privacy, allowed: Collection[str]) -> tuple[list[Route], list[Route]]:
    """The routes that may be asked, and those that may not."""
    yes = [route for route in routes if permitted(route, privacy, allowed)]
    return yes, [route for route in routes if route not in yes]
