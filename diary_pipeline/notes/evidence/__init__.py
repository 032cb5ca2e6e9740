"""Evidence: whether the cited words say what a statement says. One decision a file; `check` asks them all.

What belongs here: judging a statement against a transcript. What does not: writing statements, or asking a model for them.
"""
