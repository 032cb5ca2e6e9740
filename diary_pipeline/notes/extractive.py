"""The writer that needs no model: the speaker's own words, cleaned by a closed list of edits, and findings by rule.

Findings are made for English. Other languages have the words, and some of them dated events; the English rules would
guess there.
"""

import re
from datetime import datetime

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.extract.clauses import sentences
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.extract.dated import dated
from diary_pipeline.notes.extract.events import events
from diary_pipeline.notes.extract.feeling import feeling
from diary_pipeline.notes.extract.highlights import highlights
from diary_pipeline.notes.extract.people import names
from diary_pipeline.notes.extract.todos import todos
from diary_pipeline.notes.extract.topics import topics
from diary_pipeline.notes.language.lexicon.conjunctions import ADDING_CONJUNCTIONS, LINKING_CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.dates import PARTS_OF_DAY
from diary_pipeline.notes.language.lexicon.discourse import ENTRY_OPENERS
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.sentence_ends import is_abbreviated
from diary_pipeline.notes.reliable import reliable, without_doubtful
from diary_pipeline.notes.style import Style
from diary_pipeline.schema import Statement, Transcript

# "Um" is never a word; "so" or "now" are fillers only before a punctuation mark: "So far so good" keeps its "so".
_LEADING = re.compile(
    rf"^(?:(?:um+|uh+|er+m?|okay|ok)\b[\s,.!?…]*|{one_of(ENTRY_OPENERS)}(?:\s*[,.:!?…]+\s*|\s*$))+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(rf"[.!?…;:]+(?:\s|$)|,\s+(?={one_of(LINKING_CONJUNCTIONS | {'which', 'that'})}\b)", re.IGNORECASE)
_JOINED = re.compile(
    rf"^{one_of(ADDING_CONJUNCTIONS)} (?={one_of(PERSONAL_PRONOUNS | {'it', 'the', 'my'})}\b)", re.IGNORECASE
)
_SECOND = re.compile(rf",?\s+(?=and {one_of(PERSONAL_PRONOUNS | {'it'})}\b)", re.IGNORECASE)
_SHORT = 3


def write(transcript: Transcript, style: Style, spoken_at: datetime | None = None) -> Draft:
    """The note of a transcript; without statements and title when nobody spoke. *spoken_at* dates "tomorrow"."""
    spoken = SpokenSource.of(transcript)
    statements = _statements(spoken)
    certain = SpokenSource.of(reliable(transcript))
    title = _title(certain, style.title_words)
    if transcript.language is not None and transcript.language != "en":
        return Draft(title=title, statements=statements, events=dated(certain.segments, transcript.language, spoken_at))
    read = sentences(without_doubtful(spoken.groups()), "en", certain.names, spoken_at)
    mentioned, found_todos = names(read), todos(read)
    return Draft(
        title=title,
        statements=statements,
        todos=found_todos,
        events=events(read, found_todos),
        people=mentioned.people,
        places=mentioned.places,
        topics=topics(read),
        mood=feeling(read),
        highlights=highlights(read),
    )


def _statements(spoken: SpokenSource) -> tuple[Statement, ...]:
    """One statement per segment; corrected words are in one statement with their correction."""
    made: list[Statement] = []
    for group in spoken.groups():
        text = " ".join(
            filter(None, (clean(segment.text, language=segment.language or spoken.language) for segment in group))
        )
        if text:
            made.append(Statement(text=text, segments=tuple(segment.id for segment in group)))
    whole = [Statement(text=segment.text, segments=(segment.id,)) for segment in spoken.segments]
    return tuple(made or whole)  # a memo of one "um" keeps it


def _title(spoken: SpokenSource, words: int) -> str:
    """The first clause with content: of the first segment that has one of three words or more, else of the first."""
    if spoken.language not in (None, "en"):
        return _foreign_title(spoken, words)
    kept = [segment for segment in spoken.segments if not spoken.window((segment.id,)).retracted]
    clauses = [clause for segment in kept if (clause := _clause(clean(segment.text)))]
    long = [clause for clause in clauses if len(clause.split()) >= _SHORT]
    whole = [part for clause in long[:3] if (part := _part(clause, words))]  # a cut clause may say the opposite
    rest = (text for s in kept if (text := _first_clause(clean(s.text))))
    best = next(iter([*whole, *long, *clauses]), "") or next(rest, "")
    title = " ".join(best.split()[:words]).rstrip(" ,.;:!?…-")
    return title[:1].upper() + title[1:]


def _foreign_title(spoken: SpokenSource, words: int) -> str:
    """The first clause of three words or more, else the first. Fillers are known for English only."""
    clauses = [
        part.strip()
        for s in spoken.segments
        for part in _clauses(clean(s.text, language=spoken.language))
        if part.strip()
    ]
    best = next((clause for clause in clauses if len(clause.split()) >= _SHORT), next(iter(clauses), ""))
    title = " ".join(best.split()[:words]).rstrip(" ,.;:!?…-")
    return title[:1].upper() + title[1:]


def _part(clause: str, words: int) -> str:
    """The clause, or as many of its parts as fit; empty where the first part alone is too long."""
    fitting = ""
    for joint in re.finditer(r",\s|\s(?=(?:and|but|because)\b)|$", clause):
        part = clause[: joint.start()]
        if len(part.split()) <= words:
            fitting = part
    return fitting if len(fitting.split()) >= _SHORT else ""


def _first_clause(text: str) -> str:
    """The first clause, for a memo whose clauses hold no more than a day or a number."""
    rest = _LEADING.sub("", text.strip())
    return _clauses(rest)[0].strip() if rest else ""


def _clause(text: str) -> str:
    rest = _JOINED.sub("", _LEADING.sub("", text.strip()))
    for part in re.split(r",\s+", rest):
        if _has_content(part):
            break
        rest = rest[len(part) :].lstrip(" ,")
    rest = _JOINED.sub("", rest)
    clause = _clauses(rest)[0].strip() if rest else ""
    first = _SECOND.split(clause, maxsplit=1)[0]
    if len(first.split()) >= _SHORT:
        rest = clause[len(first) :].lstrip(" ,")
        clause = first if _has_content(first) else re.sub(r"(?i)^and ", "", rest)
    return clause if _has_content(clause) else ""


def _clauses(text: str) -> list[str]:
    """*text* in clauses; no abbreviation is cut."""
    cuts = [m for m in _CLAUSE.finditer(text) if not is_abbreviated(text, m.start())]
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.start() for m in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _has_content(clause: str) -> bool:
    """Whether a clause says more than the part of the day, which is in the page's headings."""
    return any(t.kind in ("word", "name") and t.low not in PARTS_OF_DAY for t in read([("", clause)]).tokens)
