"""How recordings stand with a stage: done, pending, stale or failed; the one place that decides it.

A result has two parts that decide it. What a person can correct (the language, the date, the author, names, and which
transcript is in use) are its *inputs*. Models, prompts, styles and the program's version are its *recipe*; both
together are its fingerprint. A result with other inputs is pending, and is always done. One with another recipe is
stale, and is redone only where a person asks for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from diary_pipeline.catalog import Catalog, Subject
from diary_pipeline.catalog.results import NOT_MADE, Made
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import Recording, Wanted

FreshnessState = Literal["done", "pending", "stale", "failed"]


@dataclass(frozen=True)
class Freshness:
    """One recording's freshness with a stage, and the subject that a run would claim.

    `again`: it is pending although it was done or failed before, because a person has corrected it, or after a failure
    the recipe was changed. `unwritten`: why no model wrote its newest result.
    """

    recording: Recording
    subject: Subject
    state: FreshnessState
    again: bool = False
    last_run: str | None = None
    unwritten: str | None = None


def of_transcripts(catalog: Catalog, fingerprints: Fingerprints, recordings: Iterable[Recording]) -> list[Freshness]:
    """The freshness of each ingested recording's transcript, the most urgent first."""
    taken = _taken(recordings)
    found = catalog.results.of("transcribe", [r.id for r in taken])
    return [
        _freshness(r, found.get(r.id, NOT_MADE), (fingerprints.transcribe(r),), fingerprints.transcribe_inputs(r))
        for r in taken
    ]


def of_notes(catalog: Catalog, fingerprints: Fingerprints, recordings: Iterable[Recording]) -> list[Freshness]:
    """The freshness of the note of each recording that has a transcript, the most urgent first.

    A note whose transcript is lost waits until that has been made again.
    """
    taken = _taken(recordings)
    sources, found = (catalog.results.of(stage, [r.id for r in taken]) for stage in ("transcribe", "write"))
    freshnesses = []
    for recording in taken:
        source = sources.get(recording.id, NOT_MADE)
        if source.newest is None or source.newest.document is None or source.lost:
            continue
        transcript = source.newest.document
        known = fingerprints.write(recording, transcript), fingerprints.write_without_date(recording, transcript)
        inputs = fingerprints.write_inputs(recording, transcript)
        freshnesses.append(_freshness(recording, found.get(recording.id, NOT_MADE), known, inputs))
    return freshnesses


def to_do(freshnesses: Iterable[Freshness], wanted: Wanted, run_id: str | None = None) -> list[Subject]:
    """What a run does that wants this. What it has redone already it does not redo again, after a restart either."""
    if wanted == "redo":
        return [as_wanted(s, "redo") for s in freshnesses if run_id is None or s.last_run != run_id]
    return [
        as_wanted(s, "pending" if s.state == "pending" else "stale")
        for s in freshnesses
        if s.state == "pending" or (s.state == "stale" and wanted == "stale")
    ]


def adopt(catalog: Catalog, fingerprints: Fingerprints) -> None:
    """Take results of versions that kept no inputs to be of the present ones; corrections are noticed from then on.

    Not so a note that is older than the transcript in use: it was pending then, and is.
    """
    transcripts, notes = catalog.results.without_inputs("transcribe"), catalog.results.without_inputs("write")
    if not transcripts and not notes:
        return
    names = sorted(transcripts.keys() | notes.keys())
    known, sources = catalog.recordings.get(names), catalog.results.of("transcribe", names)
    adopted: dict[int, str] = {}
    for recording in known:
        if (result := transcripts.get(recording.id)) is not None:
            adopted[result.token] = fingerprints.transcribe_inputs(recording)
        note, source = notes.get(recording.id), sources.get(recording.id, NOT_MADE).newest
        if note is not None and source is not None and source.document is not None:
            older = note.token < source.token
            adopted[note.token] = "" if older else fingerprints.write_inputs(recording, source.document)
    catalog.results.adopt(adopted)


def _taken(recordings: Iterable[Recording]) -> Sequence[Recording]:
    return sorted((r for r in recordings if r.ready), key=lambda r: -r.priority)


def _freshness(recording: Recording, made: Made, fingerprints: Sequence[str], inputs: str) -> Freshness:
    """*fingerprints* are the present one, then those that earlier versions gave to the same inputs and recipe."""
    newest, failed = made.newest, made.failed.intersection(fingerprints)
    state: FreshnessState
    if newest is None or made.lost or newest.inputs not in (None, inputs):
        state = "failed" if failed else "pending"
    elif newest.fingerprint in fingerprints:
        state = "done"
    else:
        state = "failed" if failed else "stale"
    subject = Subject(recording.id, fingerprints[0], inputs, made.last)
    again, unwritten = state == "pending" and made.last > 0, newest.error if newest else None
    return Freshness(recording, subject, state, again, made.last_run, unwritten)


def as_wanted(freshness: Freshness, wanted: Wanted) -> Subject:
    """The subject that a run claims for this reason."""
    subject = freshness.subject
    return Subject(subject.name, subject.fingerprint, subject.inputs, subject.since, wanted)
