"""Chunks of many recordings share batches, answers are reviewed, and results are complete: with a scripted model."""

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


class ScriptedDecoder:
    """A decoder that answers with each row's recording and index, and records the batches."""

    about: Mapping[str, Any] = {"device": "script"}

    def __init__(self, *, fails_on: str = "", language: str = "en") -> None:
        self.batches: list[list[tuple[str, int]]] = []
        self.fails_on = fails_on
        self.language = language
        self.languages = frozenset({"en", "de", "fr"})

    def features(self, chunk: Chunk) -> Features:
        """Zeros of the right length."""
        return np.zeros((80, round(chunk.seconds * 100)), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        """Answer for each row."""
        self.batches.append([(row.recording.job.id, row.index) for row in rows])
        if any(row.recording.job.id == self.fails_on for row in rows):
            raise RuntimeError("cannot decode this")
        for row in rows:
            if row.known_language is None:
                row.recording.vote(row, self.evidence(row))
        return [self.answer(row) for row in rows]

    def evidence(self, row: Row) -> dict[str, float]:
        """The language detected in a chunk."""
        return {self.language: 0.95, "en": 0.02}

    def answer(self, row: Row) -> DecodedChunk:
        """One row's answer, drawn out over the whole chunk."""
        words = f" {row.recording.job.id} {row.index}."
        return DecodedChunk(words, drawn_out(words, 0.0, row.chunk.seconds, 1.0), row.recording.language_of(row))


def transcribe(jobs: Iterable[Job], decoder: ScriptedDecoder, batch_size: int = 4, **options: Any) -> list[Result]:
    """All results, in the order in which they came."""
    return list(run(jobs, Options(**options), Plan(batch_size, preparation_threads=1), lambda: decoder))


def test_chunks_of_different_recordings_share_a_batch_and_return_to_their_recordings(long_audio: Samples) -> None:
    decoder = ScriptedDecoder()
    done = transcribe([Job(name, windows(long_audio), "en") for name in "abc"], decoder, batch_size=8)
    assert max(len({name for name, _ in batch}) for batch in decoder.batches) > 1
    assert len(decoder.batches[0]) == 8
    for result in done:
        assert text(result) == " ".join(f"{result.id} {index}." for index in range(result.counts["chunks"]))


def test_a_chunk_that_is_clearly_in_another_language_keeps_it(long_audio: Samples) -> None:
    class Bilingual(ScriptedDecoder):
        def evidence(self, row: Row) -> dict[str, float]:
            return {"de": 0.97} if row.index == 1 else {"en": 0.8, "fr": 0.1}

    (done,) = transcribe([Job("a", windows(long_audio))], Bilingual())
    assert done.language == "en"
    assert [language for language, _ in groupby(segment.language for segment in done.segments)] == [None, "de", None]


def test_a_chunk_that_was_decoded_in_a_language_the_vote_rejects_is_decoded_again(long_audio: Samples) -> None:
    class Misdetecting(ScriptedDecoder):
        def evidence(self, row: Row) -> dict[str, float]:
            return {"fr": 0.5, "en": 0.4} if row.index == 0 else {"en": 0.85, "fr": 0.1}

    decoder = Misdetecting()
    (done,) = transcribe([Job("a", windows(long_audio))], decoder, batch_size=1)
    assert done.language == "en"
    assert {segment.language for segment in done.segments} == {None}
    assert done.counts["again_language"] >= 1


def test_a_language_hint_is_obeyed_whatever_the_chunks_sound_like(long_audio: Samples) -> None:
    (done,) = transcribe([Job("a", windows(long_audio), "de-AT")], ScriptedDecoder(language="fr"))
    assert done.language == "de"
    assert {segment.language for segment in done.segments} == {None}


def test_a_chunk_that_cannot_be_decoded_fails_its_own_recording_alone(long_audio: Samples) -> None:
    done = {
        r.id: r for r in transcribe([Job(n, windows(long_audio), "en") for n in "abc"], ScriptedDecoder(fails_on="b"))
    }
    assert isinstance(done["b"].error, RuntimeError)
    assert done["a"].error is None
    for name in "ac":
        assert text(done[name]) == " ".join(f"{name} {index}." for index in range(done[name].counts["chunks"]))


def test_what_concerns_every_recording_is_raised(long_audio: Samples) -> None:
    def no_model() -> ScriptedDecoder:
        raise LookupError("no weights")

    with pytest.raises(LookupError, match="no weights"):
        list(run([Job("a", windows(long_audio), "en")], Options(), Plan(4), no_model))


def test_a_source_of_jobs_that_breaks_is_raised_too(long_audio: Samples) -> None:
    def source() -> Iterator[Job]:
        yield Job("a", windows(long_audio), "en")
        raise LookupError("the list of jobs broke off")

    with pytest.raises(LookupError, match="broke off"):
        list(run(source(), Options(), Plan(4), ScriptedDecoder))


def test_a_caller_that_stops_early_leaves_no_thread_behind(long_audio: Samples) -> None:
    before = threading.active_count()
    results = run((Job(str(n), windows(long_audio), "en") for n in range(50)), Options(), Plan(2), ScriptedDecoder)
    next(results)
    assert threading.active_count() > before
    results.close()
    assert threading.active_count() == before


def test_speech_that_a_decoder_skipped_is_decoded_again_alone_and_put_in_its_place(long_audio: Samples) -> None:
    class SkipsSpeech(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" found.", drawn_out(" found.", 0.3, row.chunk.seconds - 0.3), "en")
            third = row.chunk.seconds / 3
            words = drawn_out(" before", 0.0, third) + drawn_out(" after.", 2 * third, row.chunk.seconds)
            return DecodedChunk(" before after.", words, "en")

    (done,) = transcribe([Job("a", windows(long_audio), "en")], SkipsSpeech())
    long = done.counts["chunks"] - 1  # the last one is too short to hide a sentence
    assert text(done).split() == ["before", "found.", "after."] * long + ["before", "after."]
    assert (done.counts["heard_again_alone"], done.counts["repaired"]) == (long, long)
    assert done.coverage.uncovered == ()
    starts = [segment.start for segment in done.segments]
    assert starts == sorted(starts)


def test_speech_that_stays_without_words_is_stored(long_audio: Samples) -> None:
    class LeavesHalf(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            half = row.chunk.seconds / 2
            return (
                DecodedChunk("", (), "en") if row.gap else DecodedChunk(" half.", drawn_out(" half.", 0.0, half), "en")
            )

    (done,) = transcribe([Job("a", windows(long_audio), "en")], LeavesHalf())
    assert len(done.coverage.uncovered) == done.counts["heard_again_alone"] == done.counts["chunks"] - 1
    assert done.coverage.covered_seconds < 0.7 * done.coverage.voice_seconds


class StopsEarly(ScriptedDecoder):
    """Stops early on short input; decodes nothing in the rest either if it does so `repeatedly`."""

    def __init__(self, share: float, *, repeatedly: bool = False) -> None:
        super().__init__()
        self.share, self.repeatedly = share, repeatedly

    def answer(self, row: Row) -> DecodedChunk:
        """A word until it stops."""
        if row.parent and self.repeatedly:
            return DecodedChunk("", (), "en")
        if row.parent:
            last = row.chunk.seconds - 0.4
            return DecodedChunk(
                " more.", (*drawn_out("", 0.0, last), *drawn_out(" more.", last, row.chunk.seconds)), "en"
            )
        until = row.chunk.seconds * (self.share if row.frames < FULL_FRAMES else 1)
        return DecodedChunk(" said.", drawn_out(" said.", 0.0, until), "en")


@pytest.mark.parametrize(
    ("decoder", "alone", "in_full"),
    [
        (StopsEarly(0.85), 1, 0),
        (StopsEarly(0.5), 1, 0),
        (StopsEarly(0.5, repeatedly=True), 1, 1),
        (StopsEarly(1), 0, 0),
    ],
)
def test_what_short_input_left_without_words_is_decoded_alone_or_the_chunk_again_in_full(
    decoder: StopsEarly, alone: int, in_full: int
) -> None:
    (done,) = transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], decoder, short_input=True)
    assert (done.counts.get("heard_again_alone", 0), done.counts.get("again_uncovered", 0)) == (alone, in_full)
    assert text(done) == ("said. more." if alone and not in_full else "said.")
    assert done.coverage.uncovered == ()


def test_a_word_that_lasts_longer_than_anybody_speaks_hides_nothing() -> None:
    class StretchesWord(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            if row.frames < FULL_FRAMES:
                words = (*drawn_out(" to", 0.0, 1.0), Word(" be", 1.0, row.chunk.seconds, 0.95))
                return DecodedChunk(" to be", words, "en")
            return DecodedChunk(" to be or not.", drawn_out(" to be or not.", 0.0, row.chunk.seconds), "en")

    (done,) = transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], StretchesWord(), short_input=True)
    assert done.counts["again_uncovered"] == 1
    assert text(done) == "to be or not."


def test_a_word_that_stays_stretched_in_full_length_is_replaced_by_what_it_hid() -> None:
    class StretchesWord(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" be or not.", drawn_out(" be or not.", 0.3, row.chunk.seconds), "en")
            words = (*drawn_out(" to", 0.0, 2.0), Word(" bee", 2.0, row.chunk.seconds, 0.95))
            return DecodedChunk(" to bee", words, "en")

    (done,) = transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], StretchesWord())
    assert text(done) == "to be or not."
    assert [(one["reason"], one["text"]) for one in done.counts["removed"]] == [("stretched", "bee")]
    assert done.coverage.uncovered == ()


def test_a_loop_is_cut_to_one_phrase_and_the_rest_is_kept_aside(long_audio: Samples) -> None:
    class Looping(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            if row.gap:
                return DecodedChunk(" rest.", drawn_out(" rest.", 0.3, row.chunk.seconds - 0.3), "en")
            words = tuple(Word(w, 0.1 * n, 0.1 * n + 0.1, 0.9) for n, w in enumerate((" Good", " night.") * 40))
            return DecodedChunk("".join(word.text for word in words), words, "en", compression=12.0)

    (done,) = transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Looping(), temperatures=(0.0, 0.5))
    assert text(done) == "Good night. rest."
    assert (done.counts["again_temperature"], done.counts["dropped_loop"]) == (1, 1)
    assert done.counts["removed"][0]["text"].startswith("Good night. Good night.")
    assert done.segments[0].doubt == "repetitive"


def test_words_made_of_silence_are_removed_and_kept_aside(long_audio: Samples) -> None:
    class Inventing(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            if row.index == 1:
                return DecodedChunk(
                    " Thank you.", (Word(" Thank you.", 0.0, 0.5, 0.3),), "en", likelihood=-1.2, no_speech=0.7
                )
            return super().answer(row)

    (done,) = transcribe([Job("a", windows(long_audio), "en")], Inventing())
    assert (done.counts["dropped"], done.counts["dropped_silence"]) == (1, 1)
    assert done.counts["removed"][0]["text"] == "Thank you."
    assert "Thank" not in text(done)


def test_words_that_do_not_add_up_to_the_text_never_cost_any_of_it() -> None:
    class Incomplete(ScriptedDecoder):
        def answer(self, row: Row) -> DecodedChunk:
            return DecodedChunk(f" All of {row.index}.", (Word(" All", 0.0, 0.5, 0.5),), "en")

    (done,) = transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "en")], Incomplete(), repair=False)
    assert text(done) == "All of 0."
