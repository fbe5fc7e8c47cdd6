"""Privileges that a pod may ask for make the node's kernel its own."""

from collections.abc import Iterator

from policies.conditions import FALSE, Expectation, contains, contains_only, equals, one_of
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, check_containers

UNPRIVILEGED = (
    Expectation("privileged", one_of(False), optional=True),
    Expectation("allowPrivilegeEscalation", FALSE.because("the default is true")),
    Expectation("capabilities.drop", contains("ALL")),
    Expectation("capabilities.add", contains_only("NET_BIND_SERVICE"), optional=True),  # as `restricted` allows
    Expectation("procMount", equals("Default"), optional=True),
)

RULE = kubernetes_rule(
    id="pod-privileges",
    title="No container is privileged, may gain privileges or keeps capabilities",
    severity=Severity.CRITICAL,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Code of the customer is parsed and built in these containers; what breaks out must find no power to use.",
    remedy="set allowPrivilegeEscalation: false and capabilities.drop: [ALL] on every container",
    frameworks=frameworks("4.2.1", "4.2.5", iso="A.8.2"),
)


@check_containers(RULE)
def is_unprivileged(container: Container) -> Iterator[Finding]:
    for each in UNPRIVILEGED:
        found = container.at(f"securityContext.{each.path}")
        yield from RULE.expect(container.node, found, each.condition, optional=each.optional)
