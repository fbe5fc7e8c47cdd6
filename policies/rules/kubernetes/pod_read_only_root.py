"""What can write to its own image can change what it runs, and leave code behind on the node's disk."""

from collections.abc import Iterator

from policies.conditions import TRUE
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, check_containers

RULE = kubernetes_rule(
    id="pod-read-only-root",
    title="Every container's root file system is read-only",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="What can write to its own image can change what it runs, and leaves code behind on the node's disk.",
    remedy="set securityContext.readOnlyRootFilesystem: true and mount an emptyDir where the program writes",
    frameworks=frameworks(iso="A.8.9"),
)


@check_containers(RULE)
def is_read_only(container: Container) -> Iterator[Finding]:
    yield from RULE.expect(container.node, container.at("securityContext.readOnlyRootFilesystem"), TRUE)
