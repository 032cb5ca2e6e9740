"""Statements that say of what was told that the speaker said it: read without that, since a transcript holds what the speaker said."""

import re

_SAID = re.compile(r"^(?:The )?(?:speaker|narrator|author|writer|diarist) (?:said|says|mentioned|mentions|noted|notes) (?:that )?", re.IGNORECASE)
_SELF = re.compile(r"^(?:they|he|she)\b", re.IGNORECASE)


def unwrapped(text: str) -> list[str]:
    """What the speaker said: with "they" as the speaker, and as others; nothing where it is not told so."""
    found = _SAID.match(text)
    if found is None:
        return []
    rest = text[found.end() :]
    own = _SELF.match(rest)
    return [f"The speaker{rest[own.end() :]}", rest] if own else [rest]
