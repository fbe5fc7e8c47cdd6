"""What can write to its own image can change what it runs, and leave code behind on the node's disk."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, decided, each_container

PATH = "securityContext.readOnlyRootFilesystem"

RULE = Rule(
    id="pod-read-only-root",
    title="Every container's root file system is read-only",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="What can write to its own image can change what it runs, and leaves code behind on the node's disk.",
    remedy="set securityContext.readOnlyRootFilesystem: true and mount an emptyDir where the program writes",
    frameworks=frameworks(iso="A.8.9"),
)


@RULE.check
def read_only(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge)


def _judge(container: Container) -> Iterator[Finding]:
    setting = container.at(PATH)
    yield from decided(RULE, container.pod.node, setting, setting.value is True, "must be true")
