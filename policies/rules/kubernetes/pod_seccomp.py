"""Without a seccomp profile a container may make every system call of the kernel."""

from collections.abc import Iterator

from policies.conditions import one_of
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, check_containers

RULE = kubernetes_rule(
    id="pod-seccomp",
    title="Every container runs under a seccomp profile",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Most ways out of a container begin with a system call that no program of a keep makes.",
    remedy="set securityContext.seccompProfile.type: RuntimeDefault on the pod",
    frameworks=frameworks(iso="A.8.9"),
)


@check_containers(RULE)
def has_a_profile(container: Container) -> Iterator[Finding]:
    profile = container.security("seccompProfile.type")
    yield from RULE.expect(container.node, profile, one_of("RuntimeDefault", "Localhost"))
