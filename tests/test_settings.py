"""Settings: what is misspelt is refused or warned of with the nearest name, and times are written as people do."""

import os
import re
from datetime import time
from pathlib import Path

import pytest

import diary_pipeline
from diary_pipeline.errors import UserError
from diary_pipeline.settings import Settings, unknown_variables
from tests.command import diary

MISSPELT = {  # what a settings file has, and what the refusal must say
    "a letter turned": ('timezoen = "UTC"', "'timezoen' in settings.toml is no setting. Did you mean timezone?"),
    "of a group": ('[llm]\nroute = ["a/b"]', "'llm.route' in settings.toml is no setting. Did you mean llm.routes?"),
    "outside its group": ('routes = ["a/b"]', "Did you mean llm.routes?"),
    "in another group": ("[speech_endpoint]\nbudget_day = 1.0", "Did you mean llm.budget_day?"),
    "of an author": ('[authors.anna]\nlangauge = "en"', "Did you mean authors.anna.language?"),
    "of a provider": ('[llm.providers.mine]\nbase_ulr = "x"', "Did you mean llm.providers.mine.base_url?"),
    "a group": ('[speech_endpont]\nurl = "x"', "Did you mean speech_endpoint?"),
    "as a variable": ("DIARY_BEAM_SIZE = 3", "Did you mean beam_size?"),
    "with a hyphen": ("beam-size = 3", "Did you mean beam_size?"),
    "in capitals": ('TIMEZONE = "UTC"', "Did you mean timezone?"),
    "two at once": ('timezoen = "UTC"\nbeam_sise = 3', "Did you mean beam_size?"),
    "like nothing": ("zzz = 1", "'zzz' in settings.toml is no setting."),
    "another home": ('home = "/elsewhere"', "names another home"),
}
CLOCK = {"4": time(4), '"4"': time(4), '"4:30"': time(4, 30), '"04:30"': time(4, 30), "04:30:00": time(4, 30)}
AUTHOR = "DIARY_AUTHORS__ANNA__"
NO_CLOCK = ("25", '"24:00"', "-1", "4.5", "true", '"4 am"', '"04:00Z"', "inf", "[4]", '""')


@pytest.mark.parametrize(("text", "says"), MISSPELT.values(), ids=list(MISSPELT))
def test_a_name_in_the_settings_file_that_is_no_setting_is_refused_with_the_nearest(
    text: str, says: str, home: Path
) -> None:
    (home / "settings.toml").write_text(text)
    with pytest.raises(UserError, match=re.escape(says)):
        Settings.load(home=home)


def test_the_command_refuses_a_misspelt_file_and_doctor_finds_it(home: Path) -> None:
    (home / "settings.toml").write_text('timezoen = "UTC"')
    answer = diary(home, "status", DIARY_TIMEZONE="UTC")
    assert (answer.code, answer.out) == (2, "")
    assert "Did you mean timezone?" in answer.err
    found = diary(home, "doctor", "--json")
    assert found.code == 1
    assert [check["name"] for check in found.json["checks"] if not check["ok"]] == ["settings"]


def test_unknown_variables_are_warned_of_wherever_they_stand(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIARY_BEAMSIZE", "DIARY_LLM__BUDGTE_DAY", "DIARY_AUTHORS__anna__langauge", "DIARY_QQQ"):
        monkeypatch.setenv(name, "3")
    for name in ("DIARY_PG_HOST", "DIARY_REQUIRE", "diary_beam_size", "DIARY_AUTHORS__anna__language"):
        monkeypatch.setenv(name, "3")
    Path(".env").write_text("DIARY_TIMEZOEN=UTC\nOTHER=1\n")
    warned = unknown_variables(Settings)
    assert warned == [
        f"'{AUTHOR}LANGAUGE' in the environment is no setting. Did you mean {AUTHOR}LANGUAGE?",
        "'DIARY_BEAMSIZE' in the environment is no setting. Did you mean DIARY_BEAM_SIZE?",
        "'DIARY_LLM__BUDGTE_DAY' in the environment is no setting. Did you mean DIARY_LLM__BUDGET_DAY?",
        "'DIARY_QQQ' in the environment is no setting.",
        "'DIARY_TIMEZOEN' in .env is no setting. Did you mean DIARY_TIMEZONE?",
    ]
    settings = Settings.load(home=home)
    assert (settings.beam_size, settings.authors["anna"].language) == (3, "3")
    answer = diary(home, "status")
    assert answer.code == 0
    assert all(sentence in answer.err for sentence in warned if ".env" not in sentence)


def test_an_argument_that_is_no_setting_is_refused(home: Path) -> None:
    with pytest.raises(UserError, match="Did you mean timezone"):
        diary_pipeline.open(home, timezoen="UTC")


@pytest.mark.parametrize("name", ["day_start", "llm.batch_deadline"])
def test_a_bare_number_is_an_hour(name: str, home: Path) -> None:
    for written, meant in CLOCK.items():
        (home / "settings.toml").write_text(f"{name} = {written}")
        settings = Settings.load(home=home)
        assert (settings.day_start if name == "day_start" else settings.llm.batch_deadline) == meant, written
    for written in NO_CLOCK:
        (home / "settings.toml").write_text(f"{name} = {written}")
        with pytest.raises(UserError, match="write one like 04:00"):
            Settings.load(home=home)


def test_a_time_in_the_environment_is_read_likewise(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DIARY_DAY_START", "4")
    monkeypatch.setitem(os.environ, "DIARY_LLM__BATCH_DEADLINE", "5:30")
    settings = Settings.load(home=home)
    assert (settings.day_start, settings.llm.batch_deadline) == (time(4), time(5, 30))


def test_a_number_is_no_day(home: Path) -> None:
    (home / "settings.toml").write_text("start_date = 2015")
    with pytest.raises(UserError, match="write one like 2015-01-01"):
        Settings.load(home=home)
