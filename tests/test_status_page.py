"""`diary status` answers a page at a time, and misses nothing that somebody should look at."""

from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.errors import UserError
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.status_page import status_page
from tests.memos import day_names, memos


def test_status_is_a_page_of_the_newest_recordings_and_of_all_trouble(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path, timezone="UTC", settle_seconds=0, whisper_model="tiny.en")
    names = day_names("2026-03-14", 7)
    memos(tmp_path / "inbox", names)
    (tmp_path / "inbox" / "2026-01-02 08.00.wav").write_bytes(b"no audio at all")
    with open_diary(settings, ScriptedEngine(lambda _: ["I watered the plants."])) as diary:
        pipeline.process(diary)
        first = status_page(diary, limit=3)
        assert [e["source"] for e in first.recordings] == ["2026-01-02 08.00.wav", *names[4:]]
        assert (first.recordings[0]["state"], first.total) == ("quarantined", 8)
        second = status_page(diary, 3, first.next)
        assert [e["source"] for e in second.recordings] == names[1:4]
        last = status_page(diary, 3, second.next)
        assert [e["source"] for e in last.recordings] == ["2026-01-02 08.00.wav", names[0]]
        assert last.next is None
        assert status_page(diary).next is None
        with pytest.raises(UserError, match="`next`"):
            status_page(diary, before="nobody")
