"""Which routes may see which words. The first filter of every ask, and it fails closed.

A route is local only if its host is a loopback address, or stands in the settings' list of hosts that are trusted like this machine. A
name is not looked up: whoever controls the name server would decide.
"""

import ipaddress
from collections.abc import Collection, Sequence
from typing import Any

from diary_pipeline.catalog import Recordings
from diary_pipeline.llm.provider import Route
from diary_pipeline.llm.request import Request
from diary_pipeline.schema import Privacy


def is_local(host: str, allowed: Collection[str]) -> bool:
    """Whether words that must not leave the machine may be sent to *host*."""
    if host in allowed:
        return bool(host)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def permitted(route: Route, privacy: Privacy, allowed: Collection[str]) -> bool:
    """Whether *route* may be asked. Judged by the host that its requests really go to, not by what the route calls itself."""
    return privacy == "standard" or (route.local and is_local(route.provider.host, allowed))


def tightest(recordings: Recordings, request: Request[Any]) -> Privacy:
    """The request's class, or the recording's own where that was tightened since the request was made."""
    known = recordings.get([request.recording])
    return "local_only" if "local_only" in (request.privacy, *(recording.privacy for recording in known)) else "standard"


def split(routes: Sequence[Route], privacy: Privacy, allowed: Collection[str]) -> tuple[list[Route], list[Route]]:
    """The routes that may be asked, and those that may not."""
    yes = [route for route in routes if permitted(route, privacy, allowed)]
    return yes, [route for route in routes if route not in yes]
