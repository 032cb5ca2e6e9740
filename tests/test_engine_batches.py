"""Chunks of many recordings share batches, answers are reviewed, and each recording comes home whole: with a scripted model."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.rows import FULL_FRAMES, DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word
from tests.spoken import drawn_out, samples, text, three_minutes, windows


@pytest.fixture(scope="module")
def long_audio() -> Samples:
    """Three minutes of several memos."""
    return three_minutes()


class Listener:
    """A decoder that answers with what it was given, and remembers the batches."""

    about: Mapping[str, Any] = {"device": "ear"}

    def __init__(self, *, deaf_to: str = "", language: str = "en") -> None:
        self.batches: list[list[tuple[str, int]]] = []
        self.deaf_to = deaf_to
        self.language = language
        self.languages = frozenset({"en", "de", "fr"})

    def features(self, chunk: Chunk) -> Features:
        """Nothing that anybody looks at."""
        return np.zeros((80, round(chunk.seconds * 100)), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        """Say each row's recording and index."""
        self.batches.append([(row.recording.job.id, row.index) for row in rows])
        if any(row.recording.job.id == self.deaf_to for row in rows):
            raise RuntimeError("cannot decode this")
        for row in rows:
            if row.known_language is None:
                row.recording.vote(row, self.evidence(row))
        return [self.said(row) for row in rows]

    def evidence(self, row: Row) -> dict[str, float]:
        """What a chunk sounds like."""
        return {self.language: 0.95, "en": 0.02}

    def said(self, row: Row) -> DecodedChunk:
        """One row's answer, drawn out over the whole chunk."""
        spoken = f" {row.recording.job.id} {row.index}."
        return DecodedChunk(spoken, drawn_out(spoken, 0.0, row.chunk.seconds, 1.0), row.recording.language_of(row))


def listen(jobs: Iterable[Job], decoder: Listener, batch_size: int = 4, **options: Any) -> list[Result]:
    """All results, in the order in which they came."""
    return list(run(jobs, Options(**options), Plan(batch_size, preparation_threads=1), lambda: decoder))


def test_chunks_of_different_recordings_share_a_batch_and_come_home(long_audio: Samples) -> None:
    ear = Listener()
    done = listen([Job(name, windows(long_audio), "en") for name in "abc"], ear, batch_size=8)
    assert max(len({name for name, _ in batch}) for batch in ear.batches) > 1
    assert len(ear.batches[0]) == 8
    for result in done:
        assert text(result) == " ".join(f"{result.id} {index}." for index in range(result.counts["chunks"]))


def test_a_chunk_that_is_surely_in_another_language_keeps_it(long_audio: Samples) -> None:
    class Bilingual(Listener):
        def evidence(self, row: Row) -> dict[str, float]:
            return {"de": 0.97} if row.index == 1 else {"en": 0.8, "fr": 0.1}

    (done,) = listen([Job("a", windows(long_audio))], Bilingual())
    assert done.language == "en"
    assert [language for language, _ in groupby(segment.language for segment in done.segments)] == [None, "de", None]


def test_a_chunk_that_was_heard_in_a_language_the_vote_rejects_is_heard_again(long_audio: Samples) -> None:
    class Misled(Listener):
        def evidence(self, row: Row) -> dict[str, float]:
            return {"fr": 0.5, "en": 0.4} if row.index == 0 else {"en": 0.85, "fr": 0.1}

    ear = Misled()
    (done,) = listen([Job("a", windows(long_audio))], ear, batch_size=1)
    assert done.language == "en"
    assert {segment.language for segment in done.segments} == {None}
    assert done.counts["again_language"] >= 1


def test_a_hint_is_honoured_whatever_the_chunks_sound_like(long_audio: Samples) -> None:
    (done,) = listen([Job("a", windows(long_audio), "de-AT")], Listener(language="fr"))
    assert done.language == "de"
    assert {segment.language for segment in done.segments} == {None}


def test_a_chunk_that_cannot_be_decoded_fails_its_own_recording_alone(long_audio: Samples) -> None:
    done = {r.id: r for r in listen([Job(n, windows(long_audio), "en") for n in "abc"], Listener(deaf_to="b"))}
    assert isinstance(done["b"].error, RuntimeError)
    assert done["a"].error is None
    for name in "ac":
        assert text(done[name]) == " ".join(f"{name} {index}." for index in range(done[name].counts["chunks"]))


def test_what_concerns_every_recording_is_raised(long_audio: Samples) -> None:
    def no_model() -> Listener:
        raise LookupError("no weights")

    with pytest.raises(LookupError, match="no weights"):
        list(run([Job("a", windows(long_audio), "en")], Options(), Plan(4), no_model))


def test_a_source_of_jobs_that_breaks_is_raised_too(long_audio: Samples) -> None:
    def source() -> Iterator[Job]:
        yield Job("a", windows(long_audio), "en")
        raise LookupError("the list of jobs broke off")

    with pytest.raises(LookupError, match="broke off"):
        list(run(source(), Options(), Plan(4), Listener))


def test_whoever_stops_listening_early_leaves_no_thread_behind(long_audio: Samples) -> None:
    before = threading.active_count()
    results = run((Job(str(n), windows(long_audio), "en") for n in range(50)), Options(), Plan(2), Listener)
    next(results)
    assert threading.active_count() > before
    results.close()
    assert threading.active_count() == before


def test_speech_that_a_decoder_skipped_is_heard_again_alone_and_put_in_its_place(long_audio: Samples) -> None:
    class Skipping(Listener):
        def said(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" found.", drawn_out(" found.", 0.3, row.chunk.seconds - 0.3), "en")
            third = row.chunk.seconds / 3
            words = drawn_out(" before", 0.0, third) + drawn_out(" after.", 2 * third, row.chunk.seconds)
            return DecodedChunk(" before after.", words, "en")

    (done,) = listen([Job("a", windows(long_audio), "en")], Skipping())
    long = done.counts["chunks"] - 1  # the last one is too short to hide a sentence
    assert text(done).split() == ["before", "found.", "after."] * long + ["before", "after."]
    assert (done.counts["heard_again_alone"], done.counts["repaired"]) == (long, long)
    assert done.coverage.uncovered == ()
    starts = [segment.start for segment in done.segments]
    assert starts == sorted(starts)


def test_speech_that_stays_without_words_is_stored(long_audio: Samples) -> None:
    class Deaf(Listener):
        def said(self, row: Row) -> DecodedChunk:
            half = row.chunk.seconds / 2
            return (
                DecodedChunk("", (), "en") if row.gap else DecodedChunk(" half.", drawn_out(" half.", 0.0, half), "en")
            )

    (done,) = listen([Job("a", windows(long_audio), "en")], Deaf())
    assert len(done.coverage.uncovered) == done.counts["heard_again_alone"] == done.counts["chunks"] - 1
    assert done.coverage.covered_seconds < 0.7 * done.coverage.voice_seconds


class Stopping(Listener):
    """Stops early when it hears short input, and hears nothing in what is left if it is `stubborn`."""

    def __init__(self, share: float, *, stubborn: bool = False) -> None:
        super().__init__()
        self.share, self.stubborn = share, stubborn

    def said(self, row: Row) -> DecodedChunk:
        """A word until it stops."""
        if row.parent and self.stubborn:
            return DecodedChunk("", (), "en")
        if row.parent:
            last = row.chunk.seconds - 0.4
            return DecodedChunk(
                " more.", (*drawn_out("", 0.0, last), *drawn_out(" more.", last, row.chunk.seconds)), "en"
            )
        until = row.chunk.seconds * (self.share if row.frames < FULL_FRAMES else 1)
        return DecodedChunk(" said.", drawn_out(" said.", 0.0, until), "en")


@pytest.mark.parametrize(
    ("ear", "alone", "in_full"),
    [(Stopping(0.85), 1, 0), (Stopping(0.5), 1, 0), (Stopping(0.5, stubborn=True), 1, 1), (Stopping(1), 0, 0)],
)
def test_what_short_input_left_without_words_is_heard_alone_or_all_again_in_full(
    ear: Stopping, alone: int, in_full: int
) -> None:
    (done,) = listen([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], ear, short_input=True)
    assert (done.counts.get("heard_again_alone", 0), done.counts.get("again_uncovered", 0)) == (alone, in_full)
    assert text(done) == ("said. more." if alone and not in_full else "said.")
    assert done.coverage.uncovered == ()


def test_a_word_that_lasts_longer_than_anybody_speaks_hides_nothing() -> None:
    class Stretching(Listener):
        def said(self, row: Row) -> DecodedChunk:
            if row.frames < FULL_FRAMES:
                words = (*drawn_out(" to", 0.0, 1.0), Word(" be", 1.0, row.chunk.seconds, 0.95))
                return DecodedChunk(" to be", words, "en")
            return DecodedChunk(" to be or not.", drawn_out(" to be or not.", 0.0, row.chunk.seconds), "en")

    (done,) = listen([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Stretching(), short_input=True)
    assert done.counts["again_uncovered"] == 1
    assert text(done) == "to be or not."


def test_a_word_that_stays_stretched_in_full_length_makes_room_for_what_it_hid() -> None:
    class Stretching(Listener):
        def said(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" be or not.", drawn_out(" be or not.", 0.3, row.chunk.seconds), "en")
            words = (*drawn_out(" to", 0.0, 2.0), Word(" bee", 2.0, row.chunk.seconds, 0.95))
            return DecodedChunk(" to bee", words, "en")

    (done,) = listen([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Stretching())
    assert text(done) == "to be or not."
    assert [(one["reason"], one["text"]) for one in done.counts["removed"]] == [("stretched", "bee")]
    assert done.coverage.uncovered == ()


def test_a_loop_is_cut_to_one_and_what_went_is_kept_aside(long_audio: Samples) -> None:
    class Looping(Listener):
        def said(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" rest.", drawn_out(" rest.", 0.3, row.chunk.seconds - 0.3), "en")
            words = tuple(Word(w, 0.1 * n, 0.1 * n + 0.1, 0.9) for n, w in enumerate((" Good", " night.") * 40))
            return DecodedChunk("".join(word.text for word in words), words, "en", compression=12.0)

    (done,) = listen([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Looping(), temperatures=(0.0, 0.5))
    assert text(done) == "Good night. rest."
    assert (done.counts["again_temperature"], done.counts["dropped_loop"]) == (1, 1)
    assert done.counts["removed"][0]["text"].startswith("Good night. Good night.")
    assert done.segments[0].doubt == "repetitive"


def test_words_made_of_silence_are_taken_out_and_kept_aside(long_audio: Samples) -> None:
    class Imagining(Listener):
        def said(self, row: Row) -> DecodedChunk:
            if row.index == 1:
                return DecodedChunk(
                    " Thank you.", (Word(" Thank you.", 0.0, 0.5, 0.3),), "en", likelihood=-1.2, no_speech=0.7
                )
            return super().said(row)

    (done,) = listen([Job("a", windows(long_audio), "en")], Imagining())
    assert (done.counts["dropped"], done.counts["dropped_silence"]) == (1, 1)
    assert done.counts["removed"][0]["text"] == "Thank you."
    assert "Thank" not in text(done)


def test_words_that_do_not_add_up_to_the_text_never_cost_any_of_it() -> None:
    class Mumbling(Listener):
        def said(self, row: Row) -> DecodedChunk:
            return DecodedChunk(f" All of {row.index}.", (Word(" All", 0.0, 0.5, 0.5),), "en")

    (done,) = listen([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Mumbling(), repair=False)
    assert text(done) == "All of 0."
