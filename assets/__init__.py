"""The four assets of the diary, partitioned by the diary day; each calls `diary_pipeline.pipeline`.

What belongs here: assets, their partitions, metadata and checks. What does not: work on audio, text or the catalog.
See https://docs.dagster.io/guides/build/assets.
"""
