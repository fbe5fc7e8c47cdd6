"""Without versions an overwritten object is a lost one."""

from collections.abc import Iterator

from policies.conditions import TRUE, Expectation, equals
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules._types import BUCKETS
from policies.rules.data_life._common import KEPT, companions

VERSIONING = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
ENABLED = Expectation("versioningConfiguration.status", equals("Enabled"))

RULE = data_life_rule(
    id="bucket-versioning",
    title="Every bucket keeps versions",
    severity=Severity.MEDIUM,
    applies_to=(*BUCKETS, *VERSIONING),
    requirement=Requirement.RETENTION,
    why="Whoever overwrites or deletes, by mistake or on purpose, must leave something to go back to.",
    remedy="enable versioning, as components.storage.bucket does",
    frameworks=KEPT,
    scope=Scope.STACK,
    expects=dict.fromkeys(VERSIONING, (ENABLED,)),
)


@RULE.check
def keeps_versions(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VERSIONING:
        return
    if first(node.inputs, "versioning") is not MISSING:
        yield from RULE.require(node, "versioning.enabled", TRUE)
    elif not companions(node, case.graph, *VERSIONING):
        yield RULE.violation(node, "", "has no BucketVersioning")
