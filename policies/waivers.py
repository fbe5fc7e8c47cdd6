"""Exceptions somebody answers for: rule, URN glob, reason, owner, expiry. Expired or unused ones fail the run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from policies.checker import checker_of
from policies.rule import Finding

FIELDS = ("rule", "urn", "reason", "owner", "expires")
LONGEST_DAYS = 366
SHORTEST_REASON = 20


class WaiverError(ValueError):
    """The waiver file cannot be used; one line per fault."""


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """`rule` is a rule's id or a Checkov check id; `urn` a glob over URNs, `*` does not stand alone."""

    rule: str
    urn: str
    reason: str
    owner: str
    expires: date

    def covers(self, finding: Finding) -> bool:
        return self.rule == finding.rule and fnmatchcase(finding.urn, self.urn)

    def expired(self, today: date) -> bool:
        return self.expires < today


@dataclass(frozen=True, kw_only=True)
class Waived:
    finding: Finding
    waiver: Waiver


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """Findings after the waivers: what stands and what is waived."""

    open: tuple[Finding, ...]
    waived: tuple[Waived, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What a run judged, which decides of which waivers it can tell that nobody needs them.

    `judged` are the stacks judged to the end, `known` all there are, `checkers` the names of those that ran.
    """

    judged: frozenset[str]
    known: frozenset[str]
    checkers: frozenset[str]

    def tells(self, waiver: Waiver) -> bool:
        """Whether every stack that the waiver could speak of was judged by the checker it speaks to."""
        meant = {stack for stack in self.known | self.judged if could_begin(waiver.urn, f"urn:pulumi:{stack}::")}
        return checker_of(waiver.rule) in self.checkers and meant <= self.judged


def sort_out(findings: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Sorted:
    """An expired waiver covers nothing."""
    valid = [waiver for waiver in waivers if not waiver.expired(today)]
    waived: list[Waived] = []
    standing: list[Finding] = []
    for finding in findings:
        covering = next((waiver for waiver in valid if waiver.covers(finding)), None)
        if covering is None:
            standing.append(finding)
        else:
            waived.append(Waived(finding=finding, waiver=covering))
    return Sorted(open=tuple(standing), waived=tuple(waived))


def unused_waivers(
    waivers: Sequence[Waiver], used: Collection[Waiver], today: date, coverage: Coverage
) -> tuple[Waiver, ...]:
    """Valid waivers that nobody used, as far as the run can tell."""
    return tuple(
        waiver for waiver in waivers if waiver not in used and not waiver.expired(today) and coverage.tells(waiver)
    )


def could_begin(glob: str, prefix: str) -> bool:
    """Whether some text that begins with `prefix` matches the glob."""
    places = _past_stars(glob, {0})
    for letter in prefix:
        following: set[int] = set()
        for place in places:
            wanted = glob[place : place + 1]
            if wanted == "[":
                return True  # a set of letters: taken for one that fits
            if wanted == "*":
                following.add(place)
            elif wanted in (letter, "?"):
                following.add(place + 1)
        places = _past_stars(glob, following)
    return bool(places)


def _past_stars(glob: str, places: set[int]) -> set[int]:
    """The places, and those behind the stars they stand at: a star may stand for nothing."""
    reached = set(places)
    while further := {place + 1 for place in reached if glob[place : place + 1] == "*"} - reached:
        reached |= further
    return reached


def load_waivers(path: Path, today: date) -> tuple[Waiver, ...]:
    """Waivers of a YAML file: a list of mappings with exactly the five fields.

    Raises:
        WaiverError: naming every entry and field at fault.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as fault:
        raise WaiverError(f"{path}: {fault}") from fault
    if not isinstance(entries, list):
        raise WaiverError(f"{path}: must be a list of waivers, got {type(entries).__name__}")
    faults = [f"{path}[{index}]: {fault}" for index, entry in enumerate(entries) for fault in _faults(entry, today)]
    if faults:
        raise WaiverError("\n".join(faults))
    return tuple(Waiver(**entry) for entry in entries)


def _faults(entry: Any, today: date) -> list[str]:
    if not isinstance(entry, dict):
        return [f"must be a mapping with {', '.join(FIELDS)}, got {entry!r}"]
    faults = [f"{key} is no field of a waiver; allowed are {', '.join(FIELDS)}" for key in entry if key not in FIELDS]
    faults += [f"{key} is missing" for key in FIELDS if key not in entry]
    faults += [
        f"{key} must be text, got {entry[key]!r}"
        for key in ("rule", "urn", "reason", "owner")
        if key in entry and (not isinstance(entry[key], str) or not entry[key].strip())
    ]
    if faults:
        return faults
    if not entry["urn"].strip("*"):
        faults.append("urn must name something, got a bare wildcard; write at least the resource's type or name")
    if len(entry["reason"]) < SHORTEST_REASON:
        faults.append(f"reason must say why, in {SHORTEST_REASON} characters or more, got {entry['reason']!r}")
    expires = entry["expires"]
    if not isinstance(expires, date):
        faults.append(f"expires must be a date like 2027-06-30, got {expires!r}")
    elif (expires - today).days > LONGEST_DAYS:
        faults.append(f"expires must be within {LONGEST_DAYS} days, got {expires}; renew it when it runs out")
    return faults
