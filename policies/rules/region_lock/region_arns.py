"""An ARN of another region is a door to it: a key, a topic, a role's grant, a log destination."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.places import arns_in, texts_in
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = Rule(
    id="region-arns",
    title="No resource refers to an ARN of a region that is not allowed, or of every region",
    severity=Severity.HIGH,
    family=Family.REGION_LOCK,
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
    if UNKNOWN in node.inputs.values():
        yield from _unknown(node)


def _unknown(node: Node) -> Iterator[Finding]:
    """Whole documents and ARNs that are not known; other unknown values hold no ARN."""
    for name, value in node.inputs.items():
        if value is UNKNOWN and name.lower().endswith(("arn", "policy", "keyid", "arns")):
            yield RULE.undecided(node, name)
