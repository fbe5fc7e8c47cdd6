"""A process that is root in its container is root on the node once it breaks out."""

from collections.abc import Iterator

from policies.conditions import TRUE, none_of
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, check_containers

RULE = kubernetes_rule(
    id="pod-non-root",
    title="Every container runs as a user that is not root",
    severity=Severity.HIGH,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="A process that is root in its container is root on the node once it breaks out.",
    remedy="set securityContext.runAsNonRoot: true and a runAsUser above 0 on the pod",
    frameworks=frameworks(iso="A.8.2"),
)


@check_containers(RULE)
def is_not_root(container: Container) -> Iterator[Finding]:
    yield from RULE.expect(container.node, container.security("runAsNonRoot"), TRUE)
    yield from RULE.expect(container.node, container.security("runAsUser"), none_of(0), optional=True)
