"""What happens on a named day, in languages whose words the writer does not otherwise understand: the whole sentence, and its day.

Careful on purpose: a sentence that may be over, denied, asked, a condition, a doubt or a duty is left as it was said, without a day.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.language.days import LANGUAGES, day_named
from diary_pipeline.notes.language.reading import read
from diary_pipeline.schema import Event, Segment

_LEFT_ALONE = {
    language: re.compile("".join(line.strip() for line in patterns.splitlines()))
    for language, patterns in {
        "de": r"""\b(?:nicht|kein\w*|nie|niemand|wenn|falls|ob|vielleicht|eventuell|wohl|muss|musst|müssen|müsste|soll\w*|will|wollen|
            wollte\w*|möchte\w*|darf|dürfen|könnte\w*|würde\w*|hätte\w*|wäre\w*|war|waren|warst|hatte\w*|wurde\w*|ging\w*|kam|kamen|gab|
            sagte\w*|meinte\w*|gestern|vorgestern|letzte\w*)\b|
            \b(?:habe|hab|hat|haben|bin|ist|sind)\b.*\b(?:\w*ge\w+(?:t|en)|\w+iert|ver\w+(?:t|en)|be\w+(?:t|en))\b""",
        "fr": r"""\b(?:pas|jamais|rien|personne|plus|si|peut[ -]être|pourrai\w*|dois|doit|devons|doivent|devrai\w*|faut|faudra\w*|veux|
            veut|voudrai\w*|aimerai\w*|était|étais|étaient|avait|avais|avaient|hier|fut|serait|aurait)\b|\bn'|\bs'il|
            \b(?:ai|as|a|avons|avez|ont|suis|es|est|sommes|êtes|sont)\s(?:\w+\s)?(?!lieu\b|\w+di\b|\w*vous\b)\w+
            (?:é|ée|és|ées|u|ue|us|ues|i|ie|is|it|its)\b|\w+(?:aient|ait)\b""",
        "es": r"""\b(?:no|nunca|nadie|nada|tampoco|si|quizás?|tal vez|a lo mejor|podría\w*|tengo que|tenemos que|debo|debemos|
            debería\w*|hay que|quiero|queremos|quisiera|me gustaría|fue|fui|fuimos|fueron|era|eran|estaba\w*|estuv\w+|había|hubo|hice|
            hicimos|tuve|tuvimos|vi|vimos|ayer|anteayer|sería|habría)\b|\b(?:he|ha|hemos|han|había)\s\w+(?:do|to|cho)\b|
            \b\w+(?:ó|aron|ieron)\b""",
    }.items()
}
"""Words that deny, doubt, oblige, wish, or tell what is over.

Rather a sentence too many: what is left alone is still in the entry.
"""


_SENTENCE_END = r"(?<=[!?…])\s+|(?<=[^\d\W]\.)(?<!\bDr\.)(?<!\bSr\.)(?<!\bSt\.)\s+"  # nor after the 3. of "am 3. Juni"


def dated(segments: Sequence[Segment], language: str, spoken_at: datetime | None) -> tuple[Event, ...]:
    """The sentences that name one day to come, in order; none in a language without a table of days."""
    if spoken_at is None or language not in LANGUAGES:
        return ()
    found = []
    for segment in segments:
        for sentence in re.split(_SENTENCE_END, segment.text):
            text = _plain(sentence, language)
            if "?" in sentence or _LEFT_ALONE[language].search(text) or not _says_what(text):
                continue
            if when := day_named(text, language, spoken_at):
                words = clean(sentence, language=language).strip(" ,.;:!¡…-")
                found.append(
                    Event(text=words[:1].upper() + words[1:], when=when, said=sentence.strip(), segments=(segment.id,))
                )
    return tuple(found)


def _plain(sentence: str, language: str) -> str:
    """The sentence in lower case, without marks, its numbers in digits."""
    tokens = read([("", sentence)], language).tokens
    shown = [
        t.key[1:] if t.kind in ("number", "date") and re.fullmatch(r"#\d+", t.key) else t.low
        for t in tokens
        if t.kind != "mark"
    ]
    return " ".join(shown)


def _says_what(text: str) -> bool:
    """More than which day it is: "heute ist Montag", "es lunes"."""
    return len(text.split()) > 3
