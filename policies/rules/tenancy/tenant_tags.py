"""A tag says whose a resource is: bills, alarms, conditions and auditors go by it."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policies.facts import DATA_CLASSES
from policies.graph import SECRET, UNKNOWN, Node
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Severity

TENANT, TIER, CLASS = "codekeep:tenant", "codekeep:tier", "codekeep:data-class"
REGION = "codekeep:region"
CLASSES = frozenset({*DATA_CLASSES, "config"})
TIERS = frozenset({"pooled", "dedicated", "premium"})

RULE = Rule(
    id="tenant-tags",
    title="Every resource that takes tags says tenant, tier, data class and region",
    severity=Severity.MEDIUM,
    family=Family.TENANCY,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.DEDICATED_TENANCY,
    why="Conditions of policies, cost reports and drift runs tell keeps apart by these tags and nothing else.",
    remedy="tag it with Keep.tags(data class) of components.naming, or by the provider's default tags",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.9", "A.5.12", "A.5.13")},
)


@RULE.check
def complete(node: Node, case: Case) -> Iterator[Finding]:
    if not case.facts.tenant or node.package != "aws" or node.options.get("external") or not takes_tags(node.type):
        return
    yield from _tags(node, "tags", {**_default_tags(node, case), **_shown(node.inputs.get("tags"))}, case)
    for index, specification in enumerate(node.inputs.get("tagSpecifications") or ()):
        if isinstance(specification, Mapping):
            tags = _shown(specification.get("tags"))
            yield from _tags(node, f"tagSpecifications[{index}].tags", tags, case)


@cache
def takes_tags(token: str) -> bool:
    """Whether pulumi-aws declares tags, and the provider's default tags, for a type."""
    _, module, name = token.split(":")
    try:
        declared = getattr(importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}"), name)
    except (ImportError, AttributeError):
        return False
    return hasattr(declared, "tags_all")


def _is_global(node: Node) -> bool:
    """Roles and budgets are of no region; their tag says for which region they are."""
    return node.type.startswith(("aws:iam/", "aws:budgets/", "aws:route53/"))


def _default_tags(node: Node, case: Case) -> dict[str, Any]:
    provider = case.graph.get(node.provider or "")
    defaults = provider.inputs.get("defaultTags") if provider else None
    return _shown(defaults.get("tags")) if isinstance(defaults, Mapping) else {}


def _shown(tags: Any) -> dict[str, Any]:
    """The tags; where the whole of them is not known, each is not."""
    if tags is UNKNOWN or tags is SECRET:
        return dict.fromkeys((TENANT, TIER, CLASS, REGION), tags)
    return dict(tags) if isinstance(tags, Mapping) else {}


def _tags(node: Node, path: str, tags: Mapping[str, Any], case: Case) -> Iterator[Finding]:
    facts = case.facts
    expected: dict[str, frozenset[str]] = {
        TENANT: frozenset({facts.tenant}),
        TIER: frozenset({facts.tier}) if facts.tier and not facts.platform else TIERS,
        CLASS: CLASSES,
        REGION: facts.allowed_regions if node.region is None or _is_global(node) else frozenset({node.region}),
    }
    for key, allowed in expected.items():
        value = tags.get(key)
        if value is UNKNOWN or value is SECRET:
            yield RULE.undecided(node, f"{path}.{key}")
        elif not value or value not in allowed:
            got = f"got {value!r}" if value else "not set"
            yield RULE.violation(node, f"{path}.{key}", f"{got}: must be {' or '.join(sorted(allowed))}")
