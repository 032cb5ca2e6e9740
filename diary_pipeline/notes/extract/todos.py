"""To-dos: what the speaker has to do, by cues of duty and by reminders, each with its day and its words.

Another's duty, what others say one should do, a condition, a question and what is past are no to-dos.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.extract.duty import duty_bearer, is_speakers_duty, vetoed
from diary_pipeline.notes.language.lexicon.conjunctions import TURNS
from diary_pipeline.notes.language.lexicon.dates import HALF_DAY_WORDS
from diary_pipeline.notes.language.lexicon.discourse import FOCUS_ADVERBS
from diary_pipeline.notes.language.lexicon.modality import DUTY_WORDS, VAGUE_DEEDS
from diary_pipeline.notes.language.lexicon.pronouns import DEMONSTRATIVES, THIRD_PERSON
from diary_pipeline.notes.language.lexicon.verbs import IRREGULAR, TODO_VERBS
from diary_pipeline.notes.language.scopes import Scope
from diary_pipeline.notes.language.when import SpokenMoment
from diary_pipeline.schema import Todo

_ANAPHORA = DEMONSTRATIVES | {"it", "which", "them"}
_NEW_SUBJECTS = THIRD_PERSON | {"it", "'s", "is"}
_REASONS = (TURNS - {"so"}) | {"otherwise"}
_LOOSE_ENDS = {"for", "of", "too"} | {","}
_WAKING = 7


def todos(sentences: Sequence[Sentence]) -> tuple[Todo, ...]:
    """All to-dos, in the order of the words; each once."""
    found: dict[tuple[str, str | None], Todo] = {}
    for number, sentence in enumerate(sentences):
        for todo in _of_sentence(sentence, sentences[max(0, number - 2) : number]):
            found.setdefault((todo.text.casefold(), todo.due), todo)
    return tuple(found.values())


def _of_sentence(sentence: Sentence, before: Sequence[Sentence]) -> Iterator[Todo]:
    if "?" in sentence.lows()[-1:]:
        return
    reading = sentence.reading
    scopes = [s for s in reading.scopes if sentence.first <= s.cue < sentence.end]
    if any(s.label == "if" for s in scopes):
        return
    denied = {n for s in scopes if s.label == "not" for n in range(s.cue, max(s.members, default=s.cue) + 1)}
    done = sentence.first
    for scope in scopes:
        if (
            scope.label != "duty"
            or scope.cue < done
            or (scope.cue in denied and reading.tokens[scope.cue].low != "forget")
        ):
            continue
        start = _start(sentence, scope)
        if vetoed(sentence, scope, start):
            continue
        if _refers_back(sentence, scope, start):
            yield from _denied_task(sentence, scope, before)
        elif is_speakers_duty(sentence, scope):
            yield from _listed(sentence, scope, start, before)
        done = max(scope.members, default=scope.cue) + 1


def _reminds_another(sentence: Sentence, at: int) -> bool:
    """As in "I need to remind Gareth": the task is to remind; in "remind me to" it is the cue."""
    tokens = sentence.reading.tokens
    return tokens[at].low == "remind" and at + 1 < sentence.end and tokens[at + 1].low != "me"


def _start(sentence: Sentence, scope: Scope) -> int:
    """Where the task begins: right after the cue; at the cue itself where that is the task."""
    at = scope.cue
    if scope.head == at:
        return at
    tokens = sentence.reading.tokens
    while at < sentence.end and tokens[at].low in DUTY_WORDS and not _reminds_another(sentence, at):
        at += 1
    return at


def _refers_back(sentence: Sentence, scope: Scope, start: int) -> bool:
    tokens = sentence.reading.tokens
    thing = next(
        (
            t.low
            for t in reversed(tokens[max(sentence.first, scope.cue - 2) : scope.cue])
            if t.kind != "mark" and t.low not in FOCUS_ADVERBS
        ),
        "",
    )
    after = [t.low for t in tokens[start : start + 3]]
    return (thing in _ANAPHORA and after[0] in VAGUE_DEEDS) or (
        after[0] == "do" and after[1:2] != [] and after[1] in _ANAPHORA and duty_bearer(sentence, scope.cue) == "first"
    )


def _denied_task(sentence: Sentence, scope: Scope, before: Sequence[Sentence]) -> Iterator[Todo]:
    """As in "I have not paid it yet, so that has to happen": the task is what was denied."""
    for where in [sentence, *reversed(before)]:
        for denial in where.reading.scopes:
            if (
                denial.label != "not"
                or denial.head is None
                or not where.first <= denial.cue < where.end
                or (where is sentence and denial.cue > scope.cue)
            ):
                continue
            end = next(
                (
                    n
                    for n in range(denial.head, where.end)
                    if where.reading.tokens[n].kind == "mark" or where.reading.tokens[n].low in ("yet", "and", "so")
                ),
                where.end,
            )
            verb = where.reading.tokens[denial.head]
            base = _infinitive(verb.low)
            text = " ".join([base, where.said(denial.head + 1, end)]).strip()
            start, stop = sentence.clause(scope.cue)
            moment = next(iter(sentence.moments(start, stop)), None)
            cited = dict.fromkeys([*where.cited, *sentence.cited])
            yield _todo(sentence, text, sentence.said(start, stop), moment, tuple(cited))
            return


def _infinitive(low: str) -> str:
    if low in IRREGULAR:
        return IRREGULAR[low]
    for ending, instead in (("ied", "y"), ("ed", ""), ("ed", "e"), ("d", "")):
        if low.endswith(ending) and (low[: -len(ending)] + instead) in TODO_VERBS:
            return low[: -len(ending)] + instead
    if low.endswith("ed"):
        stem = low[:-2]
        return stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
    return low


def _carried_moment(before: Sequence[Sentence]) -> SpokenMoment | None:
    """The day of the sentence before: "Today I have to finish the slides. Send the contract."."""
    if not before:
        return None
    last = before[-1]
    duties = [
        s for s in last.reading.scopes if s.label == "duty" and last.first <= s.cue < last.end and s.head != s.cue
    ]
    found = _leading(last, duties[0]) if duties else None
    return found and SpokenMoment(0, 0, found.day, found.month, found.clock, found.kind)


def _listed(sentence: Sentence, scope: Scope, start: int, before: Sequence[Sentence]) -> Iterator[Todo]:
    """One to-do for each task that is joined by commas and "and"."""
    tokens = sentence.reading.tokens
    stop = max((n for n in scope.members), default=start) + 1
    while stop < sentence.end and tokens[stop].kind != "mark":
        stop += 1
    cuts = [start]
    for n in range(start + 1, stop):
        joint = tokens[n - 1].low in ("and", ",", "then") and tokens[n].low.split()[0] in TODO_VERBS
        if joint and n + 1 < stop and tokens[n + 1].kind != "mark" and tokens[n + 1].low not in ("and", "or"):
            cuts.append(n)
    lead = _leading(sentence, scope) or (_carried_moment(before) if scope.head == scope.cue == sentence.first else None)
    for begin, end in zip(cuts, [*cuts[1:], stop], strict=True):
        last = _trimmed(sentence, begin, end)
        moment = _combined(_single_moment(sentence, begin, last), lead, sentence)
        yield _todo(
            sentence,
            _text(sentence, begin, last, moment),
            _said(sentence, start, begin, last, lead),
            moment,
            sentence.cited,
        )


def _single_moment(sentence: Sentence, begin: int, end: int) -> SpokenMoment | None:
    """The day that is named; None where there is a choice, as in "tomorrow or on Friday"."""
    found = sentence.moments(begin, end)
    choice = any(t.low == "or" for one, two in pairwise(found) for t in sentence.reading.tokens[one.end : two.first])
    return found[0] if found and not choice else None


def _combined(moment: SpokenMoment | None, lead: SpokenMoment | None, sentence: Sentence) -> SpokenMoment | None:
    """As in "Tomorrow I have to be there by nine": the leading day with the task's own hour."""
    if moment is None or lead is None or moment.day or moment.month or not moment.clock or not lead.day:
        return moment or lead
    lows = set(sentence.lows())
    half = moment.clock.hour % 12  # an hour alone was resolved as the next one from now, which is wrong for another day
    today = sentence.spoken_at is not None and lead.day == sentence.spoken_at.date()
    hour = moment.clock.hour if today or lows & HALF_DAY_WORDS else half + 12 * (half < _WAKING)
    return replace(moment, day=lead.day, clock=moment.clock.replace(hour=hour))


def _leading(sentence: Sentence, scope: Scope) -> SpokenMoment | None:
    """The day before the cue, for all that follows: "Today I have to", "Tomorrow, remember to"."""
    found = sentence.moments(sentence.first, scope.cue)
    if not found:
        return None
    tokens = sentence.reading.tokens
    between = tokens[found[-1].end : scope.cue]
    around = [*tokens[sentence.first : found[-1].first], *between]
    return None if any(t.content for t in around) or any(t.low in _NEW_SUBJECTS for t in around) else found[-1]


def _trimmed(sentence: Sentence, begin: int, end: int) -> int:
    """The end of the task without a trailing "and" or reason."""
    tokens = sentence.reading.tokens
    for n in range(begin + 1, end):
        if tokens[n].low in _REASONS or (tokens[n].low == "so" and tokens[n - 1].kind == "mark"):
            end = n
            break
    while end > begin and (tokens[end - 1].kind == "mark" or tokens[end - 1].low in ("and", "then")):
        end -= 1
    return end


def _said(sentence: Sentence, start: int, begin: int, end: int, lead: SpokenMoment | None) -> str:
    """The words of the to-do; from the day on, where that stands before the cue."""
    first = lead.first if lead and lead.end and begin == start else begin
    return sentence.said(first, end)


def _text(sentence: Sentence, begin: int, end: int, moment: SpokenMoment | None) -> str:
    """The task without its day, where the day ends it."""
    if moment and moment.end and begin < moment.first and moment.end == end:
        end = moment.first
    while end > begin + 1 and sentence.reading.tokens[end - 1].low in _LOOSE_ENDS:
        end -= 1
    return sentence.said(begin, end)


def _todo(sentence: Sentence, text: str, said: str, moment: SpokenMoment | None, cited: tuple[str, ...]) -> Todo:
    due = moment.iso(sentence.spoken_at) if moment else None
    text = clean(text).strip(" ,.;:!?…-")
    return Todo(
        text=text[:1].upper() + text[1:],
        due=due,
        due_kind=moment.kind if moment and due else None,
        said=sentence.verbatim(said),
        segments=cited,
    )


def wishes(sentences: Sequence[Sentence]) -> tuple[Todo, ...]:
    """What the speaker wants or means to do.

    These are no duties, so the extractive note lists none; a model that lists them has not invented them.
    """
    found = []
    for sentence in sentences:
        scopes = [s for s in sentence.reading.scopes if sentence.first <= s.cue < sentence.end]
        meant = ("wish",) if any(s.label == "if" for s in scopes) else ("wish", "plan")
        for scope in scopes:
            if (
                scope.label not in meant
                or (scope.label == "plan" and sentence.reading.tokens[scope.cue].low not in ("will", "'ll", "going"))
                or not sentence.first <= scope.cue < sentence.end
                or scope.head is None
                or duty_bearer(sentence, scope.cue) != "first"
            ):
                continue
            end = _trimmed(sentence, scope.head, max(scope.members) + 1)
            moment = _leading(sentence, scope) or next(iter(sentence.moments(scope.head, end)), None)
            found.append(
                _todo(
                    sentence,
                    _text(sentence, scope.head, end, moment),
                    sentence.said(scope.cue - 1, end),
                    moment,
                    sentence.cited,
                )
            )
    return tuple(found)
