"""Transcripts of other programs that are private, by what they open with, lie beside, or are copies of."""

import pytest

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.imported import read_file
from diary_pipeline.transcribe.privacy import opens_imported_privately

OPENINGS = {
    "timecode of an hour": (".srt", "1\n01:00:00,500 --> 01:00:03,000\nPrivate note. I saw the doctor.\n"),
    "after music": (
        ".srt",
        "1\n00:00:00,500 --> 00:00:14,000\n[Music]\n\n2\n00:00:15,500 --> 00:00:18,000\nPrivate note. I rest.\n",
    ),
    "titles": (".txt", "Recording 12\n14 March 2026\n\nPrivate note. I saw the doctor.\n"),
    "titles above times": (".txt", "Recording 12\n\n[01:00:01] Private note. I saw her.\n[01:00:09] Then I slept.\n"),
    "one line with a clock": (".txt", "0:00 Private note. I saw the doctor.\n"),
    "one paragraph with a clock": (".txt", "Anna Smith  0:00\nPrivate note. I saw the doctor.\n"),
    "a name above": (".txt", "Anna Smith:\nPrivate note. I saw the doctor.\n"),
    "two names": (".txt", "Speaker 1: Anna: Private note: I saw the doctor.\n"),
    "a name in brackets": (".txt", "Speaker 1 (Anna): Private note: I saw the doctor.\n"),
    "a name in bold": (".txt", "**Anna:** Private note. I saw the doctor.\n"),
    "a bold name and a clock": (".txt", "**Anna Smith** (0:01) Private, I saw the doctor.\n"),
    "a name in capitals": (".txt", "ANNA Private note. I saw the doctor.\n"),
    "arrows": (".srt", "1\n00:00:00,500 --> 00:00:04,000\n>> ANNA: Private note. I rest.\n"),
    "a number": (".txt", "1. Private note. I saw the doctor.\n"),
    "words with times": (
        ".json",
        '{"segments": [{"start": 3600.5, "end": 3603, "text": "Private. I rest."}]}',
    ),
}


@pytest.mark.parametrize("way", OPENINGS)
def test_what_programs_write_before_the_first_words_hides_no_wish_for_privacy(way: str, settings: Settings) -> None:
    suffix, text = OPENINGS[way]
    assert opens_imported_privately(read_file(text.encode(), suffix), settings.private_phrases)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".txt", "Anna: Private schools are dear.\n"),
        (".txt", "I walked.\nI ran.\nI swam.\nI rode.\nI slept.\nPrivate note. No.\n"),
        (".srt", "1\n01:00:00,500 --> 01:00:03,000\nI ran.\n\n2\n01:00:20,500 --> 01:00:23,000\nPrivate note.\n"),
        (".txt", "I wrote a private note today.\n"),
    ],
)
def test_a_phrase_that_opens_nothing_makes_no_transcript_private(suffix: str, text: str, settings: Settings) -> None:
    assert not opens_imported_privately(read_file(text.encode(), suffix), settings.private_phrases)
