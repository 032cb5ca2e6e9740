"""Commands answer in sentences: also where they found nothing, and with what to do next."""

from pathlib import Path

from tests.command import diary


def test_commands_say_that_they_found_nothing_and_what_comes_next(home: Path) -> None:
    file = "2026-03-14 09.00.transcript.txt"
    (home / "inbox" / file).write_text("I met Anna there.\n")
    assert "Nothing found." in diary(home, "search", "Anna").out
    assert "No language model was asked." in diary(home, "report").out
    diary(home, "process", DIARY_SETTLE_SECONDS="0")
    assert "No language model was asked about it." in diary(home, "explain", file).out
    assert file in diary(home, "privacy", file, "local_only").out
    assert file in diary(home, "privacy", file, "local_only").out
    added = diary(home, "authors", "add", "anna").out
    assert ("`diary process`" in added, "authors.toml" in added) == (True, True)
    outside = home.parent / file
    outside.write_text("I met Bela there.\n")
    klingon = diary(home, "add", "--transcript", outside, "--language", "klingon").err
    assert ("--language" in klingon, "key" in klingon) == (True, False)
    assert "Did you mean tiny.en?" in diary(home, "setup", "--model", "tinny.en").err


def test_status_names_the_rebuild_where_the_catalog_is_lost(home: Path) -> None:
    (home / "inbox" / "2026-03-14 09.00.transcript.txt").write_text("I met Anna there.\n")
    diary(home, "process", DIARY_SETTLE_SECONDS="0")
    for file in home.glob("catalog.db*"):
        file.unlink()
    assert "`diary rebuild`" in diary(home, "status").out
