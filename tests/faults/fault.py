"""A fault that a keep once had, put back on purpose, and who must say no to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.account import Accounts


class Judge(StrEnum):
    """AWS refuses on the sandbox; where AWS would accept, the keep's own checks say no."""

    SANDBOX = "sandbox"
    EVALUATOR = "evaluator"
    RULE = "rule"
    SPEC = "spec check"
    UP = "up"
    REACHABILITY = "reachability"
    QUOTAS = "quotas"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`words` are in what `judge` says once the fault is put back.

    `says(put_back, accounts)` gives its objections to the keep with the fault, or to the keep as it is shipped.
    """

    letter: str
    name: str
    judge: Judge
    words: str
    says: Callable[[bool, Accounts], Iterable[str]]

    def __str__(self) -> str:
        return f"{self.letter}: {self.name} ({self.judge})"
