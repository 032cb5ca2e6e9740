"""Verbs by their form (irregular, past, bare) and by what they say: doing, going, taking place, costing."""

from diary_pipeline.notes.language.lexicon.auxiliaries import MODALS
from diary_pipeline.notes.language.lexicon.notation import table, words
from diary_pipeline.notes.language.lexicon.speech import SPEECH_LEMMAS

IRREGULAR = table(
    """get: got gotten getting gets; go: went gone going goes; be: was were been is are am; beat: beaten;
    become: became; begin: began begun; bite: bitten biting; bleed: bled; blow: blew blown; break: broke broken;
    bring: brought; build: built; burn: burnt; buy: bought; catch: caught; choose: chose chosen; come: came;
    cost: costs; cut: cutting; dig: dug; draw: drew drawn; dream: dreamt; drink: drank drunk; drive: drove driven;
    eat: ate eaten; fall: fell fallen; feed: fed; feel: felt; fight: fought; find: found; fly: flew flown flight;
    forget: forgot forgotten; forgive: forgave forgiven; freeze: froze frozen; give: gave given; grow: grew grown;
    hang: hung; hear: heard; hide: hid hidden; hit: hitting; hold: held; hurt: hurting; keep: kept; know: knew known;
    lay: laid; lead: led; learn: learnt; leave: left; lend: lent; let: letting; lie: lay lain lying; light: lit;
    lose: lost losing; make: made making; mean: meant; meet: met; pay: paid; put: putting; quit: quitting;
    read: reading; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran running; say: said; see: saw seen;
    sell: sold; send: sent; set: setting; sew: sewn; shake: shook shaken; shine: shone; shoot: shot; show: shown;
    shut: shutting; sing: sang sung; sink: sank sunk; sit: sat sitting; sleep: slept; smell: smelt;
    speak: spoke spoken; spend: spent; spill: spilt; split: splitting; spread: spreading; stand: stood;
    steal: stole stolen; stick: stuck; sting: stung; strike: struck; swear: swore sworn; sweep: swept;
    swim: swam swum; swing: swung; take: took taken taking; teach: taught; tear: tore torn; tell: told;
    think: thought; throw: threw thrown; understand: understood; wake: woke woken; wear: wore worn; weep: wept;
    win: won; wind: wound; write: wrote written; tooth: teeth; child: children; person: people; man: men;
    woman: women; foot: feet; wife: wives; life: lives; knife: knives; leaf: leaves; half: halves; mouse: mice;
    goose: geese; loaf: loaves; shelf: shelves; fix: fixed; marry: married marrying marries; try: tried trying;
    carry: carried; worry: worried worries worrying; apply: applied applying applies; reply: replied replies;
    study: studied; hurry: hurried; bury: buried"""
)
"""Irregular forms of verbs, and plurals of nouns, to their base."""
PARTICIPLES = words(
    """been begun blown broken chosen done drawn driven eaten flown forgotten given gone grown known rung seen sewn
    shown spoken sung sworn swum taken thrown torn woken worn written"""
)
"""Past forms that are no verb of a clause without an auxiliary: "Stitches taken out"."""
FINITE_PAST_FORMS = words(
    """ate became began bent blew bought bred broke brought built burnt came caught chose cut dealt did drank dreamt
    drew drove dug fed fell felt flew forgot fought found froze gave got grew had heard held hid hit hung hurt kept
    knew laid leant learnt led left lent let lit lost made meant met paid put ran rang rode rose said sang sank sat
    saw sent set shook shot slept slid sold spent spilt spoilt spoke spun stole stood struck stuck stung swam swept
    swore swung taught thought threw told took tore understood was went wept were woke won wore wrote"""
)
PAST_FORMS = PARTICIPLES | FINITE_PAST_FORMS
AMBIGUOUS_PAST = words("read quit shut spread bet")
"""Of these nobody sees whether it is over."""

LIGHT_DEEDS = words("do get go")
LIGHT_VERBS = LIGHT_DEEDS | {"be", "have"}
"""Verbs that say little of what was done."""
TODO_VERBS = LIGHT_DEEDS | words(
    """add answer apologise apologize apply arrange ask back bake book borrow bring build buy call cancel change
    charge check choose clean clear collect confirm cook copy cut defrost deliver donate download draft drop email
    empty feed fetch figure file fill finalise finalize find finish fix follow give grab hand hang help hire hoover
    install invite iron keep leave lend let look mail make measure meet mend message move mow order organise organize
    pack paint pay phone pick plan plant polish post prepare print prune put read rebook record register remember
    remind remove renew rent repair replace reply reschedule reserve return ring scan schedule sell send set share
    sharpen sign sort speak stop submit swap take talk tell text thank throw tidy top transfer try turn unpack update
    upload vacuum visit walk wash water wipe withdraw wrap write"""
)
"""Verbs that open a reminder: "Water the plants"."""
EVERYDAY_VERBS = SPEECH_LEMMAS | words("want need seem look")
LIKING = words("like love prefer")
BARE_VERBS = (
    TODO_VERBS | frozenset(IRREGULAR.values()) | EVERYDAY_VERBS | LIKING | words("hate use work live mind help")
)
VERB_FORMS = BARE_VERBS | PAST_FORMS
ACTION_FORMS = TODO_VERBS | frozenset(IRREGULAR.values()) | PAST_FORMS
STATE_VERBS = EVERYDAY_VERBS | {"wish", "feel", "tell"}
PLAIN_VERBS = LIGHT_VERBS | MODALS | {"say", "tell", "think"} | {"come"}
"""Verbs that many clauses share, so that they tell no deed from another."""
LIGHT_WORDS = {"have", "get", "go"} | words(
    """come take make give put keep let time day thing way able use bit lot place need whole own first last other
    still again name call too together out finally really also away back due"""
)
"""Words that carry so little that a paraphrase may add them."""
COST_VERBS = words("cost costs paid weigh weighs weighed took take takes earn earned")
NEED_VERBS = words("need needs needed require required")
GOING_VERBS = words(
    """go goes going went gone come comes coming drive drove driving fly flew flying move moved moving trip train
    flight back"""
)
"""Before "to", these lead to a place."""
EVENT_VERBS = words(
    """arrive begin close come drive finish fly have go land leave meet move open play reopen return sing start stay
    travel visit"""
)
"""Verbs of what takes place at an hour."""
NO_SUPERLATIVES = words(
    "interest forest honest request harvest contest protest modest arrest invest suggest digest conquest guest dearest"
)
NO_THIRD_PERSON = words("this news always perhaps yes was has his its")
"""Words in "s" that are no verb of the third person."""
