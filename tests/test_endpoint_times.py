"""Text of a server that states no times is aligned on this machine, or marked as approximate: no time is made up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import models
from benchmarks.corpus import decoded
from diary_pipeline.notes.day import PageEntry, compose
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.page.lines import links
from diary_pipeline.schema import Segment
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.pieces import Piece, piece_from_json
from diary_pipeline.transcribe.stitch import Word
from diary_pipeline.transcribe.weights import Weights, aligning_weights
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.foreign import MEMOS
from tests.page_entries import DAY, VERBATIM, entry, spoken
from tests.spoken import SAMPLES, samples, windows
from tests.transcribing import transcribe_with_endpoint
from tests.wire_speech import SpeechWire, verbose

MEMO = "2026-03-14 18.40.wav"
TEXT = (SAMPLES / MEMO).with_suffix(".txt").read_text("utf-8").strip()

ByLanguage = Callable[[str], Weights | None]


@pytest.fixture
def wire() -> Iterator[SpeechWire]:
    with SpeechWire().running() as wire:
        yield wire


def heard(
    wire: SpeechWire,
    audio: Samples,
    said: str,
    aligning: ByLanguage,
    *,
    behaviour: str = "plain",
    language: str | None = "en",
    options: Options | None = None,
) -> Result:
    """What a server makes of the audio that writes *said* and no times, on a machine with these models to align."""
    wire.answer = lambda request: verbose(said, request.seconds)
    endpoint = SpeechEndpoint(url=wire.base(behaviour), model="m", use="first")
    context = EngineContext(endpoint=endpoint, aligning_weights=aligning)
    engine = WhisperEngine(models.weights("tiny.en"), device="cpu", context=context, options=options)
    (result,) = engine.transcribe([Job("r1", windows(audio), language)])
    assert result.error is None
    return result


def english(language: str) -> Weights | None:
    """tiny.en where it may fit, as on a machine with the embedded weights alone."""
    return models.weights("tiny.en") if language in ("en", "und") else None


def text(result: Result) -> str:
    return " ".join(segment.text for segment in result.segments)


@pytest.mark.slow
@pytest.mark.parametrize(("behaviour", "language"), [("plain", "en"), ("bare", None), ("text", None)])
def test_english_text_gets_the_times_of_its_words_on_this_machine(
    wire: SpeechWire, behaviour: str, language: str | None
) -> None:
    memo = samples(MEMO)
    result = heard(wire, memo, TEXT, english, behaviour=behaviour, language=language)
    assert text(result) == TEXT, "the words are the server's, to the letter"
    (own,) = WhisperEngine(models.weights("tiny.en"), device="cpu").transcribe([Job("r1", windows(memo), "en")])
    expected = {word.text.strip(".,").lower(): word.start for s in own.segments for word in s.words}
    timed = [(word.text.strip(".,").lower(), word.start) for s in result.segments for word in s.words]
    off = [abs(start - expected[word]) for word, start in timed if word in expected]
    assert len(off) > 0.8 * len(timed)
    assert sorted(off)[int(0.9 * len(off))] < 0.5
    assert not any(segment.approximate or segment.doubt for segment in result.segments)
    assert result.coverage.uncovered == ()
    wanted = {"plain": ["verbose_json", "json"], "bare": ["verbose_json"], "text": ["verbose_json", "json", "text"]}
    assert [request.form["response_format"][0] for request in wire.requests] == wanted[behaviour]


def is_approximate(result: Result, said: str) -> bool:
    """Whether all its segments have the times of the one chunk, and no word has any."""
    assert text(result) == said
    spans = {(segment.start, segment.end) for segment in result.segments}
    return len(spans) == 1 and all(segment.approximate and not segment.words for segment in result.segments)


@pytest.mark.slow
def test_text_that_no_model_here_knows_has_the_times_of_its_chunk(
    wire: SpeechWire, foreign_voices: dict[str, Path]
) -> None:
    german = decoded(foreign_voices["de"])
    assert is_approximate(heard(wire, german, MEMOS["de"], english, language="de"), MEMOS["de"])
    unnamed = heard(wire, german, MEMOS["de"], english, language=None)
    assert is_approximate(unnamed, MEMOS["de"]), "tiny.en finds that these are no English words"
    aligned = heard(wire, german, MEMOS["de"], lambda _: models.weights("base"), language=None)
    assert not any(segment.approximate for segment in aligned.segments)
    starts = [segment.start for segment in aligned.segments]
    assert starts == sorted(set(starts))
    assert aligned.segments[-1].end <= aligned.seconds


@pytest.mark.slow
def test_text_that_is_not_what_was_spoken_is_not_aligned(wire: SpeechWire) -> None:
    other = "The committee postponed its decision about the northern harbour until further notice."
    assert is_approximate(heard(wire, samples(MEMO), other, english), other)
    translation = heard(wire, samples(MEMO), TEXT, english, options=Options(task="translate"))
    assert is_approximate(translation, TEXT)


def test_a_machine_without_models_marks_the_times_and_the_page_says_about(wire: SpeechWire) -> None:
    (result,) = transcribe_with_endpoint(wire.base("plain"), Job("r1", windows(samples(MEMO)), "en"))
    assert is_approximate(result, "The server heard this. And that too.")
    assert 0 <= result.segments[0].start < 2
    assert 9 < result.segments[-1].end <= result.seconds
    given = entry("08:00")
    transcript = spoken().model_copy(update={"segments": result.segments, "language": "en"})
    note = write(transcript, VERBATIM).note(given.recording.id, "extractive", transcript.provenance)
    page = compose("me", DAY, [PageEntry(given.recording, transcript, note, "../../audio/r.wav")])
    line = next(line for line in page.splitlines() if "server" in line and "#t=" in line)
    assert line.startswith("The server heard this. And that too. [about 0:00](../../audio/r.wav#t=")
    assert len(links(line)) == 1, "it is found again on an edited page"


def test_voice_that_a_server_left_without_words_is_told_unless_it_may_be_noise(wire: SpeechWire) -> None:
    job = Job("r1", windows(samples("2026-03-14 08.12.m4a")), "en")
    wire.answer = lambda request: verbose("Only this.", request.seconds)
    (result,) = transcribe_with_endpoint(wire.base("plain"), job)
    assert result.coverage.wordless, "two words for half a minute of voice"
    wire.answer = lambda request: verbose("", request.seconds)
    (result,) = transcribe_with_endpoint(wire.base("plain"), job)
    assert (result.segments, result.coverage.wordless) == ((), ())
    assert result.coverage.uncovered


def test_nothing_is_aligned_where_the_server_states_times(wire: SpeechWire) -> None:
    asked: list[str] = []

    def noted(language: str) -> None:
        asked.append(language)

    for behaviour in ("ok", "segments"):
        result = heard(wire, samples(MEMO), TEXT, noted, behaviour=behaviour)
        assert not any(segment.approximate for segment in result.segments)
    assert asked == []


@pytest.mark.parametrize(("language", "found"), [("en", "tiny.en"), ("de", None), ("und", "tiny.en")])
def test_only_weights_that_are_here_and_know_the_language_are_taken(
    tmp_path: Path, language: str, found: str | None
) -> None:
    weights = aligning_weights(language, tmp_path)
    assert (weights.name if weights else None) == found


def test_the_edges_of_a_chunk_move_with_it_when_it_is_used_again() -> None:
    word = Word(" So", 10.0, 10.5, 0.6, "en", aligned=False, within=(9.5, 20.0))
    piece = Piece("k", 9.5, 20.0, [word], [(9.6, 19.0)], "en", is_voice=True)
    (moved,) = piece_from_json("k", piece.to_json(), 19.5).words
    assert (moved.start, moved.within) == (20.0, (19.5, 30.0))


def test_a_segment_of_an_earlier_version_has_exact_times() -> None:
    assert not Segment.model_validate({"id": "s01", "start": 0.0, "end": 1.0, "text": "Yes."}).approximate
