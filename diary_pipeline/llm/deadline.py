"""How an ask's time is divided: a call may take half of what is left while other routes wait behind it, and never more than its limit."""

SHORTEST = 0.2  # seconds; a call that cannot have so much is not begun


def share(left: float, behind: int, timeout: float) -> float:
    """Seconds for the next call, with *behind* routes still to be asked after it."""
    return min(timeout, left / 2 if behind else left)
