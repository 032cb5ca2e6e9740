"""Voice memos in, a faithful diary page per day out.

The library: everything the diary does, callable from Python, a CLI or Dagster. It never imports Dagster.
Read `pipeline` first: it is the table of contents.
"""
