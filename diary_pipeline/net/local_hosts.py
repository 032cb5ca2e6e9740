"""Which hosts count as this machine: loopback addresses, and those that the settings trust like it.

A host name is not resolved: otherwise the name server would decide.
"""

import ipaddress
from collections.abc import Collection


def is_local(host: str, allowed: Collection[str]) -> bool:
    """Whether words that must not leave the machine may be sent to *host*."""
    if host in allowed:
        return bool(host)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
