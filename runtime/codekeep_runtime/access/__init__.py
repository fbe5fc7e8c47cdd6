"""Who a reader is and what they may see: deny by default. Only this package makes a Scope."""

from codekeep_runtime.access.access import Access

__all__ = ["Access"]
