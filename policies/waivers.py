"""Exceptions that somebody answers for: rule, URN glob, reason, owner, expiry. Expired or unused ones fail the run."""

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
    """The waiver file cannot be used; one line per problem."""


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
class Outcome:
    """Findings after the waivers: those that remain open and those that are waived."""

    open: tuple[Finding, ...]
    waived: tuple[Waived, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What a run judged, which decides for which waivers it can say that nothing needs them.

    `judged` are the stacks that were judged, `known` all stacks, `checkers` the names of the checkers that ran.
    """

    judged: frozenset[str]
    known: frozenset[str]
    checkers: frozenset[str]

    def includes(self, waiver: Waiver) -> bool:
        """Whether every stack that the waiver can apply to was judged, and by the checker of the waiver's rule."""
        stacks = {stack for stack in self.known | self.judged if can_match_prefix(waiver.urn, f"urn:pulumi:{stack}::")}
        return checker_of(waiver.rule) in self.checkers and stacks <= self.judged


def apply_waivers(findings: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Outcome:
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
    return Outcome(open=tuple(standing), waived=tuple(waived))


def unused_waivers(
    waivers: Sequence[Waiver], used: Collection[Waiver], today: date, coverage: Coverage
) -> tuple[Waiver, ...]:
    """Valid waivers that no finding used, as far as the run can say."""
    return tuple(
        waiver for waiver in waivers if waiver not in used and not waiver.expired(today) and coverage.includes(waiver)
    )


def can_match_prefix(glob: str, prefix: str) -> bool:
    """Whether some text that begins with `prefix` matches the glob."""
    positions = _past_stars(glob, {0})
    for letter in prefix:
        following: set[int] = set()
        for position in positions:
            wanted = glob[position : position + 1]
            if wanted == "[":
                return True  # a set of letters counts as a match
            if wanted == "*":
                following.add(position)
            elif wanted in (letter, "?"):
                following.add(position + 1)
        positions = _past_stars(glob, following)
    return bool(positions)


def _past_stars(glob: str, positions: set[int]) -> set[int]:
    """The positions, and those behind the stars at them: a star may match nothing."""
    reached = set(positions)
    while further := {position + 1 for position in reached if glob[position : position + 1] == "*"} - reached:
        reached |= further
    return reached


def load_waivers(path: Path, today: date) -> tuple[Waiver, ...]:
    """Waivers of a YAML file: a list of mappings with exactly the five fields.

    Raises:
        WaiverError: naming every entry and field that is wrong.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as fault:
        raise WaiverError(f"{path}: {fault}") from fault
    if not isinstance(entries, list):
        raise WaiverError(f"{path}: must be a list of waivers, got {type(entries).__name__}")
    problems = [
        f"{path}[{index}]: {problem}" for index, entry in enumerate(entries) for problem in _problems(entry, today)
    ]
    if problems:
        raise WaiverError("\n".join(problems))
    return tuple(Waiver(**entry) for entry in entries)


def _problems(entry: Any, today: date) -> list[str]:
    if not isinstance(entry, dict):
        return [f"must be a mapping with {', '.join(FIELDS)}, got {entry!r}"]
    problems = [f"{key} is no field of a waiver; allowed are {', '.join(FIELDS)}" for key in entry if key not in FIELDS]
    problems += [f"{key} is missing" for key in FIELDS if key not in entry]
    problems += [
        f"{key} must be text, got {entry[key]!r}"
        for key in ("rule", "urn", "reason", "owner")
        if key in entry and (not isinstance(entry[key], str) or not entry[key].strip())
    ]
    if problems:
        return problems
    if not entry["urn"].strip("*"):
        problems.append("urn must name something, got a bare wildcard; write at least the resource's type or name")
    if len(entry["reason"]) < SHORTEST_REASON:
        problems.append(f"reason must say why, in {SHORTEST_REASON} characters or more, got {entry['reason']!r}")
    expires = entry["expires"]
    if not isinstance(expires, date):
        problems.append(f"expires must be a date like 2027-06-30, got {expires!r}")
    elif (expires - today).days > LONGEST_DAYS:
        problems.append(f"expires must be within {LONGEST_DAYS} days, got {expires}; renew it when it runs out")
    return problems
