"""Waits until something listens on a loopback port: `python -m deploy.dagster.await_port PORT SECONDS`."""

import contextlib
import socket
import sys
import time


def main(port: int, seconds: float) -> int:
    """0 once the port accepts connections, 1 after *seconds* without."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return 0
        time.sleep(0.1)
    print(f"Nothing listens on port {port} after {seconds:g} s. See the code server's output above.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
