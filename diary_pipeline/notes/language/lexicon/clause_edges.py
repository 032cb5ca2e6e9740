"""Words at the edges of spoken sentences and clauses, by language: what may go, what joins, what opens a duty.

A language without a list has none of these words: fewer edits are allowed there.
"""

from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PRESENT
from diary_pipeline.notes.language.lexicon.conjunctions import (
    ADDING_CONJUNCTIONS,
    CONDITIONAL_CONJUNCTIONS,
    LINKING_CONJUNCTIONS,
)
from diary_pipeline.notes.language.lexicon.dates import MONTHS, PARTS_OF_DAY, RELATIVE_DAYS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.determiners import ARTICLES
from diary_pipeline.notes.language.lexicon.discourse import ENGLISH_FILLERS, FOCUS_ADVERBS, INTERJECTIONS, OTHER_FILLERS
from diary_pipeline.notes.language.lexicon.languages import (
    FRENCH_MONTHS,
    FRENCH_RELATIVE_DAYS,
    FRENCH_WEEKDAYS,
    GERMAN_MONTHS,
    GERMAN_PARTS_OF_DAY,
    GERMAN_RELATIVE_DAYS,
    GERMAN_WEEKDAYS,
    SPANISH_MONTHS,
    SPANISH_RELATIVE_DAYS,
    SPANISH_WEEKDAYS,
)
from diary_pipeline.notes.language.lexicon.negation import NOT_OR_NEVER
from diary_pipeline.notes.language.lexicon.notation import by_language, words
from diary_pipeline.notes.language.lexicon.prepositions import CLOCK_PREPOSITIONS, MOMENT_OPENERS
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES

SOUNDS = by_language(
    """de: öh eh haha; fr: euh heu hem hein haha; es: eh ehm em mmm jaja; it: ehm eh mah uhm haha; pt: hã hum eh haha;
    nl: eh uh uhm ehm haha; en: mm haha"""
)
SOUNDS |= {"en": SOUNDS["en"] | ENGLISH_FILLERS | INTERJECTIONS, "de": SOUNDS["de"] | OTHER_FILLERS}
"""Sounds that say nothing."""

LEADS = by_language(
    """de: also so und ja na tja naja okay ok ach; fr: bon alors et donc ben bah voilà;
    es: bueno pues y entonces vale oye; it: allora e beh dunque ecco insomma quindi; pt: bom então e pois olha;
    nl: nou dus en ja oké kijk; en: well anyway right okay ok alright yeah hey"""
)
LEADS |= {"en": LEADS["en"] | ADDING_CONJUNCTIONS | INTERJECTIONS}
"""What a spoken sentence may open with and a written one need not."""

ASIDES = {"you know", "like", "okay"}
"""Between two commas these say nothing."""

NO_STUTTER = NOT_OR_NEVER | words("no had her very nous vous sie ihr non nein nicht nie niet geen não ne se lo")
"""Said twice, these may be meant twice."""

JOINERS = by_language(
    """de: und oder aber dass weil denn außer sondern als nur; fr: et ou mais que qui dont parce car sauf seulement;
    es: y e o u pero que porque salvo excepto sino solo; it: e ed o ma che perché tranne però solo;
    pt: e ou mas que porque exceto porém; nl: en of maar dat omdat behalve want;
    en: or nor that which who whom whose than except plus only"""
)
JOINERS |= {"en": JOINERS["en"] | (LINKING_CONJUNCTIONS - {"so"})}
"""What continues a sentence where no mark has ended it."""

CONDITIONS = by_language(
    """de: wenn falls sofern sobald; fr: si quand lorsque sauf; es: si cuando salvo aunque; it: se quando qualora;
    pt: se quando caso; nl: als indien tenzij wanneer; en: provided when once"""
)
CONDITIONS |= {"en": CONDITIONS["en"] | (CONDITIONAL_CONJUNCTIONS - {"until"})}
"""What opens a condition."""

OPEN_ENDS = by_language(
    """de: dass ob und oder aber weil wenn dem den eine einen mein meine sagt meint glaubt behauptet;
    fr: que qu si et ou mais le la les un une des mon ma mes dit pense croit prétend;
    es: que si y o pero el la los las un una mi mis dice cree piensa;
    it: che se e o ma il la i le un una mio mia dice crede pensa;
    pt: que se e ou mas o a os as um uma meu minha diz acha; nl: dat of en maar als de het een mijn zegt denkt gelooft;
    en: or if whether unless says thinks claims suspects reckons believes hopes suspect doubt"""
)
OPEN_ENDS |= {"en": OPEN_ENDS["en"] | (LINKING_CONJUNCTIONS - {"so"}) | ARTICLES | (POSSESSIVES - {"her", "his"})}
"""With these no sentence ends."""
THAT_CLAUSES = words("true sure certain clear possible likely case say said says think thinks thought told claim hope")
"""After these a "that" opens a clause, and ends none."""

TAKING_BACK = by_language(
    """en: no nope not or_not or_so just_kidding kidding joking only_joking unless at_least that's_what that_is_what
    so_he_says so_she_says so_they_say says said allegedly apparently supposedly maybe perhaps probably_not
    according_to no_wait wait;
    de: nein nicht oder_nicht quatsch scherz war_nur_spaß angeblich vielleicht sagt meint das_sagt;
    fr: non pas ou_pas enfin_non je_plaisante soi-disant peut-être dit c'est_ce_que selon;
    es: no o_no es_broma mentira supuestamente quizás tal_vez dice eso_dice según;
    it: no o_no scherzo scherzavo forse dice così_dice secondo; pt: não ou_não brincadeira talvez diz segundo;
    nl: nee niet of_niet grapje misschien zegt volgens"""
)
"""A short sentence that opens with one of these may take back the sentence before it."""

DUTY_FRAMES = by_language(
    """en: have_to need_to must got_to ought_to remember_to must_remember_to need_to_remember_to have_to_remember_to
    do_n't_forget_to must_n't_forget_to make_sure_to remind_me_to reminder_to gotta i_have_to i_need_to i_must i_should
    i_ought_to i_'ve_got_to i_have_got_to i_'ve_to i_gotta i_must_remember_to i_need_to_remember_to
    i_have_to_remember_to i_must_n't_forget_to i_should_remember_to i_'ll i_will i_'m_going_to i_am_going_to we_have_to
    we_need_to we_must we_should we_'ve_got_to we_'ll we_will we_'re_going_to what_i_'m_going_to_do_is
    what_i_have_to_do_is what_i_need_to_do_is;
    de: ich_muss muss_ich ich_soll ich_sollte sollte_ich ich_werde werde_ich wir_müssen müssen_wir wir_sollten;
    fr: je_dois je_devrais nous_devons on_doit il_faut je_vais il_me_faut il_ne_faut_pas_oublier_de;
    es: tengo_que debo debería tenemos_que hay_que voy_a vamos_a; it: devo dovrei dobbiamo bisogna devo_ricordarmi_di;
    pt: tenho_de tenho_que devo preciso_de preciso temos_de temos_que vou;
    nl: ik_moet moet_ik we_moeten moeten_we ik_zal ik_ga"""
)
"""With these the speaker says what is to be done; what follows is the task."""
FRAME_ADVERBS = FOCUS_ADVERBS | words(
    "definitely please noch unbedingt auch dringend encore aussi absolument también todavía anche ancora também nog"
)
"""What may stand in such a frame besides."""
REASONS = by_language(
    """en: because since so_that so just_in_case otherwise; de: weil denn damit da; fr: parce_que car pour_que puisque;
    es: porque para_que ya_que; it: perché così visto_che; pt: porque para_que já_que; nl: omdat want zodat"""
)
"""What opens a reason, which a to-do need not repeat."""
TASK_JOINERS = by_language("en: and; de: und; fr: et; es: y e; it: e ed; pt: e; nl: en")
"""What joins two tasks."""
TASK_OPENERS = words(
    "to that whether if how what why zu dass ob wie um de que si à di che se a per te dat om para por pour"
)
"""Where a task has one of these, a second task may be somebody else's."""

OMITTED_ARTICLES = by_language(
    """de: der die das den dem des ein eine einen einem einer; fr: le la les l un une des; es: el la los las un una;
    it: il lo la i gli le l un uno una; pt: o a os as um uma; nl: de het een"""
) | {"en": ARTICLES}
"""Articles: a to-do or an event may leave them out."""
JOINED_ARTICLES = by_language(
    """de: am beim im ins vom zum zur; fr: au aux du des; es: al del;
    it: al allo alla ai agli alle del dello della dei degli delle nel nello nella sul sullo sulla;
    pt: ao aos à às do da dos das no na nos nas"""
)
"""Prepositions with the article within."""
HAPPENING = by_language(
    """de: ist sind findet statt findet_statt ich_habe ich_hab wir_haben es_gibt;
    fr: est est_fixée est_fixé est_prévue est_prévu a_lieu j'_ai on_a nous_avons il_y_a c'_est;
    es: es son está tengo tenemos hay será; it: è sono ho abbiamo c'_è sarà; pt: é são tenho temos há será;
    nl: is zijn ik_heb we_hebben er_is;
    en: is_booked_for is_set_for is_planned_for is_scheduled_for is_booked is_fixed there_is there_'s i_have we_have
    i_'ve_got we_'ve_got we_'re i_'m it_'s"""
)
HAPPENING |= {"en": HAPPENING["en"] | BE_PRESENT}
"""With these a sentence says that something is or will be; an event need not repeat them."""
DAY_WORDS = by_language(
    """de: uhr früh; fr: heures heure matin soir midi; es: tarde noche mediodía;
    it: lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo aprile maggio giugno luglio
    agosto settembre ottobre novembre dicembre oggi domani stasera sera mattina mezzogiorno;
    pt: segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo janeiro fevereiro março abril
    maio junho julho setembro outubro novembro dezembro hoje amanhã noite manhã meio-dia;
    nl: maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus
    september oktober november december vandaag morgen overmorgen avond ochtend middag uur;
    en: o'clock next"""
)
DAY_WORDS |= {
    "en": DAY_WORDS["en"] | {*WEEKDAYS, *MONTHS, *RELATIVE_DAYS} | PARTS_OF_DAY,
    "de": DAY_WORDS["de"] | {*GERMAN_WEEKDAYS, *GERMAN_MONTHS, *GERMAN_RELATIVE_DAYS} | GERMAN_PARTS_OF_DAY,
}
DAY_WORDS |= {
    "fr": DAY_WORDS["fr"] | {*FRENCH_WEEKDAYS, *FRENCH_MONTHS, *FRENCH_RELATIVE_DAYS},
    "es": DAY_WORDS["es"] | {*SPANISH_WEEKDAYS, *SPANISH_MONTHS, *SPANISH_RELATIVE_DAYS},
}
"""Words of days and hours."""
BEFORE_DAYS = by_language(
    """de: am um bis zum den dem der im vom nächsten diesen halb ab; fr: le au à du ce jusqu'à avant prochain;
    es: el la las a al en de por próximo; it: il alle all' al di per entro questo prossimo; pt: na no às à em de até;
    nl: op om de tot komende aan; en: this of past quarter half to from"""
)
BEFORE_DAYS |= {"en": BEFORE_DAYS["en"] | MOMENT_OPENERS}
"""What leads into a day or an hour."""
BEFORE_HOURS = by_language("de: um bis; fr: à; es: las la; it: alle all'; pt: às à; nl: om") | {
    "en": CLOCK_PREPOSITIONS
}
"""Behind these a number is an hour."""
PLACE_LEADS = by_language("en: in near via; de: in nach aus; fr: à en; es: en; it: in; pt: em; nl: in naar")
"""Behind these a name is a place's."""
PERSON_LEADS = words("""herrn señor señora don doña signor signora senhor senhora dona meneer mevrouw onkel tante""")
"""Titles and kin before a person's name in other languages."""
