"""Numbers, days and names: each must be said in the cited window, and be the one that belongs to the statement's other words."""

from collections.abc import Iterator
from datetime import date

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.inferred_values import follows
from diary_pipeline.notes.evidence.reported_corrections import told_as_gone
from diary_pipeline.notes.evidence.value_rivals import lead, no_rival
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, ELLIPTIC_AUXILIARIES
from diary_pipeline.notes.language.lexicon.conjunctions import SENTENCE_JOINERS
from diary_pipeline.notes.language.lexicon.dates import MONTHS
from diary_pipeline.notes.language.lexicon.determiners import DEFINITE_DETERMINERS
from diary_pipeline.notes.language.lexicon.people import KIN
from diary_pipeline.notes.language.lexicon.prepositions import DIRECTIONS
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES, THIRD_PERSON, THIRD_PERSON_FORMS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, PLAIN_VERBS
from diary_pipeline.notes.language.names import may_be_name
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Kind, Token

_GROUPS: dict[Kind, tuple[Kind, ...]] = {
    "number": ("number", "time"),
    "time": ("number", "time"),
    "date": ("date",),
    "name": ("name",),
}
_REASON: dict[Kind, str] = {"number": "number", "time": "number", "date": "date", "name": "name"}
_RIVAL, _RIVAL_IN_ORDER, _LEAST = 1.1, 1.6, 0.02
"""How much better another value must fit, as a ratio (more where both are told in the order of the source) and at least."""
_PREDICATE = 1.5


def wrong_values(
    found: Alignment, nearby: frozenset[str], around: frozenset[str], day: date | None = None
) -> Iterator[str]:
    """Reasons against the statement's numbers, days and names. *nearby* and *around*: keys of few and more neighbours.

    *day*: of the recording, where it is known.
    """
    statement, exact = found.statement, found.exact()
    void = statement.denied() | statement.retracted
    for here, token in enumerate(statement.tokens):
        if token.kind not in _GROUPS:
            kin, named = token.low in KIN, may_be_name(statement.tokens, here)
            stranger = (kin and token.key not in around) or (named and token.key not in nearby)
            if stranger and here not in found.pairs:
                yield "name"
            continue
        if here not in found.pairs:
            if not ((token.kind == "name" and _resolved(found, token.key, nearby)) or follows(found, here, day)):
                yield _REASON[token.kind]
        elif (
            here not in void
            and not told_as_gone(found, here)
            and (
                _outbid(found, here)
                or any(
                    wrong(found, here)
                    for wrong in (_of_another_clause, _of_another_deed, _of_another_thing, _of_a_whole)
                    if here in exact
                )
            )
        ):
            yield _REASON[token.kind]


def _resolved(found: Alignment, key: str, nearby: frozenset[str]) -> bool:
    """Whether a name from a neighbouring segment may stand for a "she" of the window."""
    return key in nearby and any(token.low in THIRD_PERSON_FORMS for token in found.source.tokens)


def _of_another_clause(found: Alignment, here: int) -> bool:
    """As in "the gig is at five" for "the gig is on the eleventh, and the soundcheck is at five"."""
    there = found.pairs[here]
    tokens = found.source.tokens
    start = there
    while start and not (tokens[start - 1].kind == "mark" or tokens[start - 1].low in SENTENCE_JOINERS):
        start -= 1
    if (clause := clause_of(found.source, there)) is not None:
        start = max(start, clause.first)  # where nothing is marked
    owner = next(
        (n for n in range(start, there - 1) if tokens[n].low in DEFINITE_DETERMINERS and tokens[n + 1].kind == "word"),
        None,
    )
    if (
        owner is None
        or tokens[owner + 1].low == "name"
        or owner + 2 >= there
        or tokens[owner + 2].low not in _SAYS_WHAT_IS
    ):
        return False
    told = found.statement.tokens[here]
    if (
        told.kind == "name"
        and lead(found.statement, here) is None
        and any(t.low in THIRD_PERSON for t in tokens[there:])
    ):
        return False  # who was introduced may do what "he" does
    taken = {
        found.statement.tokens[at].key
        for at in found.pairs
        if at != here and found.statement.tokens[at].kind in ("word", "name")
    }
    alike = any(
        other in range(start, there) for at, other in found.pairs.items() if at != here and at not in found.exact()
    )
    return bool(taken) and not alike and not taken & {t.key for t in tokens[start:there]}


def _of_another_deed(found: Alignment, here: int) -> bool:
    """As in "sold ten rolls" for "baked ten rolls and sold six": where that is said, another value stands."""
    token, told = found.statement.tokens[here], clause_of(found.statement, here)
    if told is None or not told.key or token.kind == "name" or _only_month(found, here):
        return False
    same = [clause for clause in found.source.clauses if _same_deed(told, clause)]
    gone = found.source.retracted | {n for scope in found.source.scopes if scope.label == "not" for n in scope.members}
    spans = [[found.source.tokens[n] for n in range(clause.first, clause.end) if n not in gone] for clause in same]
    kinds = _GROUPS[token.kind]
    taken = {t.key for t in found.statement.tokens[told.first : told.end] if t.kind in kinds}
    return bool(spans) and all(
        not any(t.key == token.key for t in span) and any(t.kind in kinds and t.key not in taken for t in span)
        for span in spans
    )


def _only_month(found: Alignment, here: int) -> bool:
    """Where one month is named, it is that of every day."""
    months = {t.low for t in found.source.tokens if t.kind == "date" and t.low in MONTHS}
    return months == {found.statement.tokens[here].low}


def _of_another_thing(found: Alignment, here: int) -> bool:
    """As in "two lawnmowers" for "a lawnmower and two bicycles"."""
    thing = found.pairs.get(here + 1)
    if (
        found.statement.tokens[here].kind != "number"
        or thing is None
        or not thing
        or found.statement.tokens[here + 1].kind != "word"
    ):
        return False
    tokens, key = found.source.tokens, found.statement.tokens[here].key
    counted = [
        n for n, t in enumerate(tokens[:-1]) if t.key == key and t.kind == "number" and n not in found.source.retracted
    ]
    elsewhere = bool(counted) and all(_counts_another(tokens[n + 1], tokens[thing]) for n in counted)
    if tokens[thing].key != found.statement.tokens[here + 1].key:
        return False
    before = tokens[thing - 1]
    return (
        elsewhere
        and thing - 1 not in found.source.retracted
        and (before.low in ("a", "an", "one") or before.kind == "number")
    )


def _counts_another(counted: Token, thing: Token) -> bool:
    return counted.kind == "word" and counted.key != thing.key and counted.low not in BARE_VERBS


def _same_deed(told: Clause, said: Clause) -> bool:
    if told.key != said.key:
        return False
    if (
        told.subject
        and said.subject
        and told.passive == said.passive
        and (told.subject.kind == "first") != (said.subject.kind == "first")
    ):
        return False
    mine, theirs = (clause.subject.keys if clause.subject else frozenset() for clause in (told, said))
    return told.key not in PLAIN_VERBS or bool(mine & theirs)


_SAYS_WHAT_IS = BE_FINITE | {"'s", "will"}
_BEFORE_WHOLE = POSSESSIVES - {"his", "her"} | {"of", "the"}


def _of_a_whole(found: Alignment, here: int) -> bool:
    """As in "nine songs" for "four of the nine songs"."""
    there = found.pairs[here]
    lows = [t.low for t in found.source.tokens[max(0, there - 2) : there]]
    if "of" not in lows or found.statement.tokens[here].kind != "number":
        return False
    part = next((t for t in reversed(found.source.tokens[:there]) if t.low not in _BEFORE_WHOLE), None)
    return part is not None and part.kind == "number" and all(t.key != part.key for t in found.statement.tokens)


def stands_in(source: Reading, name: str, deed: str | None = None) -> bool:
    """As in "He has not signed, but Malik has": the name takes the verb of the clause before; *deed*: that verb's key."""
    for n, token in enumerate(source.tokens[:-2]):
        if (
            token.key == name
            and source.tokens[n + 1].low in ELLIPTIC_AUXILIARIES
            and source.tokens[n + 2].kind == "mark"
        ):
            before = [clause.key for clause in source.clauses if clause.end <= n]
            return deed is None or not before or before[-1] == deed
    return False


def _outbid(found: Alignment, here: int) -> bool:
    """Whether another value of the source fits the statement's other words better than the one stated."""
    token, tokens = found.statement.tokens[here], found.source.tokens
    if token.kind == "name" and (
        stands_in(found.source, token.key) or _as_pronoun(found, here) or _as_subject(found, here)
    ):
        return False
    places = [n for n, t in enumerate(tokens) if t.key == token.key and t.content] or [found.pairs[here]]
    own = max(found.bond(here, n) for n in places)
    mine = {t.key: n for n, t in enumerate(found.statement.tokens) if n != here and t.kind in _GROUPS}
    out = found.source.retracted | {s.head for s in found.source.scopes if s.label == "not" and s.head is not None}
    for there, other in enumerate(tokens):
        if (
            other.kind not in _GROUPS[token.kind]
            or other.key == token.key
            or there in out
            or no_rival(found, here, there)
        ):
            continue
        if any(_one_moment(found.source, there, n) for n in places):
            continue
        if (verdict := _by_place(found, here, places, there)) is not None:
            if verdict:
                return True
            continue
        bond = found.bond(here, there)
        if (twin := mine.get(other.key)) is not None:  # the statement has both: are they swapped?
            as_told = own + found.bond(twin, there)
            swapped = bond + max(found.bond(twin, n) for n in places)
            ordered = (here < twin) == (max(places) < there)
            if swapped > as_told * (_RIVAL_IN_ORDER if ordered else _RIVAL) and swapped - as_told > _LEAST:
                return True
        elif bond > own * _RIVAL and bond - own > _LEAST:
            return True
    return False


def _as_pronoun(found: Alignment, here: int) -> bool:
    """As in "I met Tess" for "Her name is Tess, I've met her": the object of the same verb is "her", and she was named before."""
    verb = here - 1
    while verb > 0 and found.statement.tokens[verb].kind == "stop":
        verb -= 1
    there = found.pairs.get(verb, -2)
    return (
        0 <= there < len(found.source.tokens) - 1
        and found.source.tokens[there + 1].low in ("him", "her", "them")
        and found.pairs.get(here, len(found.source.tokens)) < there
    )


def _as_subject(found: Alignment, here: int) -> bool:
    """As in "Tess will stay" for "Tess moved to Hull. She'll stay": "she" does the same, and she was named before."""
    told = clause_of(found.statement, here)
    if told is None or told.subject is None or told.subject.at != here or told.predicate not in found.exact():
        return False
    said = clause_of(found.source, found.pairs[told.predicate])
    if said is None or said.subject is None or said.subject.kind != "pronoun":
        return False
    named = [
        c.subject.keys
        for c in found.source.clauses
        if c.subject and c.subject.kind == "name" and c.subject.at < said.subject.at
    ]
    return bool(named) and found.statement.tokens[here].key in named[-1]


def _by_place(found: Alignment, here: int, places: list[int], there: int) -> bool | None:
    """What the words right before the values say, "from the twelfth to the eleventh", and what their clauses; None where nothing."""
    mine, theirs = lead(found.statement, here), lead(found.source, there)
    owns = {lead(found.source, n) for n in places}
    if mine in DIRECTIONS and theirs != mine and mine in owns:
        return False
    if mine in DIRECTIONS and theirs == mine and not owns & {mine, None} and owns <= DIRECTIONS:
        return True
    told = clause_of(found.statement, here)
    rival = clause_of(found.source, there)
    if (
        found.statement.tokens[here].kind == "name"
        or told is None
        or rival is None
        or any(rival.holds(n) for n in places)
    ):
        return None
    own = max(support(found, told, clause) for n in places if (clause := clause_of(found.source, n)))
    return False if own >= support(found, told, rival) + 1 else None


def clause_of(reading: Reading, at: int) -> Clause | None:
    """The clause in which the word at *at* stands."""
    return next((clause for clause in reading.clauses if clause.holds(at)), None)


def support(found: Alignment, told: Clause, said: Clause) -> float:
    """How much of the told clause the other has: its words, the predicate for more than one."""
    words = found.statement.tokens[told.first : told.end]
    wanted = {t.key for t in words if t.content and t.kind not in ("number", "time", "date")}
    held = {t.key for t in found.source.tokens[said.first : said.end] if t.content}
    return len(wanted & held) + (_PREDICATE if told.key == said.key else 0.0)


def _one_moment(source: Reading, one: int, two: int) -> bool:
    """As in "Tuesday the twenty-fourth of May": the parts of one date, or of one name, are no rivals."""
    first, last = min(one, two), max(one, two)
    if source.tokens[first].kind == "name":
        return last == first + 1
    between = source.tokens[first + 1 : last]
    dates = source.tokens[first].kind == source.tokens[last].kind == "date"
    return dates and all(t.low in _WITHIN_DATE or t.kind == "date" for t in between) and len(between) <= 4


_WITHIN_DATE = {"the", "of", "on"} | {","}
