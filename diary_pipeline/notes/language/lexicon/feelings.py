"""What one feels, and how one finds things."""

from diary_pipeline.notes.language.lexicon.notation import phrases, words

PLAIN_FEELINGS = words(
    """afraid angry annoyed anxious ashamed bored calm cheerful confused delighted disappointed embarrassed excited
    exhausted frustrated furious glad grateful guilty happy heartbroken homesick hopeful jealous lonely miserable
    nervous overwhelmed pleased proud relieved sad scared stressed thankful thrilled upset worried"""
)
FEELINGS = PLAIN_FEELINGS | words(
    """accomplished confident determined eager enthusiastic inspired motivated nostalgic offended optimistic
    satisfied surprised uncomfortable uneasy"""
)
"""A statement may name only a feeling that the speaker named."""
SPOKEN_FEELINGS = PLAIN_FEELINGS | {"content", "relaxed"} | {"cross", "tired", "knackered"}
"""What a speaker says of themselves, as in "I'm tired"."""
FEELING_OPENERS = phrases(
    "i'm; i am; i was; i feel; i felt; i've been; i've never been so; we're; we were; i'm feeling; makes me; made me"
)
FEELING_VETOES = phrases("not; never; no longer; if; would be; used to; said; says")
"""Beside a feeling, these say that it is not the speaker's own, or not now."""
JUDGEMENTS = words(
    """amazing challenging crucial delightful disappointing enjoyable essential exciting fantastic fascinating
    frustrating fulfilling heartwarming impressive inspiring interesting meaningful memorable pleasant productive
    relaxing rewarding stressful unforgettable valuable wonderful"""
)
"""A statement may only find a thing so as the speaker did."""
SUPERLATIVES = words(
    "best worst happiest saddest proudest hardest longest loveliest funniest strangest scariest nicest kindest"
)
"""With these a speaker says what of its kind will be remembered."""
