"""The writer's own eyes: to-dos, events, people, places, topics and mood of a transcript by rule, without any model.

What belongs here: one finding a file. What does not: how a note is put together (`extractive`), or printed (`day`).
"""
