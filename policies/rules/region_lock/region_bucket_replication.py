"""Objects follow a replication rule wherever its destination bucket is."""

from collections.abc import Iterator

from policies.conditions import SET
from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.reading import MISSING, Found, read
from policies.regions import arns_in
from policies.rule import Case, Finding, Requirement, Scope, Severity, region_rule
from policies.rules._types import BUCKETS, REPLICATION
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = region_rule(
    id="region-bucket-replication",
    title="Buckets replicate only into buckets of the keep, in allowed regions",
    severity=Severity.CRITICAL,
    applies_to=(REPLICATION,),
    requirement=Requirement.REGION_LOCK,
    why="A destination bucket outside the stack may be in any region and any account.",
    remedy="replicate with components.storage.replication, whose replicas are in regions.recovery",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def destination_is_ours(node: Node, case: Case) -> Iterator[Finding]:
    for found in read(node.inputs, "rules[*].destination.bucket"):
        yield from RULE.expect(node, found, SET)
        if found.known and found.value is not MISSING:
            yield from _destination(node, found, case)


def _destination(node: Node, found: Found, case: Case) -> Iterator[Finding]:
    bucket = _bucket(str(found.value), case.graph)
    if bucket is None:
        yield RULE.violation(node, found.path, f"replicates into {found.value!r}, which is not in this stack")
    elif bucket.region:
        yield from outside(RULE, node, found.path, [bucket.region], case)


def _bucket(text: str, graph: ResourceGraph) -> Node | None:
    """The bucket that a reference or an ARN names."""
    referred = [graph.get(reference.urn) for reference in references_in(text)]
    names = {arn.resource for arn in arns_in(text)}
    named = [node for node in graph.of_type(BUCKETS[0]) if node.inputs.get("bucket") in names or node.id in names]
    return next((node for node in (*referred, *named) if node is not None and node.type == BUCKETS[0]), None)
