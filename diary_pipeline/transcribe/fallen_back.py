"""What `auto` fell back to on this machine: remembered until a person chooses a model, so that it is always told."""

from pathlib import Path

from diary_pipeline.transcribe.digests import read_record, write_record

_KIND, _KEY = "fallback", "auto"


def remember_fallback(home: Path, wanted: str, used: str) -> None:
    """Record that *used* stands in for *wanted*, because the hub did not answer."""
    write_record(home, _KIND, _KEY, {"wanted": wanted, "used": used})


def forget_fallback(home: Path) -> None:
    """A person has chosen a model, the same one perhaps."""
    if read_record(home)[_KIND].get(_KEY):
        write_record(home, _KIND, _KEY, {})


def fallback_notice(model: str, home: Path) -> str | None:
    """What a person should know about *model*, where it stands in for a better one."""
    entry = read_record(home)[_KIND].get(_KEY)
    if not entry or entry["used"] != model:
        return None
    knows = "knows English only and " if model.endswith(".en") else ""
    return (
        f"{model} stands in for {entry['wanted']}, because the model hub did not answer. "
        f"It {knows}makes more mistakes. With a network, run `diary setup --model {entry['wanted']}`."
    )
