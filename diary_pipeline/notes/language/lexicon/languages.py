"""Other languages: their codes, and German, French and Spanish words for days and for what is not sure to come."""

from diary_pipeline.notes.language.lexicon.notation import numbered, phrases, table, words

STEMMERS = table(
    """english: en; german: de; french: fr; spanish: es; italian: it; portuguese: pt; dutch: nl; swedish: sv;
    danish: da; norwegian: no; finnish: fi; russian: ru; polish: pl; romanian: ro; hungarian: hu; turkish: tr"""
)
"""Codes of languages to the name of their stemmer."""
NUMBER_LANGUAGES = words("en de fr es it pt nl")
"""Languages whose numbers are read as they are spoken."""
LISTED_LANGUAGES = NUMBER_LANGUAGES
"""Languages of which a list of words is at hand, with how common each is."""
COMPOUNDING_LANGUAGES = words("de nl")
"""Of these, languages that write compounds as one word."""

GERMAN_WEEKDAYS = numbered("montag dienstag mittwoch donnerstag freitag samstag sonntag", 0) | {"sonnabend": 5}
GERMAN_PARTS_OF_DAY = words("morgen mittag nachmittag abend nacht")
GERMAN_MONTHS = numbered("januar februar märz april mai juni juli august september oktober november dezember", 1)
GERMAN_RELATIVE_DAYS = {"heute": 0, "übermorgen": 2, "morgen": 1}
GERMAN_DAYS_OF_UNIT = {"tag": 1, "tagen": 1} | {"woche": 7, "wochen": 7}
GERMAN_VAGUE = words("nächst+ letzt+ vorig+ vergangen+ jede* alle seit bis +tags oder")
"""With these a weekday is another one than the coming, or many."""
GERMAN_UNCERTAIN = words(
    """nicht kein* nie niemand wenn falls ob vielleicht eventuell wohl muss musst müssen müsste soll* will wollen
    wollte* möchte* darf dürfen könnte* würde* hätte* wäre* war waren warst hatte* wurde* ging* kam kamen gab sagte*
    meinte* gestern vorgestern letzte*"""
)
"""Words that deny, doubt, oblige, wish, or say what is over."""
GERMAN_PERFECT = words("habe hab hat haben bin ist sind")
"""Auxiliaries of what is over."""

FRENCH_WEEKDAYS = numbered("lundi mardi mercredi jeudi vendredi samedi dimanche", 0)
FRENCH_MONTHS = numbered("janvier février mars avril mai juin juillet août septembre octobre novembre décembre", 1)
FRENCH_RELATIVE_DAYS = {"aujourd'hui": 0, "après demain": 2, "demain": 1}
FRENCH_DAYS_OF_UNIT = {"jour": 1, "jours": 1} | {"semaine": 7, "semaines": 7}
FRENCH_VAGUE = words("prochain prochaine dernier derniere dernière passé passée chaque tous toutes depuis jusqu ou")
FRENCH_UNCERTAIN = words(
    """pas jamais rien personne plus si pourrai* dois doit devons doivent devrai* faut faudra* veux veut voudrai*
    aimerai* était étais étaient avait avais avaient hier fut serait aurait"""
) | phrases("peut être; peut-être")
FRENCH_PERFECT = words("ai as a avons avez ont suis es est sommes êtes sont")
FRENCH_PARTICIPLE_ENDINGS = words("é ée és ées u ue us ues i ie is it its")

SPANISH_WEEKDAYS = numbered("lunes martes miércoles jueves viernes sábado domingo", 0)
SPANISH_MONTHS = numbered("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", 1)
SPANISH_RELATIVE_DAYS = {"hoy": 0, "pasado mañana": 2, "mañana": 1}
SPANISH_DAYS_OF_UNIT = {"día": 1, "días": 1} | {"semana": 7, "semanas": 7}
SPANISH_VAGUE = words("próxim+ cada todos todas desde hasta los o")
SPANISH_PAST_UNITS = frozenset(SPANISH_WEEKDAYS) | {"semana", "mes"}
"""Before "pasado", these are over."""
SPANISH_UNCERTAIN = words(
    """no nunca nadie nada tampoco si quizá quizás podría* debo debemos debería* quiero queremos quisiera fue fui
    fuimos fueron era eran estaba* estuv+ había hubo hice hicimos tuve tuvimos vi vimos ayer anteayer sería habría"""
) | phrases("tal vez; a lo mejor; tengo que; tenemos que; hay que; me gustaría")
SPANISH_PERFECT = words("he ha hemos han había")
