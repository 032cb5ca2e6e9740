"""`make demo`: the twelve sample memos become three diary pages, through Dagster, in the home `.demo` or one named.

It puts the samples into an inbox, runs the days in Dagster, and reports the result.
"""

import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parent
HOME = Path(sys.argv[1] if len(sys.argv) > 1 else SAMPLES.parent / ".demo").absolute()
FIRST, LAST = "2026-03-14", "2026-03-16"
SHOWN = "2026-03-15"
FORMATS = {".m4a", ".ogg", ".wav", ".mp3", ".flac"}
SETTINGS = {"whisper_model": "tiny.en", "timezone": "Europe/London"}


def main() -> int:
    """Run the demo; 0 when every memo is on its page."""
    from deploy.dagster.home import environment
    from diary_pipeline.home import remember

    given = {name: value for name, value in os.environ.items() if not name.startswith(("DIARY_", "DAGSTER_"))}
    wanted = given | dict(environment(HOME))
    if os.environ != wanted:
        os.execve(sys.executable, [sys.executable, "-m", "samples.demo", str(HOME)], wanted)  # noqa: S606 - memory settings act from a process's start
    fill_inbox(HOME / "inbox")
    for name, value in SETTINGS.items():
        remember(HOME, name, value)
    started = time.monotonic()
    before = transcribed()
    succeeded = materialize()
    tell(before, time.monotonic() - started)
    return 0 if succeeded else 1


def fill_inbox(inbox: Path) -> None:
    """Copy the samples that are not there yet, with their own times."""
    inbox.mkdir(parents=True, exist_ok=True)
    for memo in memos():
        if not (inbox / memo.name).exists():
            shutil.copy2(memo, inbox / memo.name)


def memos() -> list[Path]:
    """The sample recordings."""
    return sorted(file for file in SAMPLES.iterdir() if file.suffix in FORMATS)


def materialize() -> bool:
    """Let Dagster make the three days, in one run of the job that also handles arrivals."""
    import dagster as dg

    from assets.partitions import RANGE_END, RANGE_START
    from definitions import build_defs
    from deploy.dagster.home import prepare
    from jobs.jobs import ARRIVALS

    with dg.DagsterInstance.from_config(str(prepare(HOME))) as instance:
        job = build_defs().resolve_job_def(ARRIVALS)
        return job.execute_in_process(
            instance=instance, tags={RANGE_START: FIRST, RANGE_END: LAST}, raise_on_error=False
        ).success


def transcribed() -> int:
    """How many memos had been transcribed before."""
    return sum(entry["stages"]["transcribe"]["outcome"] == "ok" for entry in entries())


def entries() -> list[dict[str, Any]]:
    """The state of every recording, as `diary status --json` has it."""
    from diary_pipeline.bootstrap import open_diary
    from diary_pipeline.settings import Settings
    from diary_pipeline.views import status

    diary = open_diary(Settings.load())
    try:
        return status.recordings(diary)
    finally:
        diary.close()


def tell(before: int, seconds: float) -> None:
    """Print where the pages are, one of them, how to go on, and a line of figures."""
    states = entries()
    pages = sorted((HOME / "days").glob("*/*.md"))
    print((HOME / "days" / "me" / f"{SHOWN}.md").read_text("utf-8"))
    print("The pages:", *(f"  {page}" for page in pages), sep="\n")
    print(f"\nTo look at them in Dagster, or to add a memo and watch: make ui DIARY_HOME={shlex.quote(str(HOME))}\n")
    figures = {
        "recordings": len(states),
        "transcribed": sum(entry["stages"]["transcribe"]["outcome"] == "ok" for entry in states) - before,
        "notes": sum(entry["stages"]["write"]["outcome"] == "ok" for entry in states),
        "days": len(pages),
        "failed": sum(entry["state"] != "done" for entry in states),
        "wer": f"{word_error_rate():.3f}",
        "seconds": f"{seconds:.1f}",
    }
    print("demo:", *(f"{name}={value}" for name, value in figures.items()))


def word_error_rate() -> float:
    """Word errors over all twelve memos against their references, both through Whisper's own English normalizer."""
    from datetime import date

    from diary_pipeline.bootstrap import open_diary
    from diary_pipeline.settings import Settings
    from diary_pipeline.views.show import day_view
    from samples.wer import word_errors

    diary = open_diary(Settings.load())
    days = [date.fromisoformat(day) for day in (FIRST, SHOWN, LAST)]
    views = [recording for day in days for recording in day_view(diary, day, "me")["recordings"]]
    diary.close()
    heard = {view["source"]: view["transcript"]["text"] if view["transcript"] else "" for view in views}
    errors, words = word_errors(
        [(memo.with_suffix(".txt").read_text("utf-8"), heard.get(memo.name, "")) for memo in memos()]
    )
    return errors / words


if __name__ == "__main__":
    sys.exit(main())
