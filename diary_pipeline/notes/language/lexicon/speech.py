"""Verbs of saying, asking, thinking and writing, as they are spoken, and who is called the speaker."""

from diary_pipeline.notes.language.lexicon.notation import phrases, words

SAY = words("say says said")
TELL = words("tell tells told")
ASK = words("ask asks asked")
WRITE = words("write writes wrote")
THINK = words("think thinks thought")
PROMISE = words("promise promises promised")
ANSWER = words("answer answers answered")
WONDER = words("wonder wonders wondered")

REPORTING_VERBS = SAY | TELL | WRITE | THINK | PROMISE | {"asks", "asked"} | {"texted", "reckons"}
"""With these somebody's words or thoughts are reported, where a person may change."""
QUOTING_VERBS = (
    SAY
    | TELL
    | ASK
    | WRITE
    | ANSWER
    | words("reply replies replied text texted shout shouts shouted whisper whispered")
)
"""Before quoted words, these name who spoke them."""
CALLING_VERBS = words("said says shouted shouts called wrote yelled")
"""Before a comma and a question, these report it."""
OPINION_REPORTS = (
    SAY - {"say"}
    | (TELL - {"tell"})
    | THINK
    | {"asks", "asked"}
    | {"wrote", "texted"}
    | words("reckons believes suggested suggests wants wanted")
)
"""What others say or want is no duty of the speaker."""
SPOKEN_OR_WRITTEN = words("said told wrote")
WRITTEN_REPORTS = SPOKEN_OR_WRITTEN | {"asked", "texted"} | {"says", "typed"}
ANNOUNCEMENTS = SPOKEN_OR_WRITTEN | {"promised", "texted"}
DIRECT_SPEECH_VERBS = {"said", "says", "wrote"} | {"were", "was", "asked"}
"""Before a mark, these lead into direct speech: "she said, ...", "his words were: ..."."""
SAYING_NO = SAY | {"saying", "answered"}
SPEECH_LEMMAS = words("say ask think")
SAYING_LEMMAS = SPEECH_LEMMAS | words("tell believe know hope write promise wonder feel claim")
"""Verbs before a clause that says what is said or thought."""
TALKING = words("talk talked spoke speak send sent write wrote said gave give listen promised lent")
"""Before "to", these lead to a person, not to a place."""
EARLIER_NAMING = SAY - {"says"} | {"told", "thought", "wrote"} | words("put had named called")
"""Before "first", these report what no longer counts."""
COMMANDED_SPEECH = words("say write claim pretend imagine suppose state declare print repeat answer reply report")
"""What follows an order to say it did not happen by that."""
DOUBLING = {"said", "told"} | {"thought", "meant"} | {"asked", "knew"}
"""Verbs that a correction repeats without replacing a verb."""
MENTIONING_VERBS = words("said says mentioned mentions noted notes")

ASKING = ASK | {"asking"}
QUESTIONING = ASKING | WONDER | {"question", "whether", "know"}
QUESTION_WORDS = QUESTIONING | {"wondering", "questions"} | {"unsure", "sure"}
"""With these a statement says that a thing was asked."""
REQUEST_VERBS = ASKING | TELL | {"wants", "want", "wanted"} | words("begged reminded urged invited like love texted")
"""Verbs that ask somebody to do something."""
WHETHER_VERBS = (
    ASKING
    | WONDER
    | {"know", "knows"}
    | {"see", "check", "checked"}
    | {"sure", "unsure"}
    | phrases("find out; found out")
)
"""Before "if", these make it "whether"."""
FINDING_OUT = {"see", "check", "find"} | {"know", "knows"} | {"sure", "wonder", "out"}
COMMANDS = {"asked", "asks"} | {"told", "tells"} | {"ordered"}

NARRATORS = words("speaker narrator author writer diarist")
RUMOURS = words("rumour rumours rumor rumors gossip")
