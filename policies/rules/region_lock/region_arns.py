"""An ARN of another region leads there: a key, a topic, a role's grant, a log destination."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.graph.values import texts_in
from policies.regions import arns_in
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = region_rule(
    id="region-arns",
    title="No resource refers to an ARN of a region that is not allowed, or of every region",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="A grant or a destination in a foreign region lets data follow it there.",
    remedy="name the resource of the keep's own region, without a wildcard for the region",
    frameworks=FRAMEWORKS,
)


@RULE.check
def arns_of_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    if node.package not in ("aws", "kubernetes"):
        return
    for path, text in texts_in(node.inputs):
        named = [arn.region for arn in arns_in(text) if arn.region]
        yield from outside(RULE, node, path, named, case)
    for name, value in node.inputs.items():  # documents and ARNs; other unknown values contain no ARN
        if value is UNKNOWN and name.lower().endswith(("arn", "policy", "keyid", "arns")):
            yield RULE.undecided(node, name)
