"""The resource `diary`: its fields override the settings, empty ones do not, and the day tables follow it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from definitions import build_defs
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.settings import Settings
from diary_pipeline.settings.descriptions import descriptions
from jobs.jobs import ARRIVALS
from resources.diary import DiaryResource

FIELDS = {
    "home",
    "inbox",
    "store",
    "catalog",
    "timezone",
    "whisper_model",
    "device",
    "note_style",
    "log_level",
}
DAY = "2026-03-14"


@contextmanager
def opened(resource: DiaryResource) -> Iterator[Diary]:
    """The diary as an asset receives it."""
    with dg.build_resources({"diary": resource}) as resources:
        yield resources.diary


def test_a_field_overrides_the_environment_and_an_empty_one_does_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIARY_TIMEZONE", "Europe/London")
    monkeypatch.setenv("DIARY_NOTE_STYLE", "journal")
    with opened(DiaryResource(whisper_model="tiny.en", timezone="Asia/Tokyo")) as diary:
        settings = diary.settings
    assert (settings.timezone, settings.note_style, settings.root) == ("Asia/Tokyo", "journal", home)


def test_a_field_can_name_an_environment_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE_OF_DOCUMENTS", str(home / "documents"))
    resource = DiaryResource(whisper_model="tiny.en", store=dg.EnvVar("PLACE_OF_DOCUMENTS"))
    assert resource.settings().store_url == str(home / "documents"), "as the definitions are made"
    with opened(resource) as diary:
        assert diary.settings.store_url == str(home / "documents")


def test_a_value_that_cannot_be_used_is_reported_with_its_settings_name() -> None:
    with pytest.raises(UserError, match=r"DIARY_TIMEZONE: .*'Mars/Olympus' is not a time zone"):
        DiaryResource(timezone="Mars/Olympus").settings()


def test_where_the_launchpad_sends_the_asterisks_that_it_shows_the_catalog_is_that_of_the_code(home: Path) -> None:
    in_code = f"sqlite:///{home / 'other.db'}"
    try:
        assert DiaryResource(catalog=in_code).of_this_deployment().settings().catalog_url == in_code
        assert DiaryResource(catalog="********").settings().catalog_url == in_code
    finally:
        DiaryResource().of_this_deployment()
    assert DiaryResource(catalog="********").settings().catalog_url == f"sqlite:///{home / 'catalog.db'}"


def test_the_ui_has_a_description_of_every_field() -> None:
    schema: Any = DiaryResource().get_resource_definition().config_schema.as_field().config_type
    described = {name: field.description for name, field in schema.fields.items()}
    assert set(described) == FIELDS
    meanings = descriptions(Settings)
    for name, description in described.items():
        assert meanings[name] in str(description)


def test_a_log_level_holds_where_it_was_set_and_else_dagsters_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("diary")
    before = log.level
    try:
        log.setLevel(logging.ERROR)  # as `python_logs` in dagster.yaml does
        with opened(DiaryResource(whisper_model="tiny.en")):
            assert log.level == logging.ERROR
        with opened(DiaryResource(whisper_model="tiny.en", log_level="debug")):
            assert log.level == logging.DEBUG
        monkeypatch.setenv("DIARY_LOG_LEVEL", "WARNING")
        with opened(DiaryResource(whisper_model="tiny.en")):
            assert log.level == logging.WARNING
    finally:
        log.setLevel(before)


def test_day_tables_lie_where_the_resource_keeps_documents(home: Path) -> None:
    resource = DiaryResource(store=str(home / "documents"), whisper_model="tiny.en")
    defs = build_defs(resource.settings(), diary=resource)
    with dg.DagsterInstance.ephemeral() as instance:
        assert defs.resolve_job_def(ARRIVALS).execute_in_process(instance=instance, partition_key=DAY).success
    tables = sorted(file.parent.name for file in (home / "documents" / "tables").rglob(f"{DAY}.parquet"))
    assert tables == ["diary_days", "diary_notes", "recordings", "transcripts"]
    assert not (home / "tables").exists()
