"""How an ask's time is divided: a call may take half of the rest while other routes remain, and at most its limit."""

MIN_CALL_SECONDS = 0.2  # with less time left, no call is made


def call_seconds(left: float, routes_left: int, timeout: float) -> float:
    """Seconds for the next call, with *left* seconds until the deadline and *routes_left* routes after it."""
    return min(timeout, left / 2 if routes_left else left)
