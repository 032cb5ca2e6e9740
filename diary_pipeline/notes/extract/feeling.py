"""Mood, only as the speaker names it: "I'm worried", "I was so nervous". The last one counts; nothing is guessed from what happened."""

import re
from collections.abc import Sequence

from diary_pipeline.notes.extract.clauses import Sentence

_FEELINGS = """happy glad pleased proud grateful thankful relieved excited hopeful calm content relaxed delighted thrilled cheerful
    worried anxious nervous sad
    upset angry annoyed cross furious frustrated disappointed tired exhausted stressed lonely bored scared afraid ashamed embarrassed
    guilty jealous
    overwhelmed homesick heartbroken confused knackered miserable""".split()
_SO = (
    r"(?:(?:really|so|very|quite|pretty|a bit|a little|just|still|also|feeling|rather|absolutely|completely|too|actually|finally|"
    r"incredibly|honestly) )*"
)
_FEELS = re.compile(
    r"\b(?:i'm|i am|i was|i feel|i felt|i've been|i've never been so|we're|we were|i'm feeling|makes me|made me) "
    rf"{_SO}(?P<word>(?!(?:tired|afraid) of the){'(?:' + '|'.join(_FEELINGS) + ')'})\b(?! with the light)"
)
_OTHER = re.compile(
    r"\b(?P<phrase>looking forward to|can't wait|feel good|felt good|feel great|felt great|feel awful|felt awful)\b"
)
_MEANS = {
    "looking forward to": "looking forward",
    "can't wait": "looking forward",
    "feel good": "good",
    "felt good": "good",
    "feel great": "great",
    "felt great": "great",
    "feel awful": "awful",
    "felt awful": "awful",
}
_VETO = re.compile(r"\b(?:not|never|no longer|if|would be|used to|said|says)\b|n't\b")


def feeling(sentences: Sequence[Sentence]) -> str | None:
    """The speaker's own word for it, or None."""
    return next((word for sentence in reversed(sentences) if (word := feels(sentence))), None)


def feels(sentence: Sentence) -> str | None:
    """The last feeling that the speaker names in the sentence."""
    last = None
    text = sentence.said(sentence.first, sentence.end).lower().replace("’", "'")  # noqa: RUF001
    for match in _FEELS.finditer(text):
        if not _VETO.search(text[max(0, match.start() - 25) : match.end()].replace("never been so", "")):
            last = match["word"]
    for match in _OTHER.finditer(text):
        before = text[max(0, match.start() - 14) : match.start()]
        if match["phrase"] in _MEANS and not _VETO.search(before) and re.search(r"\bi('m| am|)\b|^", before):
            last = _MEANS[match["phrase"]]
    return last
