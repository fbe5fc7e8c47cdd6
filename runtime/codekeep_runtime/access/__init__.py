"""Identifies readers and decides which repositories they may see; denies by default. Only this package makes a
Scope.
"""

from codekeep_runtime.access.access import Access

__all__ = ["Access"]
