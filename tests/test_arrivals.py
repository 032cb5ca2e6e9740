"""File events name the few files to look at; where there are none, the inbox is looked at now and then."""

from pathlib import Path

from diary_pipeline import pipeline
from diary_pipeline.arrivals import Arrivals, arrivals
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.recordings.discover import Discovery
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import tone


def test_a_memo_that_arrives_is_looked_at_alone_once_it_has_settled(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path, timezone="UTC", settle_seconds=0.1, whisper_model="tiny.en")
    with open_diary(settings, ScriptedEngine(lambda _: ["I watered the plants."])) as diary:
        asked: list[set[str] | None] = []

        def discover(paths: "set[str] | None") -> Discovery:
            asked.append(paths)
            return pipeline.discover(diary, only=paths)

        with arrivals(settings, discover) as inbox:  # type: ignore[arg-type] # the sets that it gives
            tone(settings.root / "inbox" / "2026-03-14 08.00.wav")
            while not diary.catalog.recordings.waiting(None):
                assert inbox.look(20), "the memo was not noticed"
            assert {path for paths in asked for path in paths or ()} == {"2026-03-14 08.00.wav"}
            (settings.root / "inbox" / "anna").mkdir()
            assert inbox.look(20)
            assert asked[-1] is None, "a folder may bring files of which nothing was told"
            assert not inbox.look(0)


def test_without_events_everything_is_looked_at() -> None:
    asked: list[object] = []

    def discover(paths: object) -> Discovery:
        asked.append(paths)
        return Discovery()

    assert Arrivals(None, discover).look(0)
    assert asked == [None]
    with arrivals(Settings.load(inbox="memory://inbox"), discover) as inbox:
        assert inbox.look(0)
