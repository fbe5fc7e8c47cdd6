"""A condition that names a foreign region permits what happens there."""

from collections.abc import Iterator

from policies.documents import Statement, UndecidableError, document_properties, statements
from policies.graph import Node
from policies.regions import regions_in
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, outside

KEYS = (
    "aws:requestedregion",
    "kms:viaservice",
    "ec2:region",
    "aws:sourcearn",
    "kms:replicaregion",
    "s3:locationconstraint",
)

RULE = region_rule(
    id="region-conditions",
    title="Policy conditions permit allowed regions only",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="aws:RequestedRegion and kms:ViaService keep a role or a key in its region.",
    remedy="list only regions.allowed in the condition",
    frameworks=FRAMEWORKS,
)


@RULE.check
def conditions_name_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    for name in document_properties(node) if node.package == "aws" else ():
        try:
            found = statements(node, name)
        except UndecidableError as unknown:
            yield RULE.undecided(node, unknown.path)
            continue
        for statement in found:
            if statement.allows:
                yield from _conditions(node, statement, case)


def _conditions(node: Node, statement: Statement, case: Case) -> Iterator[Finding]:
    for operator, keys in statement.conditions.items():
        for key, values in keys.items():
            if key.lower() in KEYS and "Not" not in operator:
                for value in values:
                    named = regions_in(value) or (["every region"] if _any_region(key, value) else [])
                    yield from outside(RULE, node, f"{statement.path}.Condition.{operator}.{key}", named, case)


def _any_region(key: str, value: str) -> bool:
    if key.lower() == "kms:viaservice":
        return ".*." in value or value.startswith("*")
    return value == "*" and key.lower() != "aws:sourcearn"
