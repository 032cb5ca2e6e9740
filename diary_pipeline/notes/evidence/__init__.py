"""Evidence: whether the cited words say what a statement says. One decision a file; `check` asks them all."""
