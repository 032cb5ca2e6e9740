"""Closed lists of words, English ones but for the fillers. What belongs here: words alone. What does not: any rule about them."""

_FILLERS = frozenset("um umm uhm uh uhh er erm ehm hmm mhm".split())
_FILLERS_ELSEWHERE = frozenset("äh ähm öhm ehm hmm mhm".split())

STOPWORDS = frozenset(
    """a an the this that these those there here it its it's i me my myself we us our ours ourselves you your yours yourself he him
    his himself she her hers herself they them their theirs themselves who whom whose which what when where why how am
    is are was were be been being 'm 're 's 'll 've 'd do does did done doing have has had having will would shall
    should can could may might must ought and or but so because although though while as if unless until than then of at
    by for with about into onto through during before after to from in on off out over under again up down just really
    very quite too also even only still yet already actually like kind sort bit lot lots more most much many few some
    any each every both all n't not no nor never none nothing nobody neither one ones thing things something anything
    someone somebody anyone anybody everything everyone everybody now soon ever o'clock mr mrs ms mx dr okay ok oh um uh
    er anyway maybe perhaps whether otherwise another other others own such same around between within without against
    toward towards along across behind near per via yes yeah please meanwhile instead however since while not-only
    almost about roughly exactly afterwards later earlier recently currently finally today's""".split()
)

WEEKDAYS = {name: n for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
WEEKDAYS |= {f"{name}s": n for name, n in WEEKDAYS.items()} | {"tues": 1, "thurs": 3}
MONTHS = {
    name: n
    for n, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
RELATIVE_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}

_IRREGULAR = """get: got gotten getting gets; go: went gone going goes; be: was were been is are am; beat: beaten; become: became;
    begin: began begun; bite: bitten biting; bleed: bled; blow: blew blown; break: broke
broken; bring: brought; build: built; burn: burnt; buy: bought; catch: caught; choose: chose chosen; come: came; cost: costs; cut:
    cutting; dig: dug;
draw: drew drawn; dream: dreamt; drink: drank drunk; drive: drove driven; eat: ate eaten; fall: fell fallen; feed: fed; feel: felt;
    fight: fought;
find: found; fly: flew flown flight; forget: forgot forgotten; forgive: forgave forgiven; freeze: froze frozen; give: gave given; grow:
    grew grown; hang:
hung; hear: heard; hide: hid hidden; hit: hitting; hold: held; hurt: hurting; keep: kept; know: knew known; lay: laid; lead: led; learn:
    learnt; leave:
left; lend: lent; let: letting; lie: lay lain lying; light: lit; lose: lost losing; make: made making; mean: meant; meet: met; pay:
    paid; put: putting;
quit: quitting; read: reading; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran running; say: said; see: saw seen; sell:
    sold; send: sent;
set: setting; sew: sewn; shake: shook shaken; shine: shone; shoot: shot; show: shown; shut: shutting; sing: sang sung; sink: sank sunk;
    sit: sat sitting;
sleep: slept; smell: smelt; speak: spoke spoken; spend: spent; spill: spilt; split: splitting; spread: spreading; stand: stood; steal:
    stole stolen;
stick: stuck; sting: stung; strike: struck; swear: swore sworn; sweep: swept; swim: swam swum; swing: swung; take: took taken taking;
    teach: taught;
tear: tore torn; tell: told; think: thought; throw: threw thrown; understand: understood; wake: woke woken; wear: wore worn; weep: wept;
    win: won;
wind: wound; write: wrote written; tooth: teeth; child: children; person: people; man: men; woman: women; foot: feet; wife: wives; life:
    lives; knife:
knives; leaf: leaves; half: halves; mouse: mice; goose: geese; loaf: loaves; shelf: shelves; fix: fixed; marry: married marrying
    marries; try: tried trying;
carry: carried; worry: worried worries worrying; apply: applied applying applies; reply: replied replies; study: studied; hurry:
    hurried; bury: buried"""
IRREGULAR = {
    form: base.strip()
    for base, _, forms in (entry.partition(":") for entry in _IRREGULAR.split(";"))
    for form in forms.split()
}
PAST = frozenset(
    """was were had did said went came got made took saw knew thought told gave found left felt brought began kept held wrote stood
    heard let meant met paid ran sat spoke lost led grew fell sent built understood drew broke spent rose drove bought
    wore chose ate won caught forgot rang sang woke slept taught flew threw hid fought sold stole hung shot swam drank
    froze wept swept stuck struck rode shook lent put cut hit set hurt been done seen taken given written known gone
    eaten driven broken chosen forgotten spoken worn begun grown shown flown woken told sung rung became thrown drawn
    torn sworn blown sewn swum dug fed bent dealt lit blew tore swore sank bred slid spun swung stung burnt learnt
    dreamt leant spilt spoilt laid""".split()
)

_SYNONYMS = """call ring phone telephone rang; collect fetch; come arrive; purchase buy; begin start; finish end complete done; wish
    want; ask request;
tired exhausted; glad happy pleased; kid child; mum mom mother mummy; dad father daddy; grandma gran granny grandmother; grandpa grandad
    grandfather;
repair fix mend; reply answer respond; talk speak chat; big large; small little tiny; doctor gp; job position; picture photo
    photograph; film movie;
bike bicycle cycle; store shop; postpone delay; get receive; supposed mean; bill invoice; email mail; close shut; sofa
    couch;
let allow permit; guy man; kilometre km kilometer; colour color; metre meter; euro eur; pound gbp; dollar usd; house home; marry wed
    wedding;
nervous anxious; sad unhappy; angry cross furious; afraid scared frightened; stay remain; test exam; cheap inexpensive; quick fast; hard
    difficult;
think believe reckon suppose guess; hire recruit; raise increase; need require; help assist; maths math; clean tidy; meal dinner;
    present gift"""
SYNONYMS = {word: group.split()[0] for group in _SYNONYMS.split(";") for word in group.split()}
PHRASAL = {  # a verb with its particle means another verb
    ("turn", "up"): "come",
    ("show", "up"): "come",
    ("pick", "up"): "collect",
    ("get", "back"): "return",
    ("come", "back"): "return",
    ("go", "back"): "return",
    ("turn", "down"): "refus",
    ("set", "off"): "leav",
    ("pick", "out"): "choos",
    ("carry", "on"): "continu",
    ("go", "on"): "last",
    ("run", "over"): "overrun",
    ("give", "up"): "stop",
    ("be", "back"): "return",
    ("put", "off"): "postpone",
    ("find", "out"): "learn",
    ("look", "for"): "search",
    ("work", "on"): "work",
    ("get", "married"): "marry",
    ("play", "up"): "troubl",
    ("act", "up"): "troubl",
}

NEGATIONS = frozenset(
    """not n't no never nobody none nothing neither nor without cannot hardly barely fail failed fails refuse refused refuses forget forgot
    forgotten lack lacks lacked missed declined nowhere unable rejected""".split()
)
CONJUNCTIONS = frozenset(
    "and but because so although though while whereas if unless until when which who or after before since as".split()
)
FIRST = frozenset("i we".split())
THIRD = frozenset("he she they".split())

DEEDS = frozenset(
    """add answer apologise apologize apply arrange ask back bake book borrow bring build buy call cancel change charge check choose
    clean clear collect confirm cook copy cut deliver do donate download draft drop email empty feed fetch figure file
    fill finalise finalize find finish fix follow get give go grab hand hang help hire install invite iron keep leave
    let lend look mail make measure meet mend message move mow order organise organize pack paint pay pick plan plant
    post prepare print prune put read rebook record register remember remind remove renew rent repair replace reply
    reschedule reserve return ring scan schedule sell send set share sign sort speak stop submit swap take talk tell
    text thank throw tidy top transfer try turn update upload vacuum visit walk wash water wipe withdraw wrap write
    phone sharpen unpack defrost polish hoover""".split()
)
"""Verbs that open a reminder: "Water the plants"."""

BASES = (
    DEEDS
    | frozenset(IRREGULAR.values())
    | frozenset("want need think say ask like love hate seem look use work live prefer mind help".split())
)
"""Verbs in their bare form."""

SIBLINGS = [
    frozenset(group.split())
    for group in """well badly; better worse; good bad; best worst; fast slow; quickly slowly; leave arrive come; early late; open
    close; win lose;
    hot cold warm cool; big small; cheap expensive; first last; love hate; begin finish; easy hard; full empty;
    high low;
    higher lower; more less fewer; always sometimes never; everybody nobody somebody; everyone someone; rise fall; accept refuse
    decline; inside outside; left right; north south east west;
    husband wife; brother sister; son daughter; mum dad; uncle aunt; nephew niece; grandma grandpa; boy girl; morning afternoon evening;
    morning night midday; afternoon night; second minute hour day week
    fortnight month year; breakfast lunch dinner supper; spring summer autumn winter; red blue green yellow black white brown orange
    pink purple grey gray; weekday weekend;
    wet dry; loud quiet; young old; new old; happy sad; top bottom; front rear; pass fail; upstairs downstairs; pound euro dollar;
    kilometre mile metre; bus train tram plane taxi;
    tea coffee; heavy light; wide narrow; long short; true false; increase decrease; clean dirty; cat dog
    horse; train bus; garden kitchen bathroom bedroom; let ask forbid""".split(";")
]

CONTRARIES = [
    tuple(pair.split())
    for pair in """open shut; open close; work break; remember forget; pass fail; accept refuse; accept reject; agree disagree; stay leave;
    full empty; clean dirty; easy hard; easy difficult; true wrong; true false; right wrong; keep lose; find lose; win lose; attend miss;
    catch miss; allow forbid; safe dangerous; married single; cheap expensive; awake asleep; alive dead; pay owe; present absent;
    like hate; like dislike; sure unsure; same different; possible impossible; permanent temporary; finish continue; success fail;
    trust doubt; usual unusual; ready late; healthy ill; well ill; fresh stale; succeed fail; include exclude; hungry full""".split(
        ";"
    )
]
"""Pairs of which the one is denied by the other: what is not open is shut."""

KIN = frozenset(
    """mum mom dad mother father sister brother grandma grandpa granny gran grandad grandmother grandfather aunt auntie uncle cousin
    niece nephew
    husband wife son daughter grandson granddaughter boyfriend girlfriend stepmother stepfather""".split()
)

NO_SUPERLATIVES = frozenset(
    "interest forest honest request harvest contest protest modest arrest invest suggest digest conquest guest dearest".split()
)

FEMALE = frozenset(
    """mrs ms miss mum mom mother sister grandma granny gran grandmother aunt auntie niece wife daughter girlfriend granddaughter
    woman girl lady""".split()
)
MALE = frozenset(
    "mr sir dad father brother grandpa grandad grandfather uncle nephew husband son boyfriend grandson man boy guy bloke lad".split()
)

FEELINGS = frozenset(
    """happy glad pleased proud grateful thankful relieved excited hopeful calm delighted thrilled cheerful worried anxious
    nervous sad upset angry annoyed furious frustrated disappointed exhausted stressed lonely bored scared afraid
    ashamed embarrassed guilty jealous overwhelmed homesick heartbroken confused miserable confident optimistic
    satisfied offended surprised determined motivated inspired accomplished nostalgic eager enthusiastic uneasy
    uncomfortable""".split()
)
"""What one feels. A statement may name only what the speaker named."""

JUDGEMENTS = frozenset(
    """rewarding productive meaningful valuable memorable wonderful fantastic amazing enjoyable pleasant fulfilling stressful relaxing
    exciting interesting frustrating disappointing challenging unforgettable heartwarming delightful fascinating
    impressive inspiring crucial essential""".split()
)
"""How one finds it. A statement may only find it so as the speaker did."""

PARTICIPLES = frozenset(
    """been done seen taken given written known gone eaten driven broken chosen forgotten spoken worn begun grown shown flown woken sung
    rung thrown drawn torn sworn blown sewn swum""".split()
)
"""Forms of the past that are no verb of a clause without an auxiliary: "Stitches taken out"."""


def fillers(language: str | None) -> frozenset[str]:
    """Sounds that say nothing. "Er" is German for he, "um" for at: no filler of English is one everywhere."""
    return _FILLERS if language in (None, "en") else _FILLERS_ELSEWHERE
