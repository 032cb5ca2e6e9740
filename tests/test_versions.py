"""A file that changes in place: a version with the same sound replaces the one before, another recording stays."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.ingest import ingest
from diary_pipeline.recordings.unfinished import UNFINISHED
from diary_pipeline.recordings.versions import from_text, is_same_memo, sound_of, to_text
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.imported import spoken_text
from diary_pipeline.views import status
from diary_pipeline.views.search import search
from diary_pipeline.views.show import transcript_of
from tests.encoded import decoded, encoded, seconds
from tests.spoken import SAMPLES, samples

DAY, NAME = "2026-03-14", "2026-03-14 New Recording.m4a"
SPOKEN = ("2026-03-14 08.12.m4a", "2026-03-14 13.05.ogg", "2026-03-16 01.38.m4a", "New Recording 7.m4a")
ENCODED: dict[str, tuple[str, str, int, int]] = {
    "mp3": ("libmp3lame", "mp3", 44_100, 64_000),
    "opus": ("libopus", "ogg", 48_000, 16_000),
    "aac": ("aac", "adts", 22_050, 24_000),
}

CHANGES: dict[str, Callable[[Samples], Samples]] = {
    "cut at the start": lambda audio: seconds(audio, 3.337, 999),
    "cut at the end": lambda audio: seconds(audio, 0, 8.5),
    "cut at both ends": lambda audio: seconds(audio, 2.111, 12.8),
    "half a minute longer": lambda audio: np.concatenate((audio, samples("2026-03-14 21.58.mp3"))),
    "a passage is cut out": lambda audio: np.concatenate((seconds(audio, 0, 5), seconds(audio, 9, 999))),
    "quieter": lambda audio: (audio * 0.5).astype(np.int16),
    "louder, cut off at the top": lambda audio: np.clip(audio * 3.0, -32768, 32767).astype(np.int16),
    "with silence before it": lambda audio: np.concatenate((np.zeros(40_000, np.int16), audio)),
}


@cache
def spoken(name: str) -> Samples:
    return samples(name)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", SPOKEN)
def test_the_sound_of_a_changed_recording_is_found(name: str, change: str) -> None:
    whole, changed = sound_of([spoken(name)]), sound_of([CHANGES[change](spoken(name))])
    assert is_same_memo(whole, changed)
    assert is_same_memo(changed, whole)


@pytest.mark.parametrize("kind", ENCODED)
@pytest.mark.parametrize("name", SPOKEN)
def test_the_sound_of_a_recording_that_was_encoded_anew_is_found(name: str, kind: str) -> None:
    trimmed = seconds(spoken(name), 2.503, 999)
    assert is_same_memo(sound_of([spoken(name)]), sound_of([decoded(encoded(trimmed, *ENCODED[kind]))]))


def test_other_recordings_and_pieces_of_them_are_not_found() -> None:
    sounds = {name: sound_of([spoken(name)]) for name in SPOKEN}
    pieces = {name: sound_of([seconds(spoken(name), 4, 6.5)]) for name in SPOKEN}
    same = {(one, other) for one in SPOKEN for other in SPOKEN if is_same_memo(sounds[one], pieces[other])}
    assert same == {(name, name) for name in SPOKEN}
    assert not any(is_same_memo(sounds[one], sounds[other]) for one in SPOKEN for other in SPOKEN if one != other)


def test_half_of_a_recording_before_another_one_is_not_the_recording() -> None:
    half = np.concatenate((seconds(spoken(SPOKEN[3]), 0, 8), seconds(spoken(SPOKEN[2]), 0, 8)))
    assert not is_same_memo(sound_of([spoken(SPOKEN[3])]), sound_of([half]))


def test_tones_noise_and_silence_are_told_apart_where_they_can_be() -> None:
    def tone(hertz: float, length: float) -> Samples:
        return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(length * 16_000)) / 16_000)).astype(np.int16)

    random = np.random.default_rng(1)
    noises = [(random.standard_normal(160_000) * 300).astype(np.int16) for _ in range(2)]
    silence = np.zeros(80_000, np.int16)
    assert is_same_memo(sound_of([tone(440, 3)]), sound_of([tone(440, 6)]))
    assert not is_same_memo(sound_of([tone(440, 3)]), sound_of([tone(550, 3)]))
    assert not is_same_memo(sound_of([tone(440, 0.3)]), sound_of([tone(880, 0.3)]))
    assert not is_same_memo(sound_of([noises[0]]), sound_of([noises[1]]))
    assert is_same_memo(sound_of([noises[0]]), sound_of([noises[0][5000:]]))
    assert is_same_memo(sound_of([silence]), sound_of([silence]))
    assert not is_same_memo(sound_of([silence]), sound_of([spoken(SPOKEN[0])]))
    assert not is_same_memo(sound_of([]), sound_of([silence]))


def test_a_sound_does_not_depend_on_its_windows_and_comes_back_from_its_text() -> None:
    sound = sound_of([spoken(SPOKEN[0])])
    assert np.array_equal(sound, sound_of(np.array_split(spoken(SPOKEN[0]), 7)))
    assert np.array_equal(sound, from_text(to_text(sound)))
    with pytest.raises(ValueError, match="not a sound"):
        from_text("bm8=")


@pytest.fixture
def diary(home: Path) -> Iterator[Diary]:
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with open_diary(settings, ScriptedEngine(lambda name: [f"This is what {name} says."])) as diary:
        yield diary


def put(diary: Diary, data: bytes, name: str = NAME) -> Recording:
    """Overwrite the file in the inbox, process, and give its newest recording."""
    (diary.settings.root / "inbox" / name).write_bytes(data)
    assert pipeline.process(diary).faults == []
    return [r for r, _ in diary.catalog.recordings.all() if r.path == name][-1]


def m4a(audio: Samples, title: str = "") -> bytes:
    return encoded(audio, "aac", "ipod", 16_000, 32_000, title=title)


def on_page(diary: Diary) -> set[str]:
    page = (diary.settings.root / "days" / "me" / f"{DAY}.md").read_text("utf-8")
    return {r.id for r, _ in diary.catalog.recordings.all() if f"audio/{r.id}." in page}


@pytest.mark.parametrize("change", ["tags", "cut at the start", "cut at the end", "half a minute longer"])
def test_a_changed_version_of_a_file_supersedes_the_one_before(change: str, diary: Diary) -> None:
    audio = spoken(SPOKEN[3])
    old = put(diary, m4a(audio))
    new = put(diary, m4a(audio, "Tuesday") if change == "tags" else m4a(CHANGES[change](audio)))
    assert old.id != new.id
    assert on_page(diary) == {new.id}
    states = {entry["id"]: entry for entry in status.recordings(diary)}
    assert (states[old.id]["state"], states[old.id]["superseded_by"]) == ("done", new.id)
    assert f"superseded by {new.id}" in states[old.id]["reason"]
    assert {hit["recording"] for hit in search(diary, "what")} == {new.id}
    assert diary.store.read(old.audio or "", "standard") is not None, "what was superseded stays in the store"
    assert pipeline.process(diary).attempts == 0


def test_another_recording_under_a_used_name_is_another_memo(diary: Diary) -> None:
    one, two = put(diary, m4a(spoken(SPOKEN[3]))), put(diary, m4a(spoken(SPOKEN[2])))
    assert on_page(diary) == {one.id, two.id}
    three = put(diary, m4a(spoken(SPOKEN[2]), "again"))
    assert on_page(diary) == {one.id, three.id}


def test_a_file_that_comes_back_as_it_was_counts_again(diary: Diary) -> None:
    whole = m4a(spoken(SPOKEN[3]))
    one = put(diary, whole)
    two = put(diary, m4a(seconds(spoken(SPOKEN[3]), 0, 6)))
    assert on_page(diary) == {two.id}
    three = put(diary, whole)
    assert (three.duplicate_of, on_page(diary)) == (one.id, {one.id})


def test_an_edit_of_a_superseded_memo_is_on_the_page_of_the_new_version(diary: Diary) -> None:
    put(diary, m4a(spoken(SPOKEN[3])))
    page = diary.settings.root / "days" / "me" / f"{DAY}.md"
    page.write_text(page.read_text("utf-8") + "\nMy own line.\n", "utf-8")
    new = put(diary, m4a(spoken(SPOKEN[3]), "Tuesday"))
    text = page.read_text("utf-8")
    assert "My own line." in text
    assert f"audio/{new.id}.m4a" in text


def test_a_version_whose_predecessor_cannot_be_read_any_more_stands_beside_it(diary: Diary) -> None:
    one = put(diary, m4a(spoken(SPOKEN[3])))
    (diary.settings.root / (one.audio or "")).unlink()
    two = put(diary, m4a(spoken(SPOKEN[3]), "Tuesday"))
    assert on_page(diary) == {one.id, two.id}


CUT: dict[str, tuple[str, str, dict[str, str]]] = {
    "m4a": ("aac", "ipod", {"movflags": "faststart"}),
    "mp3": ("libmp3lame", "mp3", {}),
    "webm": ("libopus", "webm", {}),
    "flac": ("flac", "flac", {}),
    "wav": ("pcm_s16le", "wav", {}),
}


def container(audio: Samples, codec: str, form: str, options: dict[str, str]) -> bytes:
    return encoded(audio, codec, form, 48_000 if codec == "libopus" else 16_000, options=options)


@pytest.mark.parametrize("kind", CUT)
def test_a_file_that_is_cut_off_says_what_could_not_be_read(kind: str, diary: Diary) -> None:
    whole = container(seconds(spoken(SPOKEN[3]), 0, 12), *CUT[kind])
    name = f"{DAY} 08.12.{kind}"
    recording = put(diary, whole[: len(whole) // 2], name)
    assert recording.declared_seconds == pytest.approx(12, abs=0.1)
    assert recording.seconds == pytest.approx(6, abs=1.5)
    lacking = f"{12 - (recording.seconds or 0):.0f} of 12 s could not be read"
    assert lacking in (diary.settings.root / "days" / "me" / f"{DAY}.md").read_text("utf-8")
    (entry,) = status.recordings(diary)
    assert (entry["state"], lacking in entry["reason"]) == ("done", True)
    new = put(diary, whole, name)
    assert (new.declared_seconds, on_page(diary)) == (None, {new.id})


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".m4a", ".ogg"}))
def test_a_whole_file_is_not_taken_for_a_cut_one(sample: str, diary: Diary) -> None:
    name = f"{DAY} 08.12{Path(sample).suffix}"
    assert put(diary, (SAMPLES / sample).read_bytes(), name).declared_seconds is None


WHOLE: dict[str, tuple[str, str, dict[str, str]]] = {
    "m4a": ("aac", "ipod", {}),
    "ogg": ("libopus", "ogg", {}),
    "wav": CUT["wav"],
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_that_may_still_grow_waits_and_is_ingested_once_it_is_whole_or_old(kind: str, home: Path) -> None:
    whole = container(seconds(spoken(SPOKEN[3]), 0, 12), *WHOLE[kind])
    names = [f"{DAY} {hour}.12.{kind}" for hour in ("08", "09")]
    patient = Settings.load(home=home, timezone="UTC", settle_seconds=600)
    engine = ScriptedEngine(lambda _: ["Hello."])

    def look(settings: Settings) -> dict[str, Recording]:
        with open_diary(settings, engine) as diary, diary.new_reader() as reader:
            pipeline.discover(diary, settled=names)
            report = ingest(diary.work(), reader, None, spoken_text)
            assert not [fault for fault in report.faults if not fault.permanent]
            holds = {entry["source"]: str(entry["reason"]) for entry in status.recordings(diary)}
            recordings = {r.source: r for r, _ in diary.catalog.recordings.all()}
            assert {name for name, r in recordings.items() if not r.audio and not r.quarantine} == {
                name for name, reason in holds.items() if reason.startswith(UNFINISHED)
            }
            return recordings

    for name in names:
        (home / "inbox" / name).write_bytes(whole[: len(whole) // 2])
    assert not any(r.audio or r.quarantine for _ in range(2) for r in look(patient).values())
    (home / "inbox" / names[0]).write_bytes(whole)
    completed, growing = (look(patient)[name] for name in names)
    assert (bool(completed.audio), completed.declared_seconds, growing.audio) == (True, None, None)
    old = look(patient.model_copy(update={"settle_seconds": 0.0}))[names[1]]
    assert bool(old.quarantine) == (kind == "m4a"), "without its last part it is no audio at all"
    assert bool(old.declared_seconds) == (kind == "wav")


def test_a_version_of_a_private_memo_is_private_too(diary: Diary) -> None:
    old = put(diary, m4a(spoken(SPOKEN[3])))
    diary.catalog.privacy.decide(old.id, "local_only", old.sha256)
    assert put(diary, m4a(seconds(spoken(SPOKEN[3]), 3, 99))).privacy == "local_only"
    assert put(diary, m4a(spoken(SPOKEN[2]))).privacy == "standard", "another recording under the same name"


def test_a_version_that_is_cut_off_does_not_replace_a_whole_one(diary: Diary) -> None:
    name, whole = f"{DAY} 08.12.wav", container(seconds(spoken(SPOKEN[3]), 0, 12), *CUT["wav"])
    one, two = put(diary, whole, name), put(diary, whole[: len(whole) // 3], name)
    assert (two.superseded_by, on_page(diary)) == (one.id, {one.id})
    reasons = {entry["id"]: entry["reason"] for entry in status.recordings(diary)}
    assert reasons[one.id] is None
    assert "8 of 12 s could not be read" in reasons[two.id]
    assert one.id in reasons[two.id]
    longer = container(seconds(spoken(SPOKEN[3]), 0, 14), *CUT["wav"])
    three = put(diary, longer, name)
    assert on_page(diary) == {three.id}
    states = {r.id: r.superseded_by for r, _ in diary.catalog.recordings.all()}
    assert states == {one.id: three.id, two.id: three.id, three.id: None}


def test_new_tags_alone_are_neither_transcribed_nor_paid_for_again(home: Path) -> None:
    calls = home / "calls"
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    engine = ScriptedEngine(lambda _: ["We painted the fence."], calls=calls)
    with open_diary(settings, engine) as diary:
        old = put(diary, m4a(spoken(SPOKEN[3])))
        diary.store.write_new(f"answers/{old.id}/key.json", b"{}", "standard")
        new = put(diary, m4a(spoken(SPOKEN[3]), "Tuesday"))
        assert [line.split()[0] for line in calls.read_text().splitlines()] == [old.id]
        assert diary.store.read(f"answers/{new.id}/key.json", "standard") == b"{}"
        transcript = transcript_of(diary, new)
        assert transcript is not None
        assert (transcript.recording, transcript.provenance.audio_sha256) == (new.id, new.sha256)
