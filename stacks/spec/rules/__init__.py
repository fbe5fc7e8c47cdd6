"""The rules between the fields of a spec."""

from collections.abc import Callable, Iterator

from stacks.spec.problems import Problem
from stacks.spec.rules import access, compute, environment, links, pools, release, tiers
from stacks.spec.rules.draft import Draft

Rule = Callable[[Draft], Iterator[Problem]]

_SHARED: tuple[Rule, ...] = (*environment.RULES, *pools.RULES)
TENANT_RULES: tuple[Rule, ...] = (*tiers.RULES, *_SHARED, *links.RULES, *compute.RULES, *release.RULES, *access.RULES)
PLATFORM_RULES: tuple[Rule, ...] = (*tiers.PLATFORM_RULES, *_SHARED)


def problems_of_tenant(draft: Draft) -> Iterator[Problem]:
    """Problems of a tenant's spec by the rules between fields."""
    for rule in TENANT_RULES:
        yield from rule(draft)


def problems_of_platform(draft: Draft) -> Iterator[Problem]:
    """Problems of a shared platform's spec by the rules between fields."""
    for rule in PLATFORM_RULES:
        yield from rule(draft)


__all__ = ["PLATFORM_RULES", "TENANT_RULES", "Draft", "Rule", "problems_of_platform", "problems_of_tenant"]
