"""The four assets of the diary, each partitioned by the diary day; thin: every one calls one function of `diary_pipeline.pipeline`.

What belongs here: assets, their partitions, their metadata and their checks. What does not: any work on audio, text or the catalog.
See https://docs.dagster.io/guides/build/assets.
"""
