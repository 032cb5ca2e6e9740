"""Names that are no setting, wherever they are written, each with the setting that may be meant."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable
from diary_pipeline.settings.checks import setting_name

PREFIX = "DIARY_"
_OF_OTHERS = frozenset({"DIARY_REQUIRE", "DIARY_SHARED"})
"""Variables of the tests."""
_GROUP_OF_OTHERS = "DIARY_PG_"
"""Variables of Dagster's instance on PostgreSQL (deploy/dagster)."""
_FAR = 0.6
"""Names less alike than this are not suggested."""

Model = type[BaseModel]
Way = tuple[str, ...]


def unknown_ways(model: Model, values: Mapping[str, Any], above: Way = ()) -> Iterator[Way]:
    """The way to each name in *values*, at any depth, that the settings class *model* does not have."""
    fields = _fields(model)
    for name, value in values.items():
        way = (*above, str(name))
        if str(name) not in fields:
            yield way
        elif isinstance(value, Mapping):
            yield from _unknown_inside(fields[str(name)], value, way)


def without_unknown(model: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* without the names that *model* does not have."""
    unknown = set(unknown_ways(model, values))

    def kept(inner: Mapping[str, Any], above: Way) -> dict[str, Any]:
        return {
            name: kept(value, (*above, str(name))) if isinstance(value, Mapping) else value
            for name, value in inner.items()
            if (*above, str(name)) not in unknown
        }

    return kept(values, ())


def check_file(model: Model, values: Mapping[str, Any], file: Path) -> None:
    """Raise `UserError` where the home's settings file has a name that is no setting, or another home."""
    said = [_said(".".join(way), _nearest(model, way, ".".join), file.name) for way in unknown_ways(model, values)]
    if said:
        raise UserError(f"{' '.join(said)} Correct {readable(str(file))}; `docs/settings.md` lists all settings.")
    if "home" in values and Path(str(values["home"])).expanduser().absolute() != file.parent.absolute():
        raise UserError(
            f"{readable(str(file))} names another home, and lies in one. Take `home` out of it, and set DIARY_HOME."
        )


def check_arguments(model: Model, values: Mapping[str, Any]) -> None:
    """Raise `UserError` where a program gave a setting that there is not."""
    said = [
        _said(".".join(way), _nearest(model, way, ".".join), "the arguments") for way in unknown_ways(model, values)
    ]
    if said:
        raise UserError(" ".join(said))


def unknown_variables(model: type[BaseSettings]) -> list[str]:
    """A sentence on each variable that begins like a setting and is none, in the environment and in `.env`."""
    found: list[str] = []
    sources = {"the environment": EnvSettingsSource(model), ".env": DotEnvSettingsSource(model)}
    for place, source in sources.items():
        ways = [_way(name) for name in source.env_vars if _is_ours(name)]
        ways = [way for way in ways if way[0] not in _fields(model)]
        ways += [way for way in unknown_ways(model, source()) if len(way) > 1]
        names = [(setting_name(way), _nearest(model, way, setting_name)) for way in ways]
        found += [_said(name, near, place) for name, near in sorted(names)]
    return list(dict.fromkeys(found))


def _is_ours(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(PREFIX) and upper not in _OF_OTHERS and not upper.startswith(_GROUP_OF_OTHERS)


def _way(variable: str) -> Way:
    return tuple(variable.lower().removeprefix(PREFIX.lower()).split("__"))


def _fields(model: Model) -> dict[str, FieldInfo]:
    """The fields under all names that they are read by."""
    fields = dict(model.model_fields)
    for name, field in model.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            fields |= {str(alias): model.model_fields[name] for alias in field.validation_alias.choices}
    return fields


def _unknown_inside(field: FieldInfo, value: Mapping[str, Any], way: Way) -> Iterator[Way]:
    if inner := _model(field.annotation):
        yield from unknown_ways(inner, value, way)
    elif each := next(filter(None, map(_model, get_args(field.annotation))), None):
        for name, one in value.items():
            if isinstance(one, Mapping):
                yield from unknown_ways(each, one, (*way, str(name)))


def _model(annotation: Any) -> Model | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _nearest(model: Model, way: Way, written: Any) -> str | None:
    """The setting that *way* may mean: one of its own group, else one of the same name elsewhere."""
    here = {(*way[:-1], name) for name in _group(model, way[:-1])}
    wrong = way[-1].lower().replace("-", "_").removeprefix(PREFIX.lower())
    for ways in (here, set(_all(model))):
        by_name: dict[str, Way] = {one[-1]: one for one in sorted(ways, reverse=True)}
        if close := difflib.get_close_matches(wrong, by_name, 1, 0.8 if ways is here else _FAR):
            return str(written(by_name[close[0]]))
    return None


def _group(model: Model, way: Sequence[str]) -> list[str]:
    """The names of the settings in the group that *way* leads to."""
    if not way:
        return list(model.model_fields)
    field = _fields(model)[way[0]]
    if inner := _model(field.annotation):
        return _group(inner, way[1:])
    each = next(filter(None, map(_model, get_args(field.annotation))), None)
    return _group(each, way[2:]) if each else []


def _all(model: Model) -> Iterator[Way]:
    for name, field in model.model_fields.items():
        yield (name,)
        if inner := _model(field.annotation):
            yield from ((name, *way) for way in _all(inner))


def _said(name: str, meant: str | None, place: str) -> str:
    return f"{readable(name)!r} in {place} is no setting.{f' Did you mean {meant}?' if meant else ''}"
