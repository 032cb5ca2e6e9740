"""Words by which a thing is not simply so: duties, wishes, plans, possibilities, permissions, conditions, doubts."""

from diary_pipeline.notes.language.lexicon.conjunctions import CONDITIONAL_CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.negation import NOT_OR_NEVER
from diary_pipeline.notes.language.lexicon.notation import phrases, words
from diary_pipeline.notes.language.lexicon.speech import ASK, PROMISE, QUESTIONING
from diary_pipeline.notes.language.lexicon.verbs import LIKING

WANT = words("want wants wanted")
NEED = words("need needs needed")
EXPECT = words("expect expects expected")
OFFER = words("offer offers offered")
HOPE = words("hope hopes hoped")
WANT_OR_NEED = WANT | NEED

DUTY_CUES = phrases(
    """have to; 've to; has to; need to; needs to; needed to; must; should; ought to; got to; supposed to; meant to;
    remember to; remind me to; make sure to; forget to; 'd better; turn to; am to; 'm to; is to; are to"""
)
WISH_CUES = phrases(
    """want to; wants to; wanted to; would like; 'd like; 'd love; would love; hope to; hopes to; hoping to; plan to;
    plans to; planning to; planned to; wish; wishes; wishes to; intend to; intends to; offered to; offer to;
    promised to; agreed to; would rather; 'd rather; prefer to; preferred to; propose to; proposes to; proposed to"""
)
REQUEST_CUES = phrases(
    "suggest; suggests; suggested; recommends; recommended; proposed; wanted to know; wants to know; want to know"
)
UNREAL_CUES = phrases("was going to; were going to; tried to; trying to; would have; nearly; dream; dreamt; dreamed")
PLAN_CUES = phrases("let's; will; 'll; going to; about to")
ABILITY_CUES = phrases("can; allowed to")
DOUBT_ADVERBS = words("probably maybe perhaps possibly")
POSSIBILITY_CUES = DOUBT_ADVERBS | phrases("might; may; could; considering; consider; thinking of; thinking about")
CONDITIONAL_CUES = phrases("would; 'd")

OPEN_WORDS = (
    OFFER
    | PROMISE
    | WANT_OR_NEED
    | EXPECT
    | HOPE
    | words("plan plans planned intend intended keen ready willing eager supposed due scheduled wish goal idea aim")
)
"""With these a clause says what is planned, wished, owed or possible."""
PERMISSIONS = OFFER | words("allow allows allowed let lets letting permitted able")
ABLE_ADJECTIVES = words("able ready free willing")
BIDDING_VERBS = WANT_OR_NEED | ASK | EXPECT | LIKING | {"prefers"}
"""Before a person and "to", these say what that person is to do."""
WISHING_VERBS = WANT | {"like"}
WANTED_NOT_HAD = (
    WANT_OR_NEED | ASK | words("apply applied looking thinking considering offered offers proposed proposes")
)
"""What stands behind these nobody has yet."""
QUESTION_OR_WISH = QUESTIONING | WANT | {"invited", "offered"}
ACCEPTANCES = words("yes agreed agree sure course okay ok fine gladly happily accepted promised")
AWAITED = (
    EXPECT
    | HOPE - {"hopes"}
    | words(
        """expecting wait waits waited waiting pretend pretends pretended pretending long longed longing afraid
        scared reluctant unwilling refuse refused fail failed"""
    )
)
"""What stands behind a "to" after these did not come about."""

PROVISOS = words("provided providing assuming")
HYPOTHETICAL_CUES = {"would", "'d"} | {"might", "could", "used"}
"""Before "have to", these make it what would be."""
UNREAL_MODALS = words("would should 'd")
CONDITION_WORDS = (
    (CONDITIONAL_CONJUNCTIONS - {"until"})
    | PROVISOS
    | UNREAL_MODALS
    | {"could", "might", "may"}
    | words("condition permission depends otherwise once")
)
"""With these a statement says that it is conditional."""

SUPPOSING = words("think guess suppose reckon")
HEDGES = SUPPOSING | DOUBT_ADVERBS | {"might", "may", "could"} | {"or", "apparently", "seems"}
"""With these a statement says that it is not sure."""
WEAKENERS = NOT_OR_NEVER | DOUBT_ADVERBS | words("almost nearly hardly barely supposedly")
"""Small words that make what follows them less than so."""
THINKING_LEMMAS = SUPPOSING | words("believe assume doubt hope")
CONVICTIONS = words(
    """thinks reckons reckoned believes suspects suspected guesses guessed hopes hoped worries fears afraid scared
    worried convinced"""
)
"""Verbs of what somebody thinks and nobody knows."""
OPINIONS = CONVICTIONS | words(
    """thought think reckon believed believe doubts expected expects feels claims claimed says said say swears
    insists according hope worry fear opinion view"""
)
"""With these a statement says that it is somebody's opinion."""
MISTAKEN_BELIEFS = words("thought assumed expected figured supposed suspected believed")
TURNING_POINTS = words("but turned turns actually")
"""After a belief, these say what was so in truth."""
MISTAKES = words("mistaken wrong wrongly")
UNSETTLED_WORDS = words("between expected check sure")
UNSURE_WORDS = words("unsure uncertain either unclear forget forgot")
UNSURE_PHRASES = phrases("not sure; n't know; n't remember; not know; not certain; was it; is it")
DECISIONS = phrases("decided; made up my mind; made up our minds; promised")
HEARSAY_PHRASES = phrases("if; would have; should have; might have; he says; she says; they say; people say")
"""With these a sentence is no highlight: nobody says that it is so."""
AIMS = words("avoid prevent discuss ensure enjoy celebrate explore relax prove save raise reach improve")
"""Verbs for what a thing is done, beside those of a to-do."""
INTENTION_NOUNS = words("proposal request chance time right reason way decision permission able free hard easy")
"""Before "to", these say what might be done, not what for."""

REMINDING = {"remember", "remind"} | {"forget", "make"}
DUTY_WORDS = (
    REMINDING
    | {"have", "has", "'ve"}
    | {"need", "needs", "got"}
    | {"must", "should", "'d"}
    | {"really", "also", "still"}
    | words("ought supposed meant me sure better to")
)
"""The words of a cue of duty, up to the deed."""
BARE_DUTY_CUES = REMINDING | {"need", "must", "have"} | {"got"}
"""With these a duty without a subject is the speaker's."""
IDLE_VERBS = words("say admit confess laugh smile wonder") | {"be", "have", "been"}
"""After "must" or "have to", these are a manner of speaking: "I must say"."""
VAGUE_DEEDS = words("happen do done be sort sorted")
REMINDER_OPENERS = words("note self reminder memo remember first then")
