"""Ways in which a memo that was added as an ordinary one becomes private, for tests and proofs."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.add import AddOptions, put_into_inbox

Way = Callable[[Diary, Path], object]


def moved(diary: Diary, memo: Path) -> None:
    """Somebody moves the file into a private folder."""
    target = memo.parent / "private" / memo.name
    target.parent.mkdir(exist_ok=True)
    memo.rename(target)


def copied(diary: Diary, memo: Path) -> None:
    """A copy arrives in a private folder, under another name."""
    target = memo.parent / "private" / f"copy of {memo.name}"
    target.parent.mkdir(exist_ok=True)
    shutil.copy2(memo, target)


def by_sidecar(diary: Diary, memo: Path) -> None:
    """A sidecar arrives later."""
    memo.with_name(f"{memo.name}.json").write_text(json.dumps({"privacy": "local_only"}))


def added_again(diary: Diary, memo: Path) -> None:
    """`diary add --private` of a file that was added before."""
    paths = put_into_inbox(diary.settings, [memo], AddOptions(private=True))
    pipeline.discover(diary, settled=paths)


def of_another_author(diary: Diary, memo: Path) -> None:
    """Another author has the same memo in a private folder."""
    target = memo.parent / "anna" / "private" / memo.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(memo, target)


def by_command(diary: Diary, memo: Path) -> None:
    """`diary privacy ID local_only`."""
    pipeline.discover(diary)
    (recording,) = [r for r, _ in diary.catalog.recordings.all() if r.path == memo.name]
    pipeline.set_privacy(diary, recording.id, "local_only")


WAYS: Mapping[str, Way] = {
    "moved": moved,
    "copied": copied,
    "sidecar": by_sidecar,
    "added again": added_again,
    "another author": of_another_author,
    "command": by_command,
}
