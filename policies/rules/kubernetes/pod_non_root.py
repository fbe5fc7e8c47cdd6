"""A process that is root in its container is root on the node once it breaks out."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, decided, each_container

RULE = Rule(
    id="pod-non-root",
    title="Every container runs as a user that is not root",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="A process that is root in its container is root on the node once it breaks out.",
    remedy="set securityContext.runAsNonRoot: true and a runAsUser above 0 on the pod",
    frameworks=frameworks(iso="A.8.2"),
)


@RULE.check
def not_root(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge)


def _judge(container: Container) -> Iterator[Finding]:
    node = container.pod.node
    non_root, user = container.security("runAsNonRoot"), container.security("runAsUser")
    yield from decided(RULE, node, non_root, non_root.value is True, "must be true")
    yield from decided(RULE, node, user, user.value is MISSING or user.value != 0, "must not be 0")
