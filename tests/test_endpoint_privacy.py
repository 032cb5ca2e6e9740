"""Private memos go to no other machine, whatever the environment, a server or the settings say."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.errors import TransientError
from diary_pipeline.schema import Privacy
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.views.show import transcript_of
from tests.spoken import SAMPLES, samples, text, three_minutes, windows
from tests.test_engine_devices import ScriptedDevice
from tests.transcribing import connections, standard, transcribe_with_endpoint
from tests.wire_speech import SpeechRequest, SpeechWire, verbose

MEMO, *OTHERS = "2026-03-14 18.40.wav", "2026-03-16 12.34.m4a", "New Recording 7.m4a"
MOVED = "2026-03-16 22.06.m4a"


@pytest.fixture(scope="module")
def memo() -> Samples:
    return samples(MEMO)


@pytest.fixture
def wire() -> Iterator[SpeechWire]:
    with SpeechWire().running() as wire:
        yield wire


def test_neither_a_proxy_nor_another_address_of_the_environment_receives_a_memo(
    wire: SpeechWire, memo: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SpeechWire().running() as trap:
        for name in (
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "OPENAI_BASE_URL",
        ):
            monkeypatch.setenv(name, trap.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
        monkeypatch.setenv("OPENAI_LOG", "debug")
        (result,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo), "en"))
        assert result.error is None
        assert {address[1] for address in connections if isinstance(address, tuple)} == {
            int(wire.url.rpartition(":")[2])
        }
        assert trap.requests == []
    assert "sk-of-the-environment" not in str(wire.requests[0].headers)


def test_without_a_setting_no_server_is_asked_whatever_the_environment_says(
    wire: SpeechWire, memo: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", wire.base())
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    connections.clear()
    (result,) = transcribe_with_endpoint("", Job("r1", windows(memo), "en", privacy=standard), endpoint={"model": ""})
    assert isinstance(result.error, RuntimeError)
    assert wire.requests == connections == []


def elsewhere(wire: SpeechWire) -> str:
    """The server by an address that reaches it but is not local, so it counts as another machine."""
    return wire.base().replace("127.0.0.1", "0.0.0.0")


def test_a_private_memo_goes_to_no_other_machine_and_is_not_lost(wire: SpeechWire, memo: Samples) -> None:
    (result,) = transcribe_with_endpoint(elsewhere(wire), Job("r1", windows(memo), "en"))
    assert isinstance(result.error, TransientError)
    for part in ("r1", "0.0.0.0", "local_only", "remote_speech", "DIARY_WHISPER_MODEL"):
        assert part in str(result.error)
    assert wire.requests == connections == []


def test_a_private_memo_may_go_to_a_server_on_this_machine_or_on_a_trusted_one(wire: SpeechWire, memo: Samples) -> None:
    (local,) = transcribe_with_endpoint(wire.base(), Job("r1", windows(memo), "en"))
    (trusted,) = transcribe_with_endpoint(elsewhere(wire), Job("r1", windows(memo), "en"), trusted_hosts=("0.0.0.0",))
    assert text(local) == text(trusted) == "The server heard this. And that too."


def test_a_memo_whose_opening_was_not_transcribed_here_goes_to_no_other_machine(
    wire: SpeechWire, memo: Samples
) -> None:
    (result,) = transcribe_with_endpoint(elsewhere(wire), Job("r1", windows(memo), "en", privacy=standard))
    assert isinstance(result.error, TransientError)
    assert "could not be transcribed on this machine first" in str(result.error)
    assert wire.requests == connections == []


@pytest.mark.parametrize("wished", [True, False])
def test_a_spoken_wish_for_privacy_keeps_a_memo_here(wire: SpeechWire, memo: Samples, *, wished: bool) -> None:
    """The server is the first choice; this machine transcribes everything as "Yes."."""
    local_decoder, private_phrases = ScriptedDevice("cpu", room=9), ("yes",) if wished else ("private note",)
    job = Job("r1", windows(memo), "en", privacy=standard)
    (result,) = transcribe_with_endpoint(
        elsewhere(wire),
        job,
        local_decoder=lambda: local_decoder,
        private_phrases=private_phrases,
        endpoint={"use": "first"},
    )
    assert (len(wire.requests) == 0) == wished
    assert text(result) == ("Yes." if wished else "The server heard this. And that too.")
    assert ("wish for privacy" in result.counts.get("fallback", "")) == wished


@pytest.mark.parametrize("trusted_hosts", [(), ("0.0.0.0",)])
def test_names_that_private_memos_may_have_taught_the_diary_go_to_no_other_machine(
    wire: SpeechWire, memo: Samples, trusted_hosts: tuple[str, ...]
) -> None:
    job = Job("r1", windows(memo), "en", hotwords="Siobhan, Clara", privacy=standard)
    (result,) = transcribe_with_endpoint(
        elsewhere(wire),
        job,
        local_decoder=lambda: ScriptedDevice("cpu", room=9),
        trusted_hosts=trusted_hosts,
        endpoint={"use": "first"},
    )
    assert result.error is None
    assert wire.requests
    assert all(("Siobhan" in str(request.form)) == bool(trusted_hosts) for request in wire.requests)


def test_a_privacy_that_tightens_during_a_run_holds_for_the_remaining_chunks(wire: SpeechWire) -> None:
    classes: list[Privacy] = ["standard"]
    job = Job("r1", windows(three_minutes()), "en", privacy=lambda: classes[-1])

    def answer_request(request: SpeechRequest) -> dict[str, Any]:
        classes.append("local_only")
        return verbose("The server heard this.", request.seconds)

    wire.answer = answer_request
    (result,) = transcribe_with_endpoint(
        elsewhere(wire), job, local_decoder=lambda: ScriptedDevice("cpu", 9), endpoint={"use": "first"}
    )
    assert 0 < result.counts["heard_by_endpoint"] <= 4 < result.counts["chunks"], "a batch is four chunks"
    assert "local_only" in result.counts["fallback"]


@pytest.mark.slow
def test_of_a_whole_diary_only_what_its_authors_allow_is_sent_elsewhere(wire: SpeechWire, home: Path) -> None:
    places = {
        "mere/2026-03-14 18.40.wav": MEMO,
        "mere/private/2026-03-14 19.00.m4a": OTHERS[0],
        "kupe/2026-03-14 20.00.m4a": OTHERS[1],
        "mere/2026-03-14 21.00.m4a": MOVED,
    }
    for place, sample in places.items():
        (home / "inbox" / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLES / sample, home / "inbox" / place)
    diary = open_diary(
        Settings.load(
            home=home,
            whisper_model="tiny.en",
            settle_seconds=0,
            authors={"mere": {"remote_speech": True}, "kupe": {}},
            speech_endpoint={"url": elsewhere(wire), "model": "m", "use": "first"},
        )
    )
    pipeline.ingest(diary)
    (home / "inbox/mere/2026-03-14 21.00.m4a").rename(home / "inbox/mere/private/2026-03-14 21.00.m4a")
    assert pipeline.transcribe(diary).faults == []
    sent = {}
    for recording, _ in diary.catalog.recordings.all():
        transcript = transcript_of(diary, recording)
        assert transcript is not None
        sent[recording.path] = transcript.provenance.counts.get("heard_by_endpoint", 0)
        assert transcript.provenance.made_by == "endpoint"
        assert ("local_only" in str(transcript.provenance.counts.get("fallback"))) == (sent[recording.path] == 0)
    diary.close()
    assert sent == {
        "mere/2026-03-14 18.40.wav": 1,
        "mere/private/2026-03-14 19.00.m4a": 0,
        "kupe/2026-03-14 20.00.m4a": 0,
        "mere/private/2026-03-14 21.00.m4a": 0,
    }
    assert len(wire.requests) == 1
