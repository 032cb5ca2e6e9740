"""Measurements against named peers, each run with `make bench NAME=...`; QUICK=1 makes a run of minutes.

What belongs here: programs that print ratios, and the corpora they share. What does not: anything the product needs.
"""
