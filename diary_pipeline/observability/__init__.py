"""Logs and traces. No diary text goes into either."""
