"""Ways in which a memo that was added as an ordinary one becomes private, and where it must be no more then."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from upath import UPath

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


def in_bucket(bucket: str) -> dict[str, bytes]:
    """Every object by name, as the bucket itself lists them now."""
    root = UPath(bucket)
    root.fs.invalidate_cache()
    return {name: root.fs.cat_file(name) for name in root.fs.find(root.path)}


def leaks(diary: Diary, bucket: str, secret: str) -> list[str]:
    """The objects of a bucket that hold the secret, or belong to a private recording."""
    private = [r.id for r, _ in diary.catalog.recordings.all() if r.privacy == "local_only"]
    return [
        name
        for name, data in in_bucket(bucket).items()
        if secret.encode() in data or any(f"/{one}" in name for one in private)
    ]


WAYS: Mapping[str, Way] = {
    "moved": moved,
    "copied": copied,
    "sidecar": by_sidecar,
    "added again": added_again,
    "another author": of_another_author,
    "command": by_command,
}
