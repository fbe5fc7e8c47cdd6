"""A tag says whose a resource is: bills, alarms, conditions and auditors go by it."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policies.conditions import one_of
from policies.facts import DATA_CLASSES
from policies.graph import Node
from policies.graph.values import Marker
from policies.reading import MISSING, Found, first
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, tenancy_rule

TENANT, TIER, CLASS = "codekeep:tenant", "codekeep:tier", "codekeep:data-class"
REGION = "codekeep:region"
CLASSES = frozenset({*DATA_CLASSES, "config"})
TIERS = frozenset({"pooled", "dedicated", "premium"})
GLOBAL = ("aws:iam/", "aws:budgets/", "aws:route53/")
"""Types without a region; their tag says which region they are for."""

RULE = tenancy_rule(
    id="tenant-tags",
    title="Every resource that takes tags says tenant, tier, data class and region",
    severity=Severity.MEDIUM,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.DEDICATED_TENANCY,
    why="Conditions of policies, cost reports and drift runs distinguish keeps by these tags and nothing else.",
    remedy="tag it with Keep.tags(data class) of components.naming, or by the provider's default tags",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.9", "A.5.12", "A.5.13")},
)


@RULE.check
def complete(node: Node, case: Case) -> Iterator[Finding]:
    if not case.facts.tenant or node.package != "aws" or node.options.get("external") or not takes_tags(node.type):
        return
    yield from _tags(node, "tags", {**_default_tags(node, case), **_by_key(node.inputs.get("tags"))}, case)
    yield from RULE.each(
        node,
        "tagSpecifications[*]",
        lambda found: _tags(node, f"{found.path}.tags", _by_key(first(found.value, "tags")), case),
    )


@cache
def takes_tags(token: str) -> bool:
    """Whether pulumi-aws declares tags, and the provider's default tags, for a type."""
    _, module, name = token.split(":")
    try:
        declared = getattr(importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}"), name)
    except (ImportError, AttributeError):
        return False
    return hasattr(declared, "tags_all")


def _default_tags(node: Node, case: Case) -> dict[str, Any]:
    provider = case.graph.get(node.provider or "")
    defaults = provider.inputs.get("defaultTags") if provider else None
    return _by_key(defaults.get("tags")) if isinstance(defaults, Mapping) else {}


def _by_key(tags: Any) -> dict[str, Any]:
    """The tags; where the mapping is not known, neither is each of them."""
    if isinstance(tags, Marker):
        return dict.fromkeys((TENANT, TIER, CLASS, REGION), tags)
    return dict(tags) if isinstance(tags, Mapping) else {}


def _tags(node: Node, path: str, tags: Mapping[str, Any], case: Case) -> Iterator[Finding]:
    facts = case.facts
    regional = node.region is not None and not node.type.startswith(GLOBAL)
    expected: dict[str, frozenset[str]] = {
        TENANT: frozenset({facts.tenant}),
        TIER: frozenset({facts.tier}) if facts.tier and not facts.platform else TIERS,
        CLASS: CLASSES,
        REGION: frozenset({str(node.region)}) if regional else facts.allowed_regions,
    }
    for key, allowed in expected.items():
        found = Found(f"{path}.{key}", tags.get(key) or MISSING)
        yield from RULE.expect(node, found, one_of(*sorted(allowed)))
