"""Recordings: found in the inbox, dated, checked and taken into the store."""
