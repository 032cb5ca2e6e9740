"""`python -m diary_pipeline.cli`: the command line where its script is not installed."""

from diary_pipeline.cli import main

main()
