"""What a recorder wrote into its file of when it recorded."""

import re

_DATE = re.compile(r"(\d{4})[-:/_. ]?(\d\d)[-:/_. ]?(\d\d)(?:[T ]+(.*))?", re.DOTALL)
_CLOCK = re.compile(r"(\d\d)[-:_. ]?(\d\d)(?:[-:_. ]?(\d\d))?(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def created_at(tags: dict[str, str]) -> str | None:
    """When the file was made, as its container says it."""
    return None if _is_clock(tags.get("creation_time")) else tags.get("creation_time")


def recorded(tags: dict[str, str]) -> list[str]:
    """What the recorder wrote of when it recorded, as ISO 8601: dates that have a time, the surest first.

    A time without an offset is that of the recorder's clock.
    """
    texts = [
        tags.get("com.apple.quicktime.creationdate"),  # an export has its own creation_time, and keeps this
        f"{tags.get('date', '')}T{tags.get('creation_time', '')}" if _is_clock(tags.get("creation_time")) else None,
        f"{tags.get('origination_date', '')}T{tags.get('origination_time', '')}",
        *(tags.get(name) for name in ("date_recorded", "date", "recording_date", "recorded_date", "tdrc", "icrd")),
    ]
    return list(dict.fromkeys(filter(None, (_moment(text) for text in texts))))


def _is_clock(text: str | None) -> bool:
    return text is not None and _CLOCK.fullmatch(text.strip()) is not None


def _moment(text: str | None) -> str | None:
    """A tag's date and time as ISO 8601; None where it has no time, as the year of a song, or was never set."""
    found = _DATE.fullmatch((text or "").strip(" \0"))
    clock = _CLOCK.fullmatch(found[4].strip()) if found and found[4] else None
    if found is None or clock is None or found[1] == "0000":
        return None
    hour, minute, second, offset = clock.groups()
    if not offset and f"{hour}{minute}{second or '00'}" == "000000":
        return None  # midnight to the second is a date that a program has completed
    return f"{'-'.join(found.groups()[:3])}T{hour}:{minute}:{second or '00'}{(offset or '').upper()}"
