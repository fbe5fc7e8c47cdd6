"""What must hold between the fields of a spec."""

from collections.abc import Callable, Iterator

from stacks.spec.faults import Fault
from stacks.spec.rules import access, compute, links, place, pools, tiers
from stacks.spec.rules.draft import Draft

Rule = Callable[[Draft], Iterator[Fault]]

_SHARED: tuple[Rule, ...] = (*place.RULES, *pools.RULES)
_TENANT: tuple[Rule, ...] = (*tiers.RULES, *links.RULES, *compute.RULES, *access.RULES)


def faults_of_tenant(draft: Draft) -> Iterator[Fault]:
    """Every rule between fields that a tenant's spec breaks."""
    for rule in (*_SHARED, *_TENANT):
        yield from rule(draft)


def faults_of_platform(draft: Draft) -> Iterator[Fault]:
    """Every rule between fields that a shared platform's spec breaks."""
    for rule in (*_SHARED, *tiers.PLATFORM_RULES):
        yield from rule(draft)


__all__ = ["Draft", "faults_of_platform", "faults_of_tenant"]
