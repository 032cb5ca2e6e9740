"""Statements of the form "the speaker said that ...", read without these words: the transcript is what was said."""

import re

from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON
from diary_pipeline.notes.language.lexicon.speech import MENTIONING_VERBS, NARRATORS, REPORTING_VERBS
from diary_pipeline.notes.language.reading import Reading

_WHO = one_of(NARRATORS)
_SAID = re.compile(rf"^(?:The )?{_WHO} {one_of(MENTIONING_VERBS)} (?:that )?", re.IGNORECASE)
_SPEAKER = re.compile(rf"^The {_WHO}(?=\s)", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:they|them|their)\b", re.IGNORECASE)
_SELF = re.compile(r"^(?:they|he|she)\b", re.IGNORECASE)


def _others_speak(source: Reading) -> bool:
    """Whether the source reports somebody else: "she said that ..."."""
    tokens = source.tokens
    said = [n for n, t in enumerate(tokens[:-1]) if t.low in REPORTING_VERBS and tokens[n + 1].kind != "mark"]
    return any(not FIRST_PERSON & {t.low for t in tokens[max(0, n - 2) : n]} for n in said)


def without_speaker_report(text: str, source: Reading) -> list[str]:
    """The statement without "the speaker said that", with "they" as the speaker and as others.

    Empty for another form, and where the source reports others.
    """
    found = _SAID.match(text)
    if found is None and (speaker := _SPEAKER.match(text)) is not None and _OTHERS.search(text):
        return [f"I{text[speaker.end() :]}"]  # "the speaker asked them, and they said no"
    if found is None or _others_speak(source):
        return []
    rest = text[found.end() :]
    own = _SELF.match(rest)
    return [f"The speaker{rest[own.end() :]}", rest] if own else [rest]
