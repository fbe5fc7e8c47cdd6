"""Images contain engines built from models, and pile up with every release."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules._types import REPOSITORY
from policies.rules.data_life._common import GONE

RULE = data_life_rule(
    id="image-lifecycle",
    title="Every image repository keeps a bounded number of images",
    severity=Severity.LOW,
    applies_to=(REPOSITORY,),
    requirement=Requirement.RETENTION,
    why="An old image is an old set of weaknesses that somebody can still start.",
    remedy="add a lifecycle rule over all tags, as components.storage.image_registry does",
    frameworks={**GONE, "ISO 27001": ("A.8.8", "A.8.10")},
    scope=Scope.STACK,
)


@RULE.check
def is_bounded(node: Node, case: Case) -> Iterator[Finding]:
    policies = case.graph.referrers(node, "repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy")
    if not policies:
        yield RULE.violation(node, "", "has no LifecyclePolicy")
    for policy in policies:
        found = list(read(policy.inputs, "policy|rules[*].selection"))
        if any(not each.known for each in found):
            yield RULE.undecided(policy, "policy")
        elif not any(each.value is not MISSING and each.value.get("tagStatus") == "any" for each in found):
            yield RULE.violation(policy, "policy|rules", "must contain a rule with tagStatus `any`")
