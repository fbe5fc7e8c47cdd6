"""Whoever offers an endpoint service sees what is sent to it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
THEIRS = ".vpce."
AWS = ("com.amazonaws.", "cn.com.amazonaws.", "aws.api.", "aws.sagemaker.")
SHARED = ("resourceConfigurationArn", "serviceNetworkArn")

RULE = Rule(
    id="link-services",
    title="Endpoints lead to AWS's own services and to the endpoint services of the spec, nowhere else",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(ENDPOINT,),
    requirement=Requirement.ISOLATION,
    why="A link to a service that nobody agreed on is a private way for code to leave.",
    remedy="name the service in git_links or registry_links of the spec",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.5.23", "A.8.20")},
)


@RULE.check
def leads_where_agreed(node: Node, case: Case) -> Iterator[Finding]:
    for path in SHARED:
        if first(node.inputs, path) is not MISSING:
            yield RULE.violation(node, path, "leads to what another account shares")
    name = first(node.inputs, "serviceName")
    if isinstance(name, str):
        yield from _service(node, name, case)
    elif name is not MISSING:
        yield RULE.undecided(node, "serviceName")


def _service(node: Node, name: str, case: Case) -> Iterator[Finding]:
    if name in case.facts.endpoint_services or (name.startswith(AWS) and THEIRS not in name):
        return
    if not case.facts.tenant and THEIRS in name:
        yield RULE.undecided(node, "serviceName", "no spec names the endpoint services that are agreed")
        return
    agreed = ", ".join(sorted(case.facts.endpoint_services)) or "none"
    yield RULE.violation(node, "serviceName", f"got {name}; agreed are {agreed}")
