"""Notes: what a transcript contributes to its day, and the day's page."""
