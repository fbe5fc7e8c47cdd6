"""Problems of a spec: each has its path, the value, what is allowed, and the remedy."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codekeep_contracts.faults import UsageFault

_SECRET_KEY = re.compile(r"secret|token$|password|passwd|credential|private_?key|api_?key|^auth", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"gh[a-z]_[A-Za-z0-9]{8}|github_pat_|glpat-|AKIA[A-Z0-9]{8}|ASIA[A-Z0-9]{8}|-----BEGIN|^ey[A-Za-z0-9_-]{16}"
)
_LONGEST_VALUE = 80
MASK = "***"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with a document. `path` is dotted, with list indexes; empty for the document itself."""

    path: str
    got: str
    allowed: str
    remedy: str
    source: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.source, self.path) if part)
        return f"{place}: got {self.got}; allowed: {self.allowed}; remedy: {self.remedy}" if place else self.text

    @property
    def text(self) -> str:
        """The message without source and path."""
        return f"got {self.got}; allowed: {self.allowed}; remedy: {self.remedy}"

    def as_json(self) -> dict[str, str]:
        """The problem as a JSON object, for `spec check --json`."""
        return asdict(self)


class SpecError(UsageFault):
    """A spec is invalid. `problems` are all there are."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def dotted_path(path: Iterable[str | int]) -> str:
    """`("pools", 0, "min")` → `pools[0].min`."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
    return written


def shown_value(value: Any, path: str = "") -> str:
    """Formats a value for a problem: JSON, shortened, with what looks like a secret masked."""
    masked = _masked(value, path.rsplit(".", maxsplit=1)[-1])
    written = json.dumps(masked, ensure_ascii=True, default=lambda other: type(other).__name__)
    return written if len(written) <= _LONGEST_VALUE else f"{written[: _LONGEST_VALUE - 1]}…"


def nearest_word(wrong: str, right: Iterable[str]) -> str | None:
    """Returns the allowed word most similar to the wrong one; None where none is similar."""
    return next(iter(difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.6)), None)


def suggestion(wrong: str, right: Iterable[str], otherwise: str) -> str:
    """`did you mean X?` where an allowed word is similar, else `otherwise`."""
    near = nearest_word(wrong, right)
    return f"did you mean {near}?" if near else otherwise


def _masked(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _masked(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, key) for item in value]
    if isinstance(value, str) and (_SECRET_KEY.search(key) or _SECRET_VALUE.search(value)):
        return MASK
    return value
