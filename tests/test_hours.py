"""An hour is shown where the half of its day was said or is sure; else the day alone, and the words stay."""

from datetime import datetime

from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from tests.transcripts import said

EVENTS = {
    "On Saturday at seven we have tickets for the theatre.": "2026-03-28",
    "Tomorrow I am meeting Oliver at 10.": "2026-03-25",
    "On Saturday at 10 I am meeting Oliver.": "2026-03-28",
    "Tomorrow I am meeting Oliver at 3.": "2026-03-25T15:00+00:00",
    "Tomorrow I am meeting Oliver at 10 pm.": "2026-03-25T22:00+00:00",
    "Tomorrow I am meeting Oliver at 10 in the morning.": "2026-03-25T10:00+00:00",
    "On Saturday at seven in the evening we have tickets for the theatre.": "2026-03-28T19:00+00:00",
    "On Saturday we have dinner with Anna at seven.": "2026-03-28T19:00+00:00",
    "On Friday Anna is coming at 19:30.": "2026-03-27T19:30+00:00",
    "On Friday at 20:00 we have tickets.": "2026-03-27T20:00+00:00",
    "The next appointment is on the second of April at nine.": "2026-04-02T09:00+00:00",
    "Mum is coming today at four.": "2026-03-24T16:00+00:00",
}


def test_an_hour_of_which_the_half_of_the_day_was_not_said_is_not_made_up() -> None:
    spoken_at = datetime.fromisoformat("2026-03-24T06:30+00:00")
    made = {text: write(said(text), Style("verbatim", "", "", 9), spoken_at).events for text in EVENTS}
    assert {text: [event.when for event in events] for text, events in made.items()} == {
        text: [when] for text, when in EVENTS.items()
    }
    assert all(event.text == text.rstrip(".") for text, events in made.items() for event in events)
