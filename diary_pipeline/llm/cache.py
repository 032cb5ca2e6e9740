"""Answers that were given before: the same prompt over the same words in the same shape is not paid for twice.

An answer is a document of its recording (`answers/ID/KEY.json`), so that it lies where the recording's privacy class says, and is erased
with it. It is judged anew at every use: a stricter check must not be passed by an old answer.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Request
from diary_pipeline.llm.schemas import schema_of
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store, document_path


def prompt_hash(request: Request[Any]) -> str:
    """What is asked, without the words it is asked about."""
    return _sha256(request.purpose, request.instructions)


def key(request: Request[Any], hidden: Pseudonyms | None = None) -> str:
    """The name of the request's answer: hashes of the prompt, of the transcript and of the schema.

    Names that are hidden count too, in their order: an answer that comes back from a batch after the list of names has
    changed would have the wrong ones put back.
    """
    names = [hidden.stem, *hidden.names] if hidden is not None and hidden.names else []
    return _sha256(prompt_hash(request), _sha256(request.material), _sha256(schema_of(request.shape)[1]), *names)[:40]


@dataclass(frozen=True)
class Cached:
    """An answer: whose it was, its JSON text, and whether it is as a batch brought it: judged by nobody, its names still hidden."""

    route: str
    text: str
    batched: bool = False


class Cache:
    """Answers in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, recording: str, name: str, privacy: Privacy) -> Cached | None:
        """The answer, if there is one that can be read."""
        data = self._store.read(document_path("answers", recording, name), privacy)
        try:
            found = json.loads(data) if data else None
            return (
                Cached(found["route"], found["text"], found.get("batched", found.get("hidden", False)))
                if found
                else None
            )
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, recording: str, name: str, privacy: Privacy, answer: Cached) -> None:
        """Keep an answer; a newer one replaces it."""
        data = json.dumps(vars(answer)).encode()
        self._store.replace(document_path("answers", recording, name), data, privacy)

    def drop(self, recording: str, name: str, privacy: Privacy) -> None:
        """Forget an answer that is no longer accepted."""
        self._store.delete(document_path("answers", recording, name), privacy)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
