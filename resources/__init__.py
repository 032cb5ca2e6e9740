"""What assets, checks and sensors receive: the wired diary, and the IO manager of the day tables.

What belongs here: making library objects from Dagster's configuration. What does not: using them.
See https://docs.dagster.io/guides/build/external-resources.
"""
