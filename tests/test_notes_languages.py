"""Days in German, French and Spanish: coming events on a named day are found, and nothing is guessed.

Spoken on a Monday evening.
"""

import re
from datetime import datetime

import pytest

from diary_pipeline.notes.extract.clean import only_cleaned
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.language.detection import with_language
from diary_pipeline.notes.style import Style
from tests.transcripts import said

VERBATIM = Style("verbatim", "", "", 9)
MONDAY = datetime.fromisoformat("2026-03-23T18:30:00+01:00")

NAMED = [
    ("de", "Am Freitag kommt der Klempner.", "2026-03-27"),
    ("de", "Morgen um halb neun kommt Anna.", "2026-03-24T08:30"),
    ("de", "Die Hochzeit ist am achten April.", "2026-04-08"),
    ("de", "Das Konzert ist am 3. Juni um 19:30 Uhr.", "2026-06-03T19:30"),
    ("de", "In zwei Wochen fahren wir nach Lyon.", "2026-04-06"),
    ("de", "Übermorgen fliegt Jonas nach Wien.", "2026-03-25"),
    ("de", "Der Termin ist am Mittwoch, dem achten April, um neun Uhr.", "2026-04-08T09:00"),
    ("de", "Am Samstag um drei kommt Dr. Meier mit 2 Kollegen.", "2026-03-28T15:00"),
    ("fr", "Le plombier vient vendredi.", "2026-03-27"),
    ("fr", "Demain à neuf heures et demie, Claire arrive.", "2026-03-24T09:30"),
    ("fr", "Le mariage est le huit avril.", "2026-04-08"),
    ("fr", "La réunion a lieu le premier mai à quinze heures.", "2026-05-01T15:00"),
    ("fr", "Dans deux semaines, nous partons à Lyon.", "2026-04-06"),
    ("fr", "Après-demain, on fête l'anniversaire de Paul.", "2026-03-25"),
    ("fr", "Le concert est mardi 14 avril.", "2026-04-14"),
    ("fr", "J'ai rendez-vous chez le dentiste jeudi.", "2026-03-26"),
    ("es", "El fontanero viene el viernes.", "2026-03-27"),
    ("es", "Mañana a las nueve y media llega Ana.", "2026-03-24T09:30"),
    ("es", "La boda es el ocho de abril.", "2026-04-08"),
    ("es", "Dentro de dos semanas viajamos a Lisboa.", "2026-04-06"),
    ("es", "Pasado mañana llega mi hermana.", "2026-03-25"),
    ("es", "La cita es el primero de mayo a las tres.", "2026-05-01T15:00"),
]
NOTHING = [
    ("de", "Ich muss morgen Anna anrufen."),
    ("de", "Guten Morgen, heute ist Montag."),
    ("de", "Am Freitag war ich beim Arzt."),
    ("de", "Wir haben uns am Freitag getroffen."),
    ("de", "Wenn er am Freitag kommt, gehen wir."),
    ("de", "Am Freitag kommt er nicht."),
    ("de", "Kommt er am Freitag?"),
    ("de", "Nächsten Dienstag ist das Treffen."),
    ("de", "Vielleicht kommt sie am Sonntag."),
    ("de", "Jeden Freitag ist Markt."),
    ("de", "Am Morgen ist es kalt."),
    ("de", "Sie kommt am Freitag oder am Samstag."),
    ("de", "Letzten Dienstag regnete es."),
    ("fr", "Je dois appeler Anna demain."),
    ("fr", "Vendredi, j'ai vu le médecin."),
    ("fr", "Le vendredi, il y a un marché."),
    ("fr", "S'il vient vendredi, on ira au cinéma."),
    ("fr", "Il ne vient pas vendredi."),
    ("fr", "Est-ce qu'il vient vendredi ?"),
    ("fr", "Peut-être qu'elle vient dimanche."),
    ("fr", "Mardi dernier il pleuvait."),
    ("es", "Tengo que llamar a Ana mañana."),
    ("es", "Por la mañana hace frío."),
    ("es", "El viernes fui al médico."),
    ("es", "Los viernes hay mercado."),
    ("es", "Si viene el viernes, salimos."),
    ("es", "El viernes no viene."),
    ("es", "¿Viene el viernes?"),
    ("es", "Quizás venga el domingo."),
    ("es", "El martes pasado llovió."),
    ("es", "Hoy hace mucho calor en casa."),
    ("de", "Heute ist es sehr warm in der Stadt."),
    ("it", "Venerdì viene l'idraulico."),
]


@pytest.mark.parametrize(("language", "sentence", "when"), NAMED)
def test_what_happens_on_a_named_day_is_an_event_in_the_speakers_words(language: str, sentence: str, when: str) -> None:
    draft = write(said(sentence, language=language), VERBATIM, MONDAY)
    (event,) = draft.events
    assert ((event.when or "").removesuffix("+01:00").removesuffix("+02:00"), event.said) == (when, sentence)
    assert event.text == sentence.rstrip(".")
    assert (draft.todos, draft.people, draft.places, draft.topics, draft.mood, draft.highlights) == (
        (),
        (),
        (),
        (),
        None,
        (),
    )


@pytest.mark.parametrize(
    ("language", "recognised", "written"),
    [
        ("de", "Er kommt um neun.", "Er kommt um neun."),
        ("de", "Ähm, er hat, äh, Recht.", "Er hat Recht."),
        ("de", "Die, die die Blumen gießt.", "Die, die die Blumen gießt."),
        ("fr", "Nous nous levons. Tu viens ?", "Nous nous levons. Tu viens ?"),
        ("nl", "Er is er een jarig.", "Er is er een jarig."),
    ],
)
def test_a_filler_of_english_only_is_kept_and_so_is_a_word_said_twice(
    language: str, recognised: str, written: str
) -> None:
    draft = write(said(recognised, language=language), VERBATIM, MONDAY)
    assert [statement.text for statement in draft.statements] == [written]
    assert only_cleaned(recognised, written, language=language)
    assert not only_cleaned("Er kommt um neun.", "Kommt neun.", language=language)
    assert written.startswith(draft.title)


@pytest.mark.parametrize(("language", "sentence"), NOTHING)
def test_past_denied_asked_doubted_or_undated_events_are_not_found(language: str, sentence: str) -> None:
    draft = write(said(sentence, language=language), VERBATIM, MONDAY)
    assert [statement.text for statement in draft.statements] == [sentence]
    assert (draft.todos, draft.events) == ((), ())


NO_LANGUAGE_STATED = [
    ("Wir treffen uns um acht.", "Er kommt um neun, er bringt Wein mit."),
    ("Ci vediamo alle otto, ehm, al bar.",),
    ("Vi ses klokka åtta, er hund kommer också.",),
    ("Holnap nyolckor találkozunk, er um uh.",),
    ("Um er uh.",),
]


@pytest.mark.parametrize("texts", NO_LANGUAGE_STATED)
def test_where_no_language_is_stated_no_word_of_any_language_is_lost(texts: tuple[str, ...]) -> None:
    note = write(with_language(said(*texts, language=None)), VERBATIM, MONDAY)
    kept = " ".join(statement.text for statement in note.statements)
    expected = [word for word in re.findall(r"\w+", " ".join(texts)) if word != "ehm"]
    assert [word for word in re.findall(r"\w+", kept) if word != "ehm"] == expected
    assert (note.todos, note.people) == ((), ())


STATED_BY_WORDS = {
    "en": ["Um, buy milk.", "Call the bank.", "Er, I met Anna at the market and she was well.", "Dentist on Friday."],
    "de": ["Wir treffen uns um acht", "Er kommt um neun.", "Um acht zum Zahnarzt, und dann nach Hause."],
    "fr": ["On se voit à huit heures", "J'ai rendez-vous chez le dentiste jeudi."],
    "es": ["Nos vemos a las ocho", "Mañana a las nueve y media llega Ana."],
    "und": ["Hello", "Zahnarzt", "明日八時に会います", "Temui saya di pasar jam delapan", "Er", ""],
}


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in STATED_BY_WORDS.items() for text in texts]
)
def test_a_language_is_told_by_its_words_and_a_doubtful_one_is_unknown(language: str, text: str) -> None:
    assert with_language(said(text, language=None)).language == language


def test_a_stated_language_stays_and_a_foreign_sentence_keeps_its_words() -> None:
    assert with_language(said("Wir treffen uns um acht.", language="en")).language == "en"
    mixed = with_language(
        said(
            "I walked to the harbour, um, and it was nice.",
            "Then we went home with the others.",
            "Wir treffen uns um acht.",
            language=None,
        )
    )
    assert (mixed.language, [s.language for s in mixed.segments]) == ("en", [None, None, "de"])
    texts = [one.text for one in write(mixed, VERBATIM, MONDAY).statements]
    assert (texts[0], texts[2]) == ("I walked to the harbour and it was nice.", "Wir treffen uns um acht.")
