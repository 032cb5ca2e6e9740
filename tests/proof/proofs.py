"""All proofs, in the order of the report."""

from tests.proof import containers, edits, inbox, kills, names, private, soak, storm

PROOFS = (
    inbox.PROOF,
    kills.PROOF,
    kills.ON_POSTGRESQL,
    *storm.PROOFS,
    soak.PROOF,
    edits.PROOF,
    private.PROOF,
    names.PROOF,
    containers.PROOF,
)
