"""Answers of earlier calls: the same prompt over the same words in the same shape is not paid for twice on one route.

An answer is a document of its recording (`answers/ID/NAME.json`), so that it is stored as the recording's privacy class
says, and erased with it. It is judged again at every use, because checks may have become stricter. Another route is
another name: a model that was not asked before is asked. Answers of earlier versions lie under the name of the question
alone, with their route in them. Answers that were refused have names of their own.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Request, Reuse
from diary_pipeline.llm.schemas import schema_of
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store, document_path


def prompt_hash(request: Request[Any]) -> str:
    """The hash of the instructions, without the material."""
    return _sha256(request.purpose, request.instructions)


def key(request: Request[Any], pseudonyms: Pseudonyms | None = None) -> str:
    """The request's question: a hash of the prompt, the material and the schema.

    Hidden names count too, in their order: otherwise an answer that a batch brings after the list of names has changed
    would get the wrong names back.
    """
    names = [pseudonyms.stem, *pseudonyms.names] if pseudonyms is not None and pseudonyms.names else []
    return _sha256(prompt_hash(request), _sha256(request.material), _sha256(schema_of(request.shape)[1]), *names)[:40]


def name(question: str, route: str) -> str:
    """The name of a route's answer to a question."""
    return _sha256(question, route)[:40]


def refused_name(question: str, route: str) -> str:
    """The name of a route's answer that was refused: asked again, the route would be paid for the same once more."""
    return _sha256(question, route, "refused")[:40]


@dataclass(frozen=True)
class CachedAnswer:
    """An answer: its route and its JSON text.

    `batched`: it came from a batch, so it is not judged yet and its names are still hidden.
    """

    route: str
    text: str
    batched: bool = False


class Cache:
    """Answers in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(
        self, recording: str, question: str, privacy: Privacy, routes: Sequence[str], reuse: Reuse
    ) -> tuple[str, CachedAnswer] | None:
        """The first of the *routes*' answers that may be used again, with its name; None where there is none."""
        if reuse == "none":
            return None
        for place in (*(name(question, route) for route in routes), question):
            answer = self.get(recording, place, privacy)
            usable = routes[:1] if reuse == "first" and answer and not answer.batched else routes
            if answer is not None and answer.route in usable:
                return place, answer
        return None

    def get(self, recording: str, name: str, privacy: Privacy) -> CachedAnswer | None:
        """The answer; None where there is none, or it cannot be read."""
        data = self._store.read(document_path("answers", recording, name), privacy)
        try:
            found = json.loads(data) if data else None
            return (
                CachedAnswer(found["route"], found["text"], found.get("batched", found.get("hidden", False)))
                if found
                else None
            )
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, recording: str, name: str, privacy: Privacy, answer: CachedAnswer) -> None:
        """Store an answer; a newer one replaces it."""
        data = json.dumps(vars(answer)).encode()
        self._store.replace(document_path("answers", recording, name), data, privacy)

    def drop(self, recording: str, name: str, privacy: Privacy) -> None:
        """Delete an answer that is no longer accepted."""
        self._store.delete(document_path("answers", recording, name), privacy)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
