"""Spoken text taken apart: words, numbers, names, clauses, denials, corrections. English; numbers in more languages."""
