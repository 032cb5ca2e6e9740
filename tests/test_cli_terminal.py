"""What a person sees at a terminal: sentences instead of logs, in any width, without colour where none is wanted."""

import json
import re
from pathlib import Path

import pytest

from tests.command import diary
from tests.memos import tone
from tests.terminals import at_terminal, plain

HELD = '{"recorded_at": "soon"}'


@pytest.fixture(scope="module")
def screens(slow: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One small diary: a memo, one that is held, one that is no sound; what stands on the screen after each command."""
    home = tmp_path_factory.mktemp("person") / "home"
    tone(home / "inbox" / "2026-03-14 08.00.wav")
    tone(home / "inbox" / "2026-03-14 09.00.wav", hertz=600)
    (home / "inbox" / "2026-03-14 09.00.json").write_text(HELD)
    (home / "inbox" / "broken [x].wav").write_bytes(b"no sound" * 100)
    found = {"home": str(home)}
    code, found["first"] = at_terminal(home, "process")
    assert code == 1
    code, found["second"] = at_terminal(home, "process", DIARY_BEAMSIZE="3", NO_COLOR="1")
    assert code == 0
    found["json"] = at_terminal(home, "process", "--json")[1]
    found["narrow"] = at_terminal(home, "status", columns=40)[1]
    found["bare"] = at_terminal(home, "status", NO_COLOR="1", PYTHONIOENCODING="ascii")[1]
    found["wrong"] = at_terminal(home, "show", "14.3.2026", NO_COLOR="1")[1]
    found["off"] = diary(home, "process").err
    return found


def test_process_says_what_was_done_where_the_pages_are_and_what_is_held(screens: dict[str, str]) -> None:
    said = plain(screens["first"])
    assert "1 memo taken in, 1 transcribed, 1 note written, 1 page made." in said
    assert f"  {screens['home']}/days/me/2026-03-14.md" in said
    assert "1 memo is held:" in said
    assert "  2026-03-14 09.00.wav: Its sidecar" in said
    assert "1 failed; `diary process --retry` tries again:" in said
    assert "'broken [x].wav'" in said
    assert '"level"' not in said
    assert "attempts=" not in said


def test_a_second_run_has_nothing_to_do_and_still_says_what_is_held(screens: dict[str, str]) -> None:
    said = plain(screens["second"])
    assert "Nothing to do." in said
    assert "2 memos are held:" in said
    assert "broken [x].wav: " in said
    assert "warning: 'DIARY_BEAMSIZE' in the environment is no setting. Did you mean DIARY_BEAM_SIZE?" in said


def test_json_at_a_terminal_is_one_object_with_json_logs(screens: dict[str, str]) -> None:
    lines = [json.loads(line) for line in screens["json"].splitlines()]
    assert [line["attempts"] for line in lines if "schema" in line] == [0]
    assert all("level" in line or "schema" in line for line in lines)
    assert all(json.loads(line)["level"] for line in screens["off"].splitlines() if line.startswith("{"))
    assert '"stage finished"' in screens["off"]


def test_a_narrow_terminal_gets_lines_instead_of_a_table(screens: dict[str, str]) -> None:
    lines = plain(screens["narrow"]).splitlines()
    assert "2026-03-14 08:00 2026-03-14 08.00.wav: done" in lines
    assert any(line.startswith("  Its sidecar") for line in lines)


@pytest.mark.parametrize("name", ["second", "bare", "wrong"])
def test_no_colour_is_sent_where_none_is_wanted(name: str, screens: dict[str, str]) -> None:
    assert re.search(r"\x1b\[(?:\d+;)*(?:[39][0-7]|38)", screens[name]) is None


def test_a_terminal_that_knows_no_letters_but_ascii_is_spared_others(screens: dict[str, str]) -> None:
    assert screens["bare"].isascii()
    assert "2026-03-14 08.00.wav" in screens["bare"]


def test_an_error_is_one_sentence(screens: dict[str, str]) -> None:
    assert plain(screens["wrong"]).strip() == (
        "'14.3.2026' is not a day. Write it like 2026-03-14, or today, yesterday, -1."
    )


def test_the_screen_of_an_empty_diary_has_a_sentence(home: Path) -> None:
    assert "is empty. Run `diary add FILE`" in at_terminal(home, "status", columns=40)[1]
