"""The right to be forgotten: deletes a repository or a reader from every store, and signs a proof of it.

Audit records stay, because the law that requires them also fixes how long. They contain ids, no names and no code.
"""

from codekeep_runtime.purge.proof import Proof, is_valid_proof
from codekeep_runtime.purge.purge import Purge, PurgeFault, StoredProof, Subject
from codekeep_runtime.purge.tombstones import Tombstones

__all__ = ["Proof", "Purge", "PurgeFault", "StoredProof", "Subject", "Tombstones", "is_valid_proof"]
