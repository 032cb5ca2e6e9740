"""All proofs, in the order of the report."""

from tests.proof import edits, inbox, kills, private, soak

PROOFS = (inbox.PROOF, kills.PROOF, kills.ON_POSTGRESQL, soak.PROOF, edits.PROOF, private.PROOF)
