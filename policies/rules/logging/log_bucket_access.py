"""The bucket's access log shows who fetched which object, also from outside the account."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import BUCKET_LOGGING, BUCKETS
from policies.rules.logging._common import RECORDED, is_adopted

RULE = logging_rule(
    id="log-bucket-access",
    title="Every bucket logs who accesses it",
    severity=Severity.MEDIUM,
    applies_to=BUCKETS,
    requirement=Requirement.AUDIT,
    why="Refused and anonymous requests are in the access log, those to the trail's own bucket too.",
    remedy="use components.storage.bucket, which logs to the keep's access-logs bucket",
    frameworks={**RECORDED, "CIS AWS": ("3.4",)},
    scope=Scope.STACK,
)


@RULE.check
def logs_access(node: Node, case: Case) -> Iterator[Finding]:
    graph = case.graph
    if is_adopted(node) or graph.referrers(node, "targetBucket", *BUCKET_LOGGING):
        return  # a bucket that receives access logs would log its own deliveries without end
    if not graph.referrers(node, "bucket", *BUCKET_LOGGING) and not node.inputs.get("logging"):
        yield RULE.violation(node, "logging", "no access log is configured")
