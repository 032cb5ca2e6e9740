"""What can go wrong, by what to do about it.

    DiaryError
    ├── UserError        the request cannot be met as asked: shown to the person, nothing is retried
    ├── PermanentError   this input will never work as it is: its recording is quarantined or failed
    └── TransientError   the world was not ready: the same work is tried again later

Every message says what failed, which thing, and the command or setting that mends it. Diary text never goes in.
"""

import traceback
from pathlib import Path


class DiaryError(Exception):
    """Base of all errors that the diary raises on purpose; its message is meant for people."""


class UserError(DiaryError):
    """A setting, an argument or a file cannot be used as given."""


class PermanentError(DiaryError):
    """Trying the same input again cannot help: bad audio, refused date, refused weights."""


class TransientError(DiaryError):
    """Trying again later may help: a locked catalog, a full disk, an unreachable bucket."""


def type_and_place(error: BaseException) -> str:
    """The type of an error and where it was raised: "KeyError at day.py:12". Its message may quote the diary."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
