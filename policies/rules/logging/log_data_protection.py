"""Second line of defence: should a credential get into a log, nobody sees it there."""

import re
from collections.abc import Iterator

from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import LOG_GROUP

PROTECTION = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
ACCOUNT_POLICY = "aws:cloudwatch/logAccountPolicy:LogAccountPolicy"
NEEDED = ("AwsSecretKey", "OpenSshPrivateKey", "PkcsPrivateKey")
WRITTEN_BY_PROGRAMS = re.compile(
    r"/runtime/|^/aws/(lambda|ecs|sagemaker|codebuild|apprunner)/|^/ecs/|^/aws/containerinsights/.*/application$"
)

RULE = Rule(
    id="log-data-protection",
    title="Log groups that programs write to mask credentials",
    severity=Severity.MEDIUM,
    family=Family.LOGGING,
    applies_to=(LOG_GROUP,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="An exception's text is written by a library, not by us; keys in it must not be read by whoever reads logs.",
    remedy="use components.observe.runtime_logs, or a data protection policy with Deidentify for keys and private keys",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.8.11", "A.8.12")},
    scope=Scope.STACK,
)


@RULE.check
def masks_credentials(node: Node, case: Case) -> Iterator[Finding]:
    name = node.inputs.get("name")
    if not isinstance(name, str) or not WRITTEN_BY_PROGRAMS.search(name):
        return
    policies = [*_of_group(node, case.graph), *case.graph.of_type(ACCOUNT_POLICY)]
    masked: set[str] = set()
    for policy in policies:
        for found in read(policy.inputs, "policyDocument|Statement[*]"):
            if not found.known:
                yield RULE.undecided(policy, found.path)
                return
            if found.value is not MISSING and "Deidentify" in (found.value.get("Operation") or {}):
                masked |= {str(each).rpartition("/")[2] for each in found.value.get("DataIdentifier") or ()}
    lacking = [each for each in NEEDED if each not in masked]
    if lacking:
        yield RULE.violation(node, "name", f"no data protection policy masks {', '.join(lacking)} in {name}")


def _of_group(group: Node, graph: ResourceGraph) -> list[Node]:
    led = graph.referrers(group, "logGroupName", PROTECTION)
    name = group.inputs.get("name")
    return led or [
        each
        for each in graph.of_type(PROTECTION)
        if each.inputs.get("logGroupName") == name and each.region == group.region
    ]
