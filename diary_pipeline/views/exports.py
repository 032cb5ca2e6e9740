"""A transcript in the formats of other programs: WebVTT and SubRip subtitles, plain text, JSON.

Times are of the original audio.
"""

import json
from collections.abc import Callable, Iterator, Mapping

from diary_pipeline.errors import UserError
from diary_pipeline.schema import Segment, SpokenWord, Transcript

LONGEST_LINE = 84
"""Characters of a subtitle: two lines of 42, as broadcasters have them.

A longer sentence becomes several, cut between words.
"""


def export(transcript: Transcript, suffix: str) -> str:
    """The transcript as the text of a file with this suffix: vtt, srt, txt or json.

    Raises:
        KeyError: there is no such format; `FORMATS` lists them.
        UserError: it needs times, and the transcript has none.
    """
    if suffix in ("vtt", "srt") and not transcript.timed:
        raise UserError(f"This transcript has no times, so it cannot be {suffix}. Export it as txt or json.")
    return FORMATS[suffix](transcript)


def vtt(transcript: Transcript) -> str:
    """WebVTT; segment ids are the cues' names, so that a page can point at them."""
    cues = [
        f"{name}\n{_clock(start, '.')} --> {_clock(end, '.')}\n{_escaped(text)}\n"
        for name, start, end, text in _cues(transcript)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def srt(transcript: Transcript) -> str:
    """SubRip; cues are numbered from one."""
    cues = enumerate(_cues(transcript), 1)
    return "\n".join(f"{n}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text}\n" for n, (_, start, end, text) in cues)


def txt(transcript: Transcript) -> str:
    """The words alone, one segment a line."""
    return "".join(f"{segment.text}\n" for segment in transcript.segments)


def as_json(transcript: Transcript) -> str:
    """Language, length, segments with their words, and coverage; nothing about how it was made.

    A segment says that its times are approximate only where they are.
    """
    kept = transcript.model_dump(mode="json", include={"recording", "language", "seconds", "segments", "coverage"})
    if transcript.coverage.wordless is None:
        del kept["coverage"]["wordless"]
    for segment in kept["segments"]:
        if not segment["approximate"]:
            del segment["approximate"]
    if not transcript.timed:
        kept["segments"] = [segment | {"start": None, "end": None} for segment in kept["segments"]]
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[Transcript], str]] = {"vtt": vtt, "srt": srt, "txt": txt, "json": as_json}


def _cues(transcript: Transcript) -> Iterator[tuple[str, float, float, str]]:
    """Name, start, end and text of each subtitle."""
    for segment in transcript.segments:
        parts = list(_parts(segment))
        for number, (start, end, text) in enumerate(parts, 1):
            yield segment.id if len(parts) == 1 else f"{segment.id}.{number}", start, end, text


def _parts(segment: Segment) -> Iterator[tuple[float, float, str]]:
    """A segment's text in pieces that fit, each with its words' times; whole where the words have no usable times."""
    pieces = segment.text.split(" ")
    words = list(segment.words)
    if len(segment.text) <= LONGEST_LINE or [word.text for word in words] != pieces:
        yield segment.start, segment.end, segment.text
        return
    line: list[SpokenWord] = []
    for word in words:
        if line and sum(len(w.text) + 1 for w in line) + len(word.text) > LONGEST_LINE:
            yield line[0].start, line[-1].end, " ".join(w.text for w in line)
            line = []
        line.append(word)
    yield line[0].start, line[-1].end, " ".join(w.text for w in line)


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")
