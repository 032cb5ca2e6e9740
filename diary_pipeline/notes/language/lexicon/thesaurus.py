"""Words that mean the same, words that exclude each other, and verbs that mean another verb with their particle."""

from diary_pipeline.notes.language.lexicon.notation import groups, table, words

SYNONYMS = table(
    """call: call ring phone telephone rang; collect: collect fetch; come: come arrive; purchase: purchase buy;
    begin: begin start; finish: finish end complete done; wish: wish want; ask: ask request; tired: tired exhausted;
    glad: glad happy pleased; kid: kid child; mum: mum mom mother mummy; dad: dad father daddy;
    grandma: grandma gran granny grandmother; grandpa: grandpa grandad grandfather; repair: repair fix mend;
    reply: reply answer respond; talk: talk speak chat; big: big large; small: small little tiny; doctor: doctor gp;
    job: job position; picture: picture photo photograph; film: film movie; bike: bike bicycle cycle;
    store: store shop; postpone: postpone delay; get: get receive; supposed: supposed mean; bill: bill invoice;
    email: email mail; close: close shut; sofa: sofa couch; let: let allow permit; guy: guy man;
    kilometre: kilometre km kilometer; colour: colour color; metre: metre meter; euro: euro eur; pound: pound gbp;
    dollar: dollar usd; house: house home; marry: marry wed wedding; nervous: nervous anxious; sad: sad unhappy;
    angry: angry cross furious; afraid: afraid scared frightened; stay: stay remain; test: test exam;
    cheap: cheap inexpensive; quick: quick fast; hard: hard difficult; think: think believe reckon suppose guess;
    hire: hire recruit; raise: raise increase; need: need require; help: help assist; maths: maths math;
    clean: clean tidy; meal: meal dinner; present: present gift"""
)
"""Words to the one word by which all of them are compared. For wider likeness see `synonyms.txt`."""
PHRASAL_VERBS = table(
    """come: turn_up show_up; collect: pick_up; return: get_back come_back go_back be_back; refus: turn_down;
    leav: set_off; choos: pick_out; continu: carry_on; last: go_on; overrun: run_over; stop: give_up;
    postpone: put_off; learn: find_out; search: look_for; work: work_on; marry: get_married; troubl: play_up act_up"""
)
"""A verb with its particle, to the stem of the verb that it means."""

SIBLINGS = groups(
    """well badly; better worse; good bad; best worst; fast slow; quickly slowly; leave arrive come; early late;
    open close; win lose; hot cold warm cool; big small; cheap expensive; first last; love hate; begin finish;
    easy hard; full empty; high low; higher lower; more less fewer; always sometimes never;
    everybody nobody somebody; everyone someone; rise fall; accept refuse decline; inside outside; left right;
    north south east west; husband wife; brother sister; son daughter; mum dad; uncle aunt; nephew niece;
    grandma grandpa; boy girl; morning afternoon evening; morning night midday; afternoon night;
    second minute hour day week fortnight month year; breakfast lunch dinner supper; spring summer autumn winter;
    red blue green yellow black white brown orange pink purple grey gray; weekday weekend; wet dry; loud quiet;
    young old; new old; happy sad; top bottom; front rear; pass fail; upstairs downstairs; pound euro dollar;
    kilometre mile metre; bus train tram plane taxi; tea coffee; heavy light; wide narrow; long short; true false;
    increase decrease; clean dirty; cat dog horse; train bus; garden kitchen bathroom bedroom; let ask forbid"""
)
"""Words of one kind of which only one can be meant."""
CONTRARIES = groups(
    """open shut; open close; work break; remember forget; pass fail; accept refuse; accept reject; agree disagree;
    stay leave; full empty; clean dirty; easy hard; easy difficult; true wrong; true false; right wrong; keep lose;
    find lose; win lose; attend miss; catch miss; allow forbid; safe dangerous; married single; cheap expensive;
    awake asleep; alive dead; pay owe; present absent; like hate; like dislike; sure unsure; same different;
    possible impossible; permanent temporary; finish continue; success fail; trust doubt; usual unusual; ready late;
    healthy ill; well ill; fresh stale; succeed fail; include exclude; hungry full"""
)
"""Pairs of which the one is denied by the other: what is not open is shut."""
EXCLUSIVE_DEEDS = groups(
    """buy sell; lend borrow; give take; ask promise let refuse forbid offer thank; start stop; find lose; push pull;
    raise lower; send receive; hire fire; join leave; pass fail; remember forget; cook eat; bake sell; teach learn;
    break repair; plan cancel; buy rent; write read; plant water; wash dry"""
)
"""Deeds of which one is not the other, though the same people do them with the same things."""
EXCLUSIVE_PARTICLES = [
    (words(one), words(other))
    for one, other in (
        ("before until till", "after"),
        ("more", "less fewer"),
        ("until till to", "from since"),
        ("with", "without"),
        ("in into", "out"),
        ("on", "off"),
        ("up", "down"),
        ("over above", "under below"),
        ("for", "against"),
        ("once", "twice"),
        ("all every both", "some few half none neither no"),
    )
]
"""Small words of which one does not stand for the other."""
