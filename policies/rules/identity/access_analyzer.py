"""What becomes reachable from outside the account must be noticed by somebody who is not looking for it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
EXTERNAL_ACCESS = ("ACCOUNT", "ORGANIZATION")
OPENED = (
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
)
"""Types whose policies an analyzer of their region watches; a region with none of them needs none."""

RULE = Rule(
    id="access-analyzer",
    title="IAM Access Analyzer watches every region where the keep holds something a policy could open",
    severity=Severity.MEDIUM,
    family=Family.IDENTITY,
    applies_to=(STACK_TYPE,),
    requirement=Requirement.ACCESS_CONTROL,
    why="It proves, for every policy there is, whether somebody outside the account gets in.",
    remedy="let components.observe.account_detectors make it, or set account.has_detectors where there is one already",
    frameworks={"CIS AWS": ("1.20",), "SOC 2": ("CC6.1", "CC7.1", "CC7.2"), "ISO 27001": ("A.5.18", "A.8.16")},
    scope=Scope.STACK,
)


@RULE.check
def watched(node: Node, case: Case) -> Iterator[Finding]:
    facts, graph = case.facts, case.graph
    on_platform = facts.tier == "pooled" and not facts.platform  # the platform's stack watches the account
    if not facts.tenant or facts.has_detectors or on_platform:
        return
    watching = {
        each.region for each in graph.of_type(ANALYZER) if each.inputs.get("type", "ACCOUNT") in EXTERNAL_ACCESS
    }
    for region in sorted({each.region for each in graph.of_type(*OPENED) if each.region} - watching):
        yield RULE.violation(node, "", f"holds no analyzer of external access in {region}")
