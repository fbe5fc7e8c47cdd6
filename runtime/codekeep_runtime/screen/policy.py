"""What a company chooses of the screen."""

import hashlib
from dataclasses import dataclass

SCREEN_VERSION = 1  # 1: first. A higher one has every file screened anew.


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Args:
    max_bytes: a larger file is left out.
    licences: SPDX identifiers; a file whose header names one of them is left out ("AGPL-3.0-only").
    notices: texts that leave a file out when its header holds one of them, whatever the case.
    """

    max_bytes: int = 1_000_000
    licences: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        facts = (SCREEN_VERSION, self.max_bytes, sorted(self.licences), sorted(self.notices))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
