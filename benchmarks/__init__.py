"""Measurements: `make bench NAME=...`, each a module that prints its figures."""
