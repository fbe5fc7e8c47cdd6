"""Without a seccomp profile a container may make every system call the kernel has."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, decided, each_container

PROFILES = ("RuntimeDefault", "Localhost")

RULE = Rule(
    id="pod-seccomp",
    title="Every container runs under a seccomp profile",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Most ways out of a container begin with a system call that no program of a keep makes.",
    remedy="set securityContext.seccompProfile.type: RuntimeDefault on the pod",
    frameworks=frameworks(iso="A.8.9"),
)


@RULE.check
def confined(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge)


def _judge(container: Container) -> Iterator[Finding]:
    profile = container.security("seccompProfile.type")
    yield from decided(RULE, container.pod.node, profile, profile.value in PROFILES, f"must be {' or '.join(PROFILES)}")
