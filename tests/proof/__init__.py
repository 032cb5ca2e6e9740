"""Proofs of the first promise by brute force: nothing is lost, nothing is doubled.

    python -m tests.proof [NAME...] [--rounds N] [--seed S] [--only N]

One module per proof. To add one, write a module with a `PROOF` (see `trial.Proof`) and name it in `proofs.PROOFS`.
"""
