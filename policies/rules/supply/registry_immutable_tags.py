"""A tag that can be moved makes yesterday's review say nothing about today's image."""

from policies.conditions import Expectation, equals
from policies.rule import Requirement, Severity, supply_rule
from policies.rules._types import REPOSITORY
from policies.rules.supply._common import FRAMEWORKS

RULE = supply_rule(
    id="registry-immutable-tags",
    title="Image tags cannot be moved to another image",
    severity=Severity.MEDIUM,
    requirement=Requirement.SUPPLY_CHAIN,
    why="People find images by tag: one that was moved shows the reviewed name over code nobody reviewed.",
    remedy="set imageTagMutability: IMMUTABLE, as components.storage.image_registry does",
    frameworks=FRAMEWORKS,
    expects={REPOSITORY: (Expectation("imageTagMutability", equals("IMMUTABLE")),)},
)
