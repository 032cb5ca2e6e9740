"""The one HTTP client that all adapters use: it goes to one host, and to no proxy and no redirect.

An environment's HTTP_PROXY would receive the diary, and a 307 would send it on; both were seen (docs/decisions/0004-router.md). The SDKs'
own logs can hold prompts at their debug level, so that level is closed.
"""

import logging
import ssl
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 5.0
READ_SECONDS = 600.0  # between two bytes; the router's own deadline, shorter, is what ends a call


class AnotherHostError(Exception):
    """A request was about to go to a host that the route does not name."""


def new_client(base_url: str) -> "httpx2.AsyncClient":
    """A client for *base_url*'s host alone."""
    import httpx2

    allowed = httpx2.URL(base_url).host

    async def stay(request: httpx2.Request) -> None:
        if request.url.host != allowed:
            raise AnotherHostError(allowed)

    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.AsyncClient(
        verify=trusted_certificates(),
        trust_env=False,
        follow_redirects=False,
        timeout=timeout,
        event_hooks={"request": [stay]},
    )


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The certificates that are trusted; read once, because it takes 20 ms."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def close_debug_logs(*loggers: str) -> None:
    """Close the debug level of an SDK's logs: OPENAI_LOG and the like would print prompts."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.WARNING)
