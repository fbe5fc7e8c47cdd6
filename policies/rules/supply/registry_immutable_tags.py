"""A tag that can be moved makes yesterday's review say nothing about today's image."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS

REPOSITORY = "aws:ecr/repository:Repository"

RULE = Rule(
    id="registry-immutable-tags",
    title="Image tags cannot be moved to another image",
    severity=Severity.MEDIUM,
    family=Family.SUPPLY,
    applies_to=(REPOSITORY,),
    requirement=Requirement.SUPPLY_CHAIN,
    why="People find images by tag: one that was moved shows the reviewed name over code nobody reviewed.",
    remedy="set imageTagMutability: IMMUTABLE, as components.storage.image_registry does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def immutable(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node, "imageTagMutability", lambda value: value == "IMMUTABLE", "must be IMMUTABLE; the default is MUTABLE"
    )
