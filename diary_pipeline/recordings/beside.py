"""What the sidecars of one recording say together: the first of them speaks, and any of them can make it private."""

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.file_names import as_file, as_stored
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.inbox_file import InboxFile
from diary_pipeline.recordings.sidecar import Foreign, Held, Sidecar, parse, wrong_ending

NO_SIDECAR = Sidecar()


@dataclass(frozen=True)
class Beside:
    """What was read beside a recording.

    `mark` changes with what is said; it is empty where nothing is. `foreign`: there is a file of another program.
    `growing`: a file was written so lately that it may not be complete.
    """

    said: Sidecar = NO_SIDECAR
    held: str | None = None
    mark: str = ""
    foreign: bool = False
    growing: bool = False


def read_beside(inbox: Inbox, found: InboxFile, settle_seconds: float) -> Beside:
    """Read what lies beside *found*. A file that changed within *settle_seconds* is not settled.

    Raises:
        TransientError: the bucket cannot be read.
    """
    parsed, growing = list[Sidecar | Foreign | Held](), False
    for name, right in (*((name, name) for name in found.sidecars.named), *found.sidecars.misnamed):
        got = inbox.beside(found.path, name)
        if isinstance(got, Held):
            parsed.append(got)
        elif got is not None:
            data, changed = got
            growing |= time.time() - changed < settle_seconds
            what = parse(name, data)
            parsed.append(what if name == right or isinstance(what, Foreign) else wrong_ending(name, right))
    here = PurePosixPath(as_file(found.path))
    for name in found.sidecars.transcripts:
        changed = inbox.changed(as_stored(here.with_name(name).as_posix()))
        growing |= time.time() - changed < settle_seconds
    return replace(_together(parsed), growing=growing)


def _together(parsed: list[Sidecar | Foreign | Held]) -> Beside:
    foreign = any(isinstance(one, Foreign) for one in parsed)
    held = next((one.reason for one in parsed if isinstance(one, Held)), None)
    if held is not None:
        return Beside(held=held, mark=_digest("held", held), foreign=foreign)
    ours = [one for one in parsed if isinstance(one, Sidecar)]
    if not ours:
        return Beside(foreign=foreign)
    first, mark = ours[0], repr(list(ours[0].written))
    for other in ours[1:]:
        if other.privacy != first.privacy:
            first, mark = replace(first, privacy=tightest(first.privacy, other.privacy)), mark + other.privacy
    return Beside(first, mark=_digest(mark), foreign=foreign)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
