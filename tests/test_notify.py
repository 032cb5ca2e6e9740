"""Notices: sent to a real server, once for each memo that is held, with counts and ids and nothing else."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.notify import message
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.doctor import examine
from tests.memos import tone


@dataclass
class Mailbox:
    """What arrived; with *status*, how the server answers."""

    address: str = ""
    status: int = 200
    arrived: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            box.arrived.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(box.status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        box.address = f"json://user:hush@127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield box
        server.shutdown()


def hold(home: Path, name: str) -> None:
    """Put a memo of Aunt Zelda into the inbox, with a sidecar that cannot be used."""
    tone(home / "inbox" / "zelda" / f"{name}.wav", hertz=400 + len(name))
    (home / "inbox" / "zelda" / f"{name}.json").write_text('{"recorded_at": "soon"}')


def test_each_held_memo_is_named_once_by_its_id_alone(
    home: Path, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.load(home=home, settle_seconds=0, notify=[mailbox.address])
    tone(home / "inbox" / "2026-03-14 08.00.wav")
    with open_diary(settings, ScriptedEngine(lambda _: ["The dentist was kind."])) as diary:
        pipeline.process(diary)
        assert mailbox.arrived == []
        hold(home, "secret wedding")
        (home / "inbox" / "broken.wav").write_bytes(b"no sound" * 99)
        mailbox.status = 500
        pipeline.process(diary)
        assert len(mailbox.arrived) == 1, "not taken: it is sent again"
        assert "hush" not in caplog.text
        mailbox.status = 200
        pipeline.process(diary)
        pipeline.process(diary)
        ids = diary.catalog.recordings.held()
        assert [one["message"] for one in mailbox.arrived[1:]] == [message(ids)]
        hold(home, "another")
        pipeline.discover(diary)
        assert mailbox.arrived[-1]["message"] == message(diary.catalog.recordings.held())
        assert len(mailbox.arrived) == 3
        (home / "inbox" / "zelda" / "another.json").unlink()
        pipeline.process(diary)
        assert len(mailbox.arrived) == 3, "what is mended is no news"
    text = json.dumps(mailbox.arrived)
    for word in ("zelda", "wedding", "broken", "dentist", "soon", str(home)):
        assert word not in text
    assert all(re.fullmatch(r"\d memos are held: [0-9a-f, ]+\. `diary status` says why\.", message(ids)) for _ in ids)


def test_the_words_of_a_notice() -> None:
    assert message(["a" * 16]) == f"1 memo is held: {'a' * 16}. `diary status` says why."
    assert message([str(number) for number in range(25)]).endswith("19 and 5 more. `diary status` says why.")


def test_an_address_that_nobody_knows_is_found_by_the_doctor_and_stops_no_run(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.load(home=home, settle_seconds=0, notify=["pigeon://hush", "ntfys://topic"])
    found = {check.name: check for check in examine(settings)}["notices"]
    assert (found.ok, "Address 1 of DIARY_NOTIFY" in found.detail) == (False, True)
    assert "hush" not in found.detail
    hold(home, "memo")
    with open_diary(Settings.load(home=home, settle_seconds=0, notify=["pigeon://hush"]), ScriptedEngine()) as diary:
        assert pipeline.process(diary).failed <= 1
    assert "a notice could not be sent" in caplog.text
    assert "hush" not in caplog.text + repr(settings)


def test_nothing_is_sent_or_kept_where_no_notice_is_wanted(home: Path) -> None:
    hold(home, "memo")
    with open_diary(Settings.load(home=home, settle_seconds=0), ScriptedEngine()) as diary:
        pipeline.process(diary)
    assert not (home / "notified.json").exists()
