"""JSON schemas in each provider's dialect, and a check for schemas that no text can satisfy.

A grammar that nothing satisfies hangs a local server for good (its /health stays good), so such a schema is rejected
before it is sent. What a dialect omits is still checked: the answer is validated against the full model in any case.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from diary_pipeline.errors import UserError

# Not supported by the strict modes of the hosted providers; kept for local grammars, where they stop a model that runs
# on.
_BOUNDS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
)
_PAIRS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("minProperties", "maxProperties"),
)
_TYPES = {"string", "number", "integer", "boolean", "null", "array", "object"}
_LOOK_AROUND = re.compile(r"\(\?(=|!|<=|<!)")


_schemas: dict[type[BaseModel], tuple[dict[str, Any], str]] = {}


def schema_of(shape: type[BaseModel]) -> tuple[dict[str, Any], str]:
    """The JSON schema of *shape* (not to be changed), and the same as text with sorted keys; made once."""
    if shape not in _schemas:
        schema = shape.model_json_schema()
        _schemas[shape] = (schema, json.dumps(schema, sort_keys=True))
    return _schemas[shape]


def strict(schema: dict[str, Any], *, bounds: bool) -> dict[str, Any]:
    """The schema for strict modes: every property required, no others allowed; *bounds* keeps lengths and ranges."""
    result = copy.deepcopy(schema)
    for part in _parts(result):
        for name in ("default", "title", "format", "pattern", *(() if bounds else _BOUNDS)):
            if not isinstance(part.get(name), dict):  # a property may be called "title"
                part.pop(name, None)
        if part.get("type") == "object" or "properties" in part:
            part["additionalProperties"] = False
            part["required"] = list(part.get("properties", {}))
    return result


def lint(schema: dict[str, Any]) -> None:
    """Raise `UserError`, with the place in the schema, for what a grammar cannot satisfy or silently ignores."""
    definitions = schema.get("$defs", {})
    for part in _parts(schema):
        where = part.get("title") or part.get("description") or part.get("type") or "a part"
        for low, high in _PAIRS:
            if low in part and high in part and part[low] > part[high]:
                raise _unusable(where, f"{low} {part[low]} is above {high} {part[high]}")
        if part.get("enum") == []:
            raise _unusable(where, "its enum is empty")
        if isinstance(kind := part.get("type"), str) and kind not in _TYPES:
            raise _unusable(where, f"{kind!r} is no JSON type")
        if part.get("uniqueItems"):
            raise _unusable(where, "uniqueItems is ignored by grammars")
        if isinstance(pattern := part.get("pattern"), str) and _LOOK_AROUND.search(pattern):
            raise _unusable(where, "a pattern that looks around is ignored by grammars")
        if isinstance(target := part.get("$ref"), str) and target.removeprefix("#/$defs/") not in definitions:
            raise _unusable(where, f"{target} is not defined")


def _unusable(where: Any, why: str) -> UserError:
    return UserError(
        f"The schema of an answer cannot be used at {str(where)[:60]!r}: {why}. Correct the model that it is made from."
    )


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema, itself first."""
    if not isinstance(schema, dict):
        return
    yield schema
    for name in ("properties", "$defs"):
        for part in (schema.get(name) or {}).values():
            yield from _parts(part)
    for name in ("items", "additionalProperties", "not"):
        yield from _parts(schema.get(name))
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for part in schema.get(name) or ():
            yield from _parts(part)
