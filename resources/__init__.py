"""What assets, checks and sensors are handed: the wired diary, and where day tables are kept.

What belongs here: making library objects from Dagster's configuration. What does not: using them.
See https://docs.dagster.io/guides/build/external-resources.
"""
