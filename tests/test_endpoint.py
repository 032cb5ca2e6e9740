"""A transcription server decodes what this machine cannot: answers are audited, failures reported, no word doubled."""

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
from tests.spoken import samples, text, windows
from tests.test_engine_devices import ScriptedDevice
from tests.transcribing import transcribe_with_endpoint
from tests.wire_speech import SpeechRequest, SpeechWire, verbose

MEMO = "2026-03-14 18.40.wav"


@pytest.fixture(scope="module")
def memo() -> Samples:
    return samples(MEMO)


@pytest.fixture
def wire() -> Iterator[SpeechWire]:
    with SpeechWire().running() as wire:
        yield wire


def test_a_machine_without_room_sends_to_its_server_and_records_why(wire: SpeechWire, memo: Samples) -> None:
    (result,) = transcribe_with_endpoint(
        wire.base(), Job("r1", windows(memo), "en", hotwords="Nina, Clara"), endpoint={"api_key": "sk-test"}
    )
    assert text(result) == "The server heard this. And that too."
    assert [segment.text for segment in result.segments] == ["The server heard this.", "And that too."]
    assert result.counts["device"] == "endpoint"
    assert result.counts["endpoint"] == {"host": "127.0.0.1", "model": "m"}
    assert result.counts["heard_by_endpoint"] == result.counts["chunks"] == len(wire.requests)
    assert "out of memory" in result.counts["fallback"]
    assert result.language == "en"
    assert result.coverage.uncovered == ()
    (request,) = wire.requests
    assert request.path == "/ok/v1/audio/transcriptions"
    assert request.form["response_format"] == ["verbose_json"]
    assert request.form["timestamp_granularities"] == ["word", "segment"]
    assert (request.form["model"], request.form["language"], request.form["prompt"]) == (["m"], ["en"], ["Nina, Clara"])
    assert request.headers["authorization"] == "Bearer sk-test"
    assert "r1" not in str(request), "the recording's name is none of the server's business"


def test_the_chain_goes_from_the_gpu_over_smaller_batches_and_the_cpu_to_the_server(
    wire: SpeechWire, memo: Samples
) -> None:
    gpu, cpu = ScriptedDevice("cuda", room=1), ScriptedDevice("cpu", room=0)
    jobs = [Job(str(n), windows(memo), "en") for n in range(4)]
    fits = transcribe_with_endpoint(wire.base(), *jobs, local_decoder=lambda: gpu, next_decoders=[lambda: cpu])
    assert (gpu.sizes, cpu.sizes, wire.requests) == ([4, 2, 1, 1, 1, 1], [], [])
    assert {result.counts["batch_size_after_out_of_memory"] for result in fits} == {1}
    gpu.room = 0
    none = transcribe_with_endpoint(wire.base(), *jobs, local_decoder=lambda: gpu, next_decoders=[lambda: cpu])
    assert cpu.sizes == [4, 2, 1]
    assert len(wire.requests) == 4
    assert {result.counts["fallback"] for result in none} == {
        "endpoint, because the device ran out of memory with a single chunk"
    }


def test_a_model_that_cannot_be_loaded_anywhere_is_no_reason_to_lose_a_memo(wire: SpeechWire, memo: Samples) -> None:
    def broken() -> ScriptedDevice:
        raise RuntimeError("CUDA failed with error out of memory")

    (cpu,) = transcribe_with_endpoint(
        wire.base(),
        Job("r1", windows(memo), "en"),
        local_decoder=broken,
        next_decoders=[lambda: ScriptedDevice("cpu", 9)],
    )
    assert (text(cpu), cpu.counts["fallback"]) == (
        "Yes.",
        "cpu, because the model could not be loaded before (out of memory)",
    )
    (server,) = transcribe_with_endpoint(
        wire.base(), Job("r1", windows(memo), "en"), local_decoder=broken, next_decoders=[broken]
    )
    assert text(server) == "The server heard this. And that too."
    assert server.counts["fallback"].startswith("endpoint, because the model could not be loaded")


def test_a_translation_is_requested_from_the_path_for_translations(wire: SpeechWire, memo: Samples) -> None:
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo), "en"), options=Options(task="translate"))
    assert text(result) == "The server heard this. And that too."
    (request,) = wire.requests
    assert request.path == "/ok/v1/audio/translations"
    assert not {"language", "timestamp_granularities"} & set(request.form)


def test_the_language_that_the_server_reports_is_the_recordings(wire: SpeechWire, memo: Samples) -> None:
    wire.answer = lambda request: verbose("Das hat der Server gehört.", request.seconds) | {"language": "german"}
    multilingual = ScriptedDevice("cpu", 0)
    multilingual.languages = frozenset({"en", "de"})
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo)), local_decoder=lambda: multilingual)
    assert result.language == "de"
    assert "language" not in wire.requests[0].form
    assert len(wire.requests) == 1


@pytest.mark.parametrize("behaviour", ["segments", "some"])
def test_words_without_times_are_kept_all_the_same(wire: SpeechWire, memo: Samples, behaviour: str) -> None:
    jobs = [Job(str(n), windows(memo), "en") for n in range(2)]
    for result in transcribe_with_endpoint(wire.base(behaviour), *jobs):
        assert text(result) == "The server heard this. And that too."
        starts = [word.start for segment in result.segments for word in segment.words]
        assert starts == sorted(starts)
        assert 0 <= starts[0] <= result.segments[-1].end <= result.seconds
    assert {request.form["response_format"][0] for request in wire.requests} == {"verbose_json"}


def test_words_without_spaces_between_them_have_their_own_times(wire: SpeechWire, memo: Samples) -> None:
    def answer_request(request: SpeechRequest) -> dict[str, Any]:
        words = ["今日", "は", "海", "へ", "行き", "まし", "た"]
        return verbose(" ".join(words), request.seconds) | {"text": "今日は海へ行きました。", "language": "japanese"}

    wire.answer = answer_request
    multilingual = ScriptedDevice("cpu", 0)
    multilingual.languages = frozenset({"en", "ja"})
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo)), local_decoder=lambda: multilingual)
    (segment,) = result.segments
    assert (segment.text, result.language, len(segment.words)) == ("今日は海へ行きました。", "ja", 7)
    assert segment.words[-1].text == "た。"
    assert result.coverage.uncovered == ()
    assert "repaired" not in result.counts


def test_speech_that_the_server_left_without_words_is_decoded_again_or_reported(wire: SpeechWire) -> None:
    wire.answer = lambda request: verbose("Only this.", 2.0 if request.seconds > 10 else request.seconds)
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(samples("2026-03-14 08.12.m4a")), "en"))
    assert result.counts["heard_again_alone"] == 1
    assert len(wire.requests) == 2
    wire.answer = lambda _: verbose("Only this.", 2.0)
    (result,) = transcribe_with_endpoint(wire.base("plain"), Job("r1", windows(samples("2026-03-14 08.12.m4a")), "en"))
    assert result.coverage.uncovered, "two words for half a minute of voice"
    assert "heard_again_alone" not in result.counts, (
        "the place of the gap is unknown, so decoding it again could double words"
    )


def test_text_that_the_server_itself_doubts_is_removed_and_kept_aside(wire: SpeechWire, memo: Samples) -> None:
    wire.answer = lambda request: verbose(
        "Thank you for watching.", request.seconds, no_speech_prob=0.9, avg_logprob=-0.9
    )
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo), "en"))
    assert result.segments == ()
    assert result.counts["removed"][0]["text"] == "Thank you for watching."
    wire.answer = lambda request: verbose("la " * 200, request.seconds, avg_logprob=-0.6)
    (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo), "en"))
    assert len(text(result).split()) < 20
    assert result.counts["dropped_loop"] == 1
    assert {request.form["temperature"][0] for request in wire.requests[1:]} == {"0.0", "0.2", "0.6"}


@pytest.mark.parametrize(
    ("behaviour", "kind", "remedy"),
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
def test_a_server_that_misbehaves_costs_an_attempt_and_the_error_says_what_to_do(
    wire: SpeechWire,
    memo: Samples,
    caplog: pytest.LogCaptureFixture,
    behaviour: str,
    kind: type[Exception],
    remedy: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with SpeechWire().running() as trap:
        wire.redirect = trap.base()
        endpoint = {"timeout_seconds": 0.3 if behaviour == "hang" else 5, "api_key": "sk-test"}
        results = transcribe_with_endpoint(
            wire.base(behaviour), *(Job(f"r{n}", windows(memo), "en") for n in range(6)), endpoint=endpoint
        )
        assert trap.requests == []
    assert len(results) == 6
    for result in results:
        assert isinstance(result.error, kind), result.error
        assert "127.0.0.1" in str(result.error)
    messages = " ".join(str(result.error) for result in results)
    assert remedy in messages
    assert not any(secret in messages + caplog.text for secret in ("Zanzibar", "sk-test", "Bearer"))
    if behaviour in ("e401", "e404", "e429"):
        assert len(wire.requests) <= 4, "a server that refuses, or asks for a pause, gets no more requests from the run"


def test_a_dead_server_is_a_transient_error(memo: Samples) -> None:
    with SpeechWire().running() as gone:
        address = gone.base()
    (result,) = transcribe_with_endpoint(address, Job("r1", windows(memo), "en"))
    assert isinstance(result.error, TransientError)
    assert "Start it" in str(result.error)


def test_the_first_choice_is_asked_first_and_this_machine_decodes_the_rest(wire: SpeechWire, memo: Samples) -> None:
    local_decoder = ScriptedDevice("cpu", room=9)
    (good,) = transcribe_with_endpoint(
        wire.base(), Job("r1", windows(memo)), local_decoder=lambda: local_decoder, endpoint={"use": "first"}
    )
    assert (text(good), local_decoder.sizes) == ("The server heard this. And that too.", [])
    (rescued,) = transcribe_with_endpoint(
        wire.base("e500"), Job("r1", windows(memo)), local_decoder=lambda: local_decoder, endpoint={"use": "first"}
    )
    assert (text(rescued), local_decoder.sizes) == ("Yes.", [1])
    assert rescued.counts["device"] == "cpu"
    assert "server" in rescued.counts["fallback"]


@pytest.mark.slow
def test_a_real_model_behind_the_server_gives_the_same_words_as_here(
    tmp_path: Path, wire: SpeechWire, memo: Samples
) -> None:
    engine = WhisperEngine(locate("tiny.en", tmp_path), device="cpu")
    (local,) = engine.transcribe([Job("r1", windows(memo), "en")])

    def answer_request(request: SpeechRequest) -> dict[str, Any]:
        sound = np.frombuffer(request.file[44:], np.int16)
        (result,) = engine.transcribe([Job("x", windows(sound), "en")])
        spoken = [word for segment in result.segments for word in segment.words]
        words = [
            {"word": word.text, "start": word.start, "end": word.end, "probability": word.confidence} for word in spoken
        ]
        return {"text": text(result), "words": words, "language": "en"}

    wire.answer = answer_request
    context = EngineContext(endpoint=SpeechEndpoint(url=wire.base(), model="tiny.en", use="first"))
    first = WhisperEngine(locate("tiny.en", tmp_path), device="cpu", context=context)
    (remote,) = first.transcribe([Job("r1", windows(memo), "en")])
    errors, words = word_errors([(text(local), text(remote))])
    assert errors <= 2, "the server cuts speech a little differently"
    assert words > 25
    assert remote.coverage.uncovered == ()
    assert remote.segments[-1].end == pytest.approx(local.segments[-1].end, abs=0.5)
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
