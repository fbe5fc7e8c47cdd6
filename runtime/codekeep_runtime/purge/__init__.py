"""Right to be forgotten: a repository or a reader leaves every store, and a signed proof says so.

Audit records stay, as the law that orders them orders also how long: they hold ids, no names and no code.
"""

from codekeep_runtime.purge.proof import Proof, holds
from codekeep_runtime.purge.purge import Kept, Purge, PurgeFault, Subject
from codekeep_runtime.purge.tombstones import Tombstones

__all__ = ["Kept", "Proof", "Purge", "PurgeFault", "Subject", "Tombstones", "holds"]
