"""explained.toml: what Prowler reports of a demo keep and we leave, with reasons; and a scan compared with it."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.prowler.scan import Finding

TABLE = Path(__file__).with_name("explained.toml")
PASSED = "PASS"
FEWEST_PASSED = 1_700  # a scan that saw less saw no keep
REASON_WORDS = 5


class Whose(StrEnum):
    """Who would have to change something."""

    CHOICE = "choice"  # ours: the keep is meant to be so
    DEMO = "demo"  # the demo's spec asks for it; customers' keeps are otherwise
    OWNER = "owner"  # a decision of the account's or the organization's owner
    SANDBOX = "sandbox"  # the stand-in answers otherwise than AWS
    PROWLER = "prowler"  # the check does not apply, or reads it wrong


@dataclass(frozen=True, kw_only=True)
class Explained:
    """`count` findings of one check on resources of one kind that do not pass."""

    check: str
    kind: str
    count: int
    whose: Whose
    reason: str

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"{self.check}: count must be 1 or more, got {self.count}; remove the entry instead")
        if len(self.reason.split()) < REASON_WORDS:
            raise ValueError(f"{self.check}: reason must say why in a sentence, got {self.reason!r}")


def table(path: Path = TABLE) -> list[Explained]:
    """The table's entries.

    Raises:
        ValueError: two entries are of one check and kind.
    """
    rows = tomllib.loads(path.read_text())["explained"]
    found = [Explained(**{**row, "whose": Whose(row["whose"])}) for row in rows]
    keys = Counter((each.check, each.kind) for each in found)
    if twice := [" ".join(key) for key, count in keys.items() if count > 1]:
        raise ValueError(f"{path.name} explains more than once: {', '.join(twice)}")
    return found


def differences(findings: Sequence[Finding], explained: Sequence[Explained]) -> Iterator[str]:
    """Every way in which a scan is not what the table says; none for one that is."""
    passed = sum(each.status == PASSED for each in findings)
    if passed < FEWEST_PASSED:
        yield f"only {passed} findings passed, expected {FEWEST_PASSED} or more: Prowler did not see the keep"
    failed: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        if each.status != PASSED:
            failed.setdefault((each.check, each.kind), []).append(each)
    expected = {(each.check, each.kind): each.count for each in explained}
    for key in sorted(failed.keys() | expected.keys()):
        seen, count = failed.get(key, []), expected.get(key, 0)
        if len(seen) == count:
            continue
        if not seen:
            yield f"{key[0]} on {key[1]}: explained and no longer reported; remove the entry"
            continue
        yield f"{key[0]} on {key[1]}: {len(seen)} reported, {count} explained; mend them, or say why they stay"
        yield from (f"    {each.status} {each.resource}: {each.detail}" for each in seen[:5])
