"""What lies in the inbox and is no recording: looked up at every call, by names alone."""

from dataclasses import asdict
from typing import Any

from diary_pipeline.errors import DiaryError
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.settings import Settings

MOST_NAMED = 200


def passed_over(settings: Settings) -> dict[str, Any]:
    """How many files and folders are passed over, some of them with the reason, and why none can be seen."""
    try:
        found = Inbox(settings.inbox_url).passed_over()
    except DiaryError as error:
        return {"count": 0, "some": [], "trouble": str(error)}
    return {"count": len(found), "some": [asdict(one) for one in found[:MOST_NAMED]], "trouble": None}
