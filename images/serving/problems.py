"""What is wrong with a serving configuration, said uniformly: the field, the value got, what is allowed, the remedy."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ServingFault:
    """One thing wrong. `field` is an option's path (`kv_cache_config.dtype`) or a field of ModelFacts."""

    field: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: got {self.got}; allowed: {self.allowed}; remedy: {self.remedy}"


class ServingError(ValueError):
    """A model that cannot be served as asked; `faults` are all the reasons."""

    def __init__(self, faults: Sequence[ServingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(wrong: str, right: Iterable[str]) -> str | None:
    """The known word most like the one got, or None where none is."""
    return next(iter(difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.7)), None)
