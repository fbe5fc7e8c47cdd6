"""The rules between the fields of a spec: in each module, every public function whose only parameter is a draft."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

from stacks.spec.problems import Problem
from stacks.spec.rules import (
    access,
    compute,
    environment,
    links,
    names,
    offered,
    platform,
    pools,
    reach,
    release,
    tiers,
)
from stacks.spec.rules.draft import Draft

Rule = Callable[[Draft], Iterator[Problem]]


def _rules_in(*modules: ModuleType) -> tuple[Rule, ...]:
    """The rules of a module, in the order of their definition."""
    return tuple(
        function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["draft"]
    )


TENANT_RULES = _rules_in(names, tiers, environment, reach, pools, offered, links, compute, release, access)
PLATFORM_RULES = _rules_in(names, platform, environment, reach, pools, offered)


def problems_of_tenant(draft: Draft) -> Iterator[Problem]:
    """Problems of a tenant's spec by the rules between fields."""
    for rule in TENANT_RULES:
        yield from rule(draft)


def problems_of_platform(draft: Draft) -> Iterator[Problem]:
    """Problems of a shared platform's spec by the rules between fields."""
    for rule in PLATFORM_RULES:
        yield from rule(draft)


__all__ = ["PLATFORM_RULES", "TENANT_RULES", "Draft", "Rule", "problems_of_platform", "problems_of_tenant"]
