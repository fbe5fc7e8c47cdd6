"""The frameworks that the region rules serve, and which regions are allowed."""

from collections.abc import Iterable, Iterator

from policies.conditions import Condition, one_of
from policies.graph import Node
from policies.rule import Case, Finding, Rule

FRAMEWORKS = {"SOC 2": ("C1.1", "CC6.7"), "ISO 27001": ("A.5.31", "A.5.34", "A.8.12")}


def allowed_region(case: Case) -> Condition:
    return one_of(*sorted(case.facts.allowed_regions))


def outside(rule: Rule, node: Node, path: str, regions: Iterable[str], case: Case) -> Iterator[Finding]:
    """A violation for each region that is not allowed."""
    allowed = ", ".join(sorted(case.facts.allowed_regions))
    for region in dict.fromkeys(regions):
        if region not in case.facts.allowed_regions:
            yield rule.violation(node, path, f"names {region}; allowed are {allowed}")
