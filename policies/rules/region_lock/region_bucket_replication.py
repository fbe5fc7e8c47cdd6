"""Objects follow a replication rule wherever its destination bucket is."""

from collections.abc import Iterator

from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.places import arns_in
from policies.reading import MISSING, Found, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET = "aws:s3/bucket:Bucket"
PATH = "rules[*].destination.bucket"

RULE = Rule(
    id="region-bucket-replication",
    title="Buckets replicate only into buckets of the keep, in allowed regions",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(REPLICATION,),
    requirement=Requirement.REGION_LOCK,
    why="A destination bucket that the stack does not hold may be in any region and any account.",
    remedy="replicate with components.storage.replication, whose replicas are in regions.recovery",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def destination_is_ours(node: Node, case: Case) -> Iterator[Finding]:
    for found in read(node.inputs, PATH):
        if not found.known:
            yield RULE.undecided(node, found.path)
        elif found.value is MISSING:
            yield RULE.violation(node, found.path, "names no destination bucket")
        else:
            yield from _destination(node, found, case)


def _destination(node: Node, found: Found, case: Case) -> Iterator[Finding]:
    bucket = _bucket(str(found.value), case.graph)
    if bucket is None:
        yield RULE.violation(node, found.path, f"replicates into {found.value!r}, which this stack does not hold")
    elif bucket.region:
        yield from outside(RULE, node, found.path, [bucket.region], case)


def _bucket(text: str, graph: ResourceGraph) -> Node | None:
    """The bucket that a reference or an ARN means."""
    for reference in references_in(text):
        if (node := graph.get(reference.urn)) is not None and node.type == BUCKET:
            return node
    names = {arn.resource for arn in arns_in(text)}
    return next(
        (node for node in graph.of_type(BUCKET) if node.inputs.get("bucket") in names or node.id in names), None
    )
