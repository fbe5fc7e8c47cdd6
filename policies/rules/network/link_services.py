"""Whoever offers an endpoint service sees what is sent to it."""

from collections.abc import Iterator

from policies.conditions import UNSET, Expectation
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules._types import VPC_ENDPOINT
from policies.rules.network._common import FRAMEWORKS

THEIRS = ".vpce."
AWS = ("com.amazonaws.", "cn.com.amazonaws.", "aws.api.", "aws.sagemaker.")

RULE = network_rule(
    id="link-services",
    title="Endpoints lead to AWS's own services and to the endpoint services of the spec, nowhere else",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="A link to a service that nobody agreed on is a private way for code to leave.",
    remedy="name the service in git_links or registry_links of the spec",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.5.23", "A.8.20")},
    expects={
        VPC_ENDPOINT: tuple(
            Expectation(path, UNSET.because("it leads to what another account shares"), optional=True)
            for path in ("resourceConfigurationArn", "serviceNetworkArn")
        )
    },
)


@RULE.check
def leads_where_agreed(node: Node, case: Case) -> Iterator[Finding]:
    yield from RULE.each(node, "serviceName", lambda found: _service(node, found.value, case))


def _service(node: Node, name: object, case: Case) -> Iterator[Finding]:
    if not isinstance(name, str):
        yield RULE.undecided(node, "serviceName")
        return
    if name in case.facts.endpoint_services or (name.startswith(AWS) and THEIRS not in name):
        return
    if not case.facts.tenant and THEIRS in name:
        yield RULE.undecided(node, "serviceName", "no spec names the endpoint services that are agreed")
        return
    agreed = ", ".join(sorted(case.facts.endpoint_services)) or "none"
    yield RULE.violation(node, "serviceName", f"got {name}; agreed are {agreed}")
