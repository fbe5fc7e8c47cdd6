"""Second line of defence: should a credential get into a log, nobody sees it there."""

import re
from collections.abc import Iterator

from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import LOG_GROUP

PROTECTION = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
ACCOUNT_POLICY = "aws:cloudwatch/logAccountPolicy:LogAccountPolicy"
NEEDED = ("AwsSecretKey", "OpenSshPrivateKey", "PkcsPrivateKey")
WRITTEN_BY_PROGRAMS = re.compile(
    r"/runtime/|^/aws/(lambda|ecs|sagemaker|codebuild|apprunner)/|^/ecs/|^/aws/containerinsights/.*/application$"
)

RULE = logging_rule(
    id="log-data-protection",
    title="Log groups that programs write to mask credentials",
    severity=Severity.MEDIUM,
    applies_to=(LOG_GROUP,),
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="A library writes an exception's text, not we; whoever reads logs must not read keys in it.",
    remedy="use components.observe.runtime_logs, or a data protection policy with Deidentify for keys and private keys",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.8.11", "A.8.12")},
    scope=Scope.STACK,
)


@RULE.check
def masks_credentials(node: Node, case: Case) -> Iterator[Finding]:
    name = node.inputs.get("name")
    if not isinstance(name, str) or not WRITTEN_BY_PROGRAMS.search(name):
        return
    masked: set[str] = set()
    for policy in (*_policies_of(node, case.graph), *case.graph.of_type(ACCOUNT_POLICY)):
        for found in read(policy.inputs, "policyDocument|Statement[*]"):
            if not found.known:
                yield RULE.undecided(policy, found.path)
                return
            if found.value is not MISSING and "Deidentify" in (found.value.get("Operation") or {}):
                masked |= {str(each).rpartition("/")[2] for each in found.value.get("DataIdentifier") or ()}
    lacking = [each for each in NEEDED if each not in masked]
    if lacking:
        yield RULE.violation(node, "name", f"no data protection policy masks {', '.join(lacking)} in {name}")


def _policies_of(group: Node, graph: ResourceGraph) -> list[Node]:
    name = group.inputs.get("name")
    return graph.referrers(group, "logGroupName", PROTECTION) or [
        each
        for each in graph.of_type(PROTECTION)
        if each.inputs.get("logGroupName") == name and each.region == group.region
    ]
