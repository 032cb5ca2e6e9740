"""When the assets run, and how: jobs, the nightly schedule, sensors and the run launcher.

What belongs here: asking for runs. What does not: what a run does (`assets`).
See https://docs.dagster.io/guides/automate.
"""
