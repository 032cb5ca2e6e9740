"""When and how the assets run: jobs, the nightly schedule, sensors, the GPU executor and the run launcher.

What belongs here: requesting runs and executing their steps. What does not: what a step does (`assets`).
See https://docs.dagster.io/guides/automate.
"""
