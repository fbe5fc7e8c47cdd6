"""Commands of codekeep-runtime that pods run. A manifest may name these and no others.

A test compares each with the command line that the runtime registers.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, kw_only=True)
class PodCommand:
    """`words` come after `codekeep-runtime`; `options` are its long options without the hyphens."""

    words: tuple[str, ...]
    options: frozenset[str] = field(default_factory=frozenset)

    def args(self, **options: str | int | bool) -> tuple[str, ...]:
        """The container's arguments; True writes a flag, and underscores stand for hyphens.

        Raises:
            ValueError: the command does not take such an option.
        """
        values = {name.replace("_", "-"): value for name, value in options.items()}
        if unknown := sorted(values.keys() - self.options):
            allowed = ", ".join(sorted(self.options)) or "none"
            raise ValueError(f"{' '.join(self.words)} takes no option {', '.join(unknown)}; allowed: {allowed}")
        return (*self.words, *(_option(name, value) for name, value in values.items() if value is not False))


def _option(name: str, value: str | int) -> str:
    return f"--{name}" if value is True else f"--{name}={value}"


def _command(*words: str, options: tuple[str, ...] = ()) -> PodCommand:
    return PodCommand(words=words, options=frozenset(options))


SERVE: Final = _command("serve")
WEBHOOK: Final = _command("webhook")
INGEST_SHARD: Final = _command("ingest", "shard", options=("index", "count"))
INGEST_QUEUE: Final = _command("ingest", "queue", options=("take-seconds",))
ACCESS_SYNC: Final = _command("access", "sync")
INDEX_WORKER: Final = _command("index-worker", options=("ray", "full", "once"))
MODEL_FETCH: Final = _command("model", "fetch", options=("role", "revision", "into", "verify"))
SEARCH_ROLES: Final = _command("search-roles", options=("document",))

POD_COMMANDS: Final = (SERVE, WEBHOOK, INGEST_SHARD, INGEST_QUEUE, ACCESS_SYNC, INDEX_WORKER, MODEL_FETCH, SEARCH_ROLES)
