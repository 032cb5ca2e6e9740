"""The nouns of claims: a piece of work, the right to do it, and how it ended."""

from dataclasses import dataclass, field
from typing import Literal

from diary_pipeline.schema import Stage, Wanted

Outcome = Literal["ok", "interim", "failed", "error", "fault", "died", "crashed", "released"]
"""How an attempt ended:

- ok: its document is the result. With an error: a note that no model wrote, and why;
- interim: its document, a placeholder note, is used until a model's note can be had. With an error: no provider was
  available, and it is asked again. Without a document: the note before is used;
- failed: this input will never work;
- error: the world was not ready, worth a retry;
- fault: an unexpected error;
- died: its lease ran out, or its run was declared dead: its subject is a suspect from then on;
- crashed: it was tried alone in a child process, which died while its parent lived to see it;
- released: given back unfinished, as at a polite stop.

The catalog also sets *retried* (a failure that a person asked to forget), *stale* (a page whose recordings changed) and
*lost* (its document cannot be read any more).
"""


@dataclass(frozen=True)
class Subject:
    """One piece of work: a recording's id or a page's "author/day", and the fingerprint it is to be done with.

    *inputs* is the part of it that a person can correct. *since* is the newest attempt that had settled it when it was
    found to be to do: it is not claimed where another worker has settled it since. Without *since* it is not claimed
    where it was ever settled with this fingerprint. *wanted* says why it is to be done.
    """

    name: str
    fingerprint: str
    inputs: str | None = field(default=None, compare=False)
    since: int | None = field(default=None, compare=False)
    wanted: Wanted = field(default="pending", compare=False)


@dataclass(frozen=True)
class Claim:
    """The right to work on a subject, as long as its row has no outcome. `token` is the row's id: the fencing token.

    `suspect`: a process died over the subject before, so it is tried alone in a child process.
    """

    token: int
    stage: Stage
    subject: Subject
    suspect: bool = False


@dataclass(frozen=True)
class ProviderUnavailable:
    """The reasons of the attempts for which no provider was available, oldest first; `newest`: nothing came after."""

    reasons: tuple[str, ...]
    newest: bool


@dataclass(frozen=True)
class UnderWay:
    """Long work under way: the share done, and the seconds left if known."""

    subject: str
    stage: Stage
    share: float
    seconds_left: float | None
