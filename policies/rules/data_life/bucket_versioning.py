"""Without versions an overwritten object is a lost one."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import BUCKET_TYPES
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.data_life._common import KEPT, companions

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
TYPES = (VERSIONING, "aws:s3/bucketVersioningV2:BucketVersioningV2")

RULE = Rule(
    id="bucket-versioning",
    title="Every bucket keeps versions",
    severity=Severity.MEDIUM,
    family=Family.DATA_LIFE,
    applies_to=(*BUCKET_TYPES, *TYPES),
    requirement=Requirement.RETENTION,
    why="Whoever overwrites or deletes, by mistake or on purpose, must leave something to go back to.",
    remedy="enable versioning, as components.storage.bucket does",
    frameworks=KEPT,
    scope=Scope.STACK,
)


@RULE.check
def keeps_versions(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in TYPES:
        yield from RULE.require(
            node, "versioningConfiguration.status", lambda status: status == "Enabled", "must be Enabled"
        )
    elif first(node.inputs, "versioning") is not MISSING:
        yield from RULE.require(node, "versioning.enabled", lambda value: value is True, "must be true")
    elif not companions(node, case.graph, *TYPES):
        yield RULE.violation(node, "", "has no BucketVersioning")
