"""A transcription server hears what this machine cannot: every answer is audited, every failure told, nothing is said twice."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diary_pipeline.bootstrap import new_engine
from diary_pipeline.errors import PermanentError, TransientError
from diary_pipeline.settings import Settings
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.weights import locate
from diary_pipeline.transcribe.whisper import WhisperEngine
from samples.wer import word_errors
from tests.hearing import hear
from tests.spoken import samples, text, windows
from tests.test_engine_devices import Device
from tests.wire_speech import Asked, SpeechWire, verbose

MEMO = "2026-03-14 18.40.wav"


@pytest.fixture(scope="module")
def memo() -> Samples:
    return samples(MEMO)


@pytest.fixture
def wire() -> Iterator[SpeechWire]:
    with SpeechWire().running() as wire:
        yield wire


def test_a_machine_without_room_lets_its_server_hear_and_says_why(wire: SpeechWire, memo: Samples) -> None:
    (result,) = hear(
        wire.base(), Job("r1", windows(memo), "en", hotwords="Nina, Clara"), endpoint={"api_key": "sk-test"}
    )
    assert text(result) == "The server heard this. And that too."
    assert [segment.text for segment in result.segments] == ["The server heard this.", "And that too."]
    assert result.counts["device"] == "endpoint"
    assert result.counts["endpoint"] == {"host": "127.0.0.1", "model": "m"}
    assert result.counts["heard_by_endpoint"] == result.counts["chunks"] == len(wire.asked)
    assert "out of memory" in result.counts["fallback"]
    assert result.language == "en"
    assert result.coverage.uncovered == ()
    (asked,) = wire.asked
    assert asked.path == "/ok/v1/audio/transcriptions"
    assert asked.form["response_format"] == ["verbose_json"]
    assert asked.form["timestamp_granularities"] == ["word", "segment"]
    assert (asked.form["model"], asked.form["language"], asked.form["prompt"]) == (["m"], ["en"], ["Nina, Clara"])
    assert asked.headers["authorization"] == "Bearer sk-test"
    assert "r1" not in str(asked), "the recording's name is none of the server's business"


def test_the_chain_goes_from_the_gpu_over_smaller_batches_and_the_cpu_to_the_server(
    wire: SpeechWire, memo: Samples
) -> None:
    gpu, cpu = Device("cuda", room=1), Device("cpu", room=0)
    jobs = [Job(str(n), windows(memo), "en") for n in range(4)]
    fits = hear(wire.base(), *jobs, here=lambda: gpu, then=[lambda: cpu])
    assert (gpu.sizes, cpu.sizes, wire.asked) == ([4, 2, 1, 1, 1, 1], [], [])
    assert {result.counts["batch_size_after_out_of_memory"] for result in fits} == {1}
    gpu.room = 0
    none = hear(wire.base(), *jobs, here=lambda: gpu, then=[lambda: cpu])
    assert cpu.sizes == [4, 2, 1]
    assert len(wire.asked) == 4
    assert {result.counts["fallback"] for result in none} == {
        "endpoint, because the device ran out of memory with a single chunk"
    }


def test_a_model_that_cannot_be_loaded_anywhere_is_no_reason_to_lose_a_memo(wire: SpeechWire, memo: Samples) -> None:
    def broken() -> Device:
        raise RuntimeError("CUDA failed with error out of memory")

    (cpu,) = hear(wire.base(), Job("r1", windows(memo), "en"), here=broken, then=[lambda: Device("cpu", 9)])
    assert (text(cpu), cpu.counts["fallback"]) == (
        "Yes.",
        "cpu, because the model could not be loaded before (out of memory)",
    )
    (server,) = hear(wire.base(), Job("r1", windows(memo), "en"), here=broken, then=[broken])
    assert text(server) == "The server heard this. And that too."
    assert server.counts["fallback"].startswith("endpoint, because the model could not be loaded")


def test_a_translation_is_asked_for_where_translations_are_made(wire: SpeechWire, memo: Samples) -> None:
    (result,) = hear(wire.base(), Job("r1", windows(memo), "en"), options=Options(task="translate"))
    assert text(result) == "The server heard this. And that too."
    (asked,) = wire.asked
    assert asked.path == "/ok/v1/audio/translations"
    assert not {"language", "timestamp_granularities"} & set(asked.form)


def test_what_the_server_says_of_the_language_is_the_recordings(wire: SpeechWire, memo: Samples) -> None:
    wire.hears = lambda asked: verbose("Das hat der Server gehört.", asked.seconds) | {"language": "german"}
    multilingual = Device("cpu", 0)
    multilingual.languages = frozenset({"en", "de"})
    (result,) = hear(wire.base(), Job("r1", windows(memo)), here=lambda: multilingual)
    assert result.language == "de"
    assert "language" not in wire.asked[0].form
    assert len(wire.asked) == 1


@pytest.mark.parametrize("mood", ["segments", "some", "plain"])
def test_words_without_times_are_kept_all_the_same(wire: SpeechWire, memo: Samples, mood: str) -> None:
    jobs = [Job(str(n), windows(memo), "en") for n in range(2)]
    for result in hear(wire.base(mood), *jobs):
        assert text(result) == "The server heard this. And that too."
        starts = [word.start for segment in result.segments for word in segment.words]
        assert starts == sorted(starts)
        assert 0 <= starts[0] <= result.segments[-1].end <= result.seconds
    formats = [asked.form["response_format"][0] for asked in wire.asked]
    assert set(formats) == ({"verbose_json", "json"} if mood == "plain" else {"verbose_json"})


def test_words_without_spaces_between_them_have_their_own_times(wire: SpeechWire, memo: Samples) -> None:
    def listen(asked: Asked) -> dict[str, Any]:
        words = ["今日", "は", "海", "へ", "行き", "まし", "た"]
        return verbose(" ".join(words), asked.seconds) | {"text": "今日は海へ行きました。", "language": "japanese"}

    wire.hears = listen
    multilingual = Device("cpu", 0)
    multilingual.languages = frozenset({"en", "ja"})
    (result,) = hear(wire.base(), Job("r1", windows(memo)), here=lambda: multilingual)
    (segment,) = result.segments
    assert (segment.text, result.language, len(segment.words)) == ("今日は海へ行きました。", "ja", 7)
    assert segment.words[-1].text == "た。"
    assert result.coverage.uncovered == ()
    assert "repaired" not in result.counts


def test_speech_that_the_server_left_without_words_is_heard_again_and_else_told(wire: SpeechWire) -> None:
    wire.hears = lambda asked: verbose("Only this.", 2.0 if asked.seconds > 10 else asked.seconds)
    (result,) = hear(wire.base(), Job("r1", windows(samples("2026-03-14 08.12.m4a")), "en"))
    assert result.counts["heard_again_alone"] == 1
    assert len(wire.asked) == 2
    wire.hears = lambda _: verbose("Only this.", 2.0)
    (result,) = hear(wire.base("plain"), Job("r1", windows(samples("2026-03-14 08.12.m4a")), "en"))
    assert result.coverage.uncovered, "two words for half a minute of voice"
    assert "heard_again_alone" not in result.counts, (
        "nobody knows where the gap is, so hearing it again could say things twice"
    )


def test_what_the_server_itself_disowns_is_taken_out_and_kept_aside(wire: SpeechWire, memo: Samples) -> None:
    wire.hears = lambda asked: verbose("Thank you for watching.", asked.seconds, no_speech_prob=0.9, avg_logprob=-0.9)
    (result,) = hear(wire.base(), Job("r1", windows(memo), "en"))
    assert result.segments == ()
    assert result.counts["removed"][0]["text"] == "Thank you for watching."
    wire.hears = lambda asked: verbose("la " * 200, asked.seconds, avg_logprob=-0.6)
    (result,) = hear(wire.base(), Job("r1", windows(memo), "en"))
    assert len(text(result).split()) < 20
    assert result.counts["dropped_loop"] == 1
    assert {asked.form["temperature"][0] for asked in wire.asked[1:]} == {"0.0", "0.2", "0.6"}


@pytest.mark.parametrize(
    ("mood", "kind", "mend"),
    [
        ("e500", TransientError, "server"),
        ("e401", TransientError, "DIARY_SPEECH_ENDPOINT__API_KEY"),
        ("e404", TransientError, "__MODEL"),
        ("e429", TransientError, "rate_limit"),
        ("e413", PermanentError, "--retry"),
        ("hang", TransientError, "DIARY_SPEECH_ENDPOINT__TIMEOUT_SECONDS"),
        ("html", TransientError, "DIARY_SPEECH_ENDPOINT__URL"),
        ("timeless", TransientError, "words without times"),
        ("textless", TransientError, "no text"),
        ("redirect", TransientError, "DIARY_SPEECH_ENDPOINT__URL"),
    ],
)
def test_a_server_that_misbehaves_costs_an_attempt_and_says_what_to_do(
    wire: SpeechWire, memo: Samples, caplog: pytest.LogCaptureFixture, mood: str, kind: type[Exception], mend: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with SpeechWire().running() as trap:
        wire.redirect = trap.base()
        endpoint = {"timeout_seconds": 0.3 if mood == "hang" else 5, "api_key": "sk-test"}
        results = hear(wire.base(mood), *(Job(f"r{n}", windows(memo), "en") for n in range(6)), endpoint=endpoint)
        assert trap.asked == []
    assert len(results) == 6
    for result in results:
        assert isinstance(result.error, kind), result.error
        assert "127.0.0.1" in str(result.error)
    told = " ".join(str(result.error) for result in results)
    assert mend in told
    assert not any(secret in told + caplog.text for secret in ("Zanzibar", "sk-test", "Bearer"))
    if mood in ("e401", "e404", "e429"):
        assert len(wire.asked) <= 4, "who says no, or asks for a pause, is not asked again by the same run"


def test_a_dead_server_is_a_reason_to_come_back_later(memo: Samples) -> None:
    with SpeechWire().running() as gone:
        address = gone.base()
    (result,) = hear(address, Job("r1", windows(memo), "en"))
    assert isinstance(result.error, TransientError)
    assert "Start it" in str(result.error)


def test_the_first_choice_is_asked_first_and_this_machine_hears_what_it_does_not(
    wire: SpeechWire, memo: Samples
) -> None:
    here = Device("cpu", room=9)
    (good,) = hear(wire.base(), Job("r1", windows(memo)), here=lambda: here, endpoint={"use": "first"})
    assert (text(good), here.sizes) == ("The server heard this. And that too.", [])
    (rescued,) = hear(wire.base("e500"), Job("r1", windows(memo)), here=lambda: here, endpoint={"use": "first"})
    assert (text(rescued), here.sizes) == ("Yes.", [1])
    assert rescued.counts["device"] == "cpu"
    assert "server" in rescued.counts["fallback"]


def test_a_real_model_behind_the_server_is_understood_as_well_as_here(
    tmp_path: Path, wire: SpeechWire, memo: Samples
) -> None:
    engine = WhisperEngine(locate("tiny.en", tmp_path), device="cpu")
    (own,) = engine.transcribe([Job("r1", windows(memo), "en")])

    def listen(asked: Asked) -> dict[str, Any]:
        sound = np.frombuffer(asked.file[44:], np.int16)
        (result,) = engine.transcribe([Job("x", windows(sound), "en")])
        spoken = [word for segment in result.segments for word in segment.words]
        words = [
            {"word": word.text, "start": word.start, "end": word.end, "probability": word.confidence} for word in spoken
        ]
        return {"text": text(result), "words": words, "language": "en"}

    wire.hears = listen
    around = EngineContext(endpoint=SpeechEndpoint(url=wire.base(), model="tiny.en", use="first"))
    first = WhisperEngine(locate("tiny.en", tmp_path), device="cpu", around=around)
    (there,) = first.transcribe([Job("r1", windows(memo), "en")])
    errors, words = word_errors([(text(own), text(there))])
    assert errors <= 2, "the server's own search for speech cuts a little differently"
    assert words > 25
    assert there.coverage.uncovered == ()
    assert there.segments[-1].end == pytest.approx(own.segments[-1].end, abs=0.5)
    assert first.identity()["engine"] == "endpoint"
    assert first.identity() != engine.identity()


def test_a_fallback_does_not_make_transcripts_pending_and_a_first_choice_does(home: Path) -> None:
    none = new_engine(Settings.load(home=home, whisper_model="tiny.en")).identity()
    endpoint = {"url": "http://127.0.0.1:9/v1", "model": "large"}
    assert new_engine(Settings.load(home=home, whisper_model="tiny.en", speech_endpoint=endpoint)).identity() == none
    first = Settings.load(home=home, whisper_model="tiny.en", speech_endpoint=endpoint | {"use": "first"})
    assert new_engine(first).identity()["model"] == "large"


@pytest.mark.parametrize(
    "wrong",
    [{"url": "127.0.0.1:8000", "model": "m"}, {"url": "http://127.0.0.1/v1"}, {"url": "ftp://a/b", "model": "m"}],
)
def test_an_address_that_cannot_be_one_is_refused_with_its_name(home: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(Exception, match="DIARY_SPEECH_ENDPOINT"):
        Settings.load(home=home, speech_endpoint=wrong)
