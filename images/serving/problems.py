"""Problems of a serving configuration: the field, the value it has, what is allowed, the remedy."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong. `field` is an option's path (`kv_cache_config.dtype`) or a field of ModelFacts."""

    field: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: got {self.got}; allowed: {self.allowed}; remedy: {self.remedy}"


class ServingError(ValueError):
    """A model cannot be served as specified; `problems` are all the reasons."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest_word(wrong: str, right: Iterable[str]) -> str | None:
    """Returns the known word most similar to `wrong`, or None where none is similar."""
    return next(iter(difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.7)), None)


def did_you_mean(wrong: str, right: Iterable[str], otherwise: str) -> str:
    """A remedy that suggests the nearest known word; `otherwise` where there is none."""
    near = nearest_word(wrong, right)
    return f"did you mean {near}?" if near else otherwise
