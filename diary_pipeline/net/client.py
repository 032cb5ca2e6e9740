"""The HTTP client of all adapters: it sends to one host, through no proxy, and follows no redirect.

A proxy of the environment, or a 307, would receive the diary (docs/decisions/0004-router.md). The SDKs' debug logs can
hold prompts, so their level is raised.
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
    """A client that sends to *base_url*'s host only."""
    import httpx2

    allowed = httpx2.URL(base_url).host

    async def check_host(request: httpx2.Request) -> None:
        if request.url.host != allowed:
            raise AnotherHostError(allowed)

    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.AsyncClient(
        verify=trusted_certificates(),
        trust_env=False,
        follow_redirects=False,
        timeout=timeout,
        event_hooks={"request": [check_host]},
    )


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The trusted certificates; read once, because it takes 20 ms."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def close_debug_logs(*loggers: str) -> None:
    """Switch off the debug level of an SDK's logs: OPENAI_LOG and the like would print prompts."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.WARNING)
