"""Settings of the screen, which a company may change."""

import hashlib
from dataclasses import dataclass

SCREEN_VERSION = 1  # 1: first. Raising it screens every file again.


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Args:
    max_bytes: larger files are skipped.
    licences: SPDX identifiers ("AGPL-3.0-only"); files whose header names one of them are skipped.
    notices: texts, in any case; files whose header contains one of them are skipped.
    """

    max_bytes: int = 1_000_000
    licences: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        facts = (SCREEN_VERSION, self.max_bytes, sorted(self.licences), sorted(self.notices))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
