"""Compares what the index has of a branch with a commit."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from codekeep_runtime.core import SkipReason
from codekeep_runtime.git.tree import Entry
from codekeep_runtime.ingest.state import SkippedFile, State
from codekeep_runtime.screen import Policy, screen_name

_FEW, _LITTLE = 100, 1_000_000  # files, bytes: one process is done before a second has started


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The work that brings a branch of the index to a commit. `skipped` files are not read."""

    to_process: Sequence[Entry]
    to_remove: Sequence[str]
    skipped: Mapping[str, SkipReason]
    files: int
    skips: Counter[str]

    @property
    def is_small(self) -> bool:
        return len(self.to_process) <= _FEW and sum(entry.size for entry in self.to_process) <= _LITTLE


def plan(
    entries: Sequence[Entry],
    indexed: Mapping[str, str],
    outdated: Collection[str],
    known: Mapping[str, SkippedFile],
    state: State,
    policy: Policy,
) -> Plan:
    """Compares a commit with the index by blob.

    Args:
        indexed: path → blob of every file in the index.
        outdated: those of these paths that must be processed again.
        known: files that were skipped before, by path.
    """
    to_process: list[Entry] = []
    skipped: dict[str, SkipReason] = {}
    skips: Counter[str] = Counter()
    present: set[str] = set()
    for entry in entries:
        reason = entry.skip or screen_name(entry.path, entry.size, policy) or _known(entry, known, state)
        if reason:
            skips[reason] += 1
            skipped[entry.path] = reason
            continue
        present.add(entry.path)
        if indexed.get(entry.path) != entry.blob or entry.path in outdated:
            to_process.append(entry)
    to_remove = sorted(indexed.keys() - present)
    return Plan(to_process=to_process, to_remove=to_remove, skipped=skipped, files=len(entries), skips=skips)


def _known(entry: Entry, known: Mapping[str, SkippedFile], state: State) -> SkipReason | None:
    before = known.get(entry.path)
    if before is None or before.blob != entry.blob or state.is_due(before):
        return None
    return before.reason
