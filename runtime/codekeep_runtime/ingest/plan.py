"""What has to be done to bring the index from what it holds to a commit."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from codekeep_runtime.core.skip import SkipReason
from codekeep_runtime.git.tree import Entry
from codekeep_runtime.ingest.state import LeftOut, State
from codekeep_runtime.screen import Policy, screen_name


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`left_out` is everything that stays out, without reading it; `gone` leaves the index."""

    read: Sequence[Entry]
    gone: Sequence[str]
    left_out: Mapping[str, SkipReason]
    files: int
    skips: Counter[str] = field(default_factory=Counter)

    @property
    def is_small(self) -> bool:
        return len(self.read) <= _FEW and sum(entry.size for entry in self.read) <= _LITTLE


_FEW, _LITTLE = 100, 1_000_000  # files, bytes: one process has them done before a second has started


def plan(
    entries: Sequence[Entry],
    indexed: Mapping[str, str],
    outdated: Collection[str],
    known: Mapping[str, LeftOut],
    state: State,
    policy: Policy,
) -> Plan:
    """Compares by blob.

    Args:
        indexed: path → blob of what the index holds.
        outdated: paths of these that must be made anew.
        known: what was left out before, by path.
    """
    read: list[Entry] = []
    left_out: dict[str, SkipReason] = {}
    skips: Counter[str] = Counter()
    there: set[str] = set()
    for entry in entries:
        reason = entry.skip or screen_name(entry.path, entry.size, policy) or _known(entry, known, state)
        if reason:
            skips[reason] += 1
            left_out[entry.path] = reason
            continue
        there.add(entry.path)
        if indexed.get(entry.path) != entry.blob or entry.path in outdated:
            read.append(entry)
    return Plan(read=read, gone=sorted(indexed.keys() - there), left_out=left_out, files=len(entries), skips=skips)


def _known(entry: Entry, known: Mapping[str, LeftOut], state: State) -> SkipReason | None:
    before = known.get(entry.path)
    if before is None or before.blob != entry.blob or state.is_due(before):
        return None
    return before.reason
