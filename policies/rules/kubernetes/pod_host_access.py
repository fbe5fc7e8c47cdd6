"""A pod that shares the node's network, processes or files sees what every other pod there does."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Pod, decided, each_pod

SHARED = ("hostNetwork", "hostPID", "hostIPC")
CONTAINER_KINDS = ("containers", "initContainers")

RULE = Rule(
    id="pod-host-access",
    title="No pod shares the node's network, processes, ports or files",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="From the node's network, processes or files a pod reaches other pods' code, and the node's own credentials.",
    remedy="leave host settings out; use a CSI ephemeral volume for NVMe and a Service for ports",
    frameworks=frameworks("4.2.2", "4.2.3", "4.2.4", iso="A.8.22"),
)


@RULE.check
def apart(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_pod(RULE, node, _judge)


def _judge(pod: Pod) -> Iterator[Finding]:
    for name in SHARED:
        shared = pod.at(name)
        yield from decided(RULE, pod.node, shared, shared.value in (MISSING, False), "must not be true")
    for volume in read(pod.node.inputs, f"{pod.path}.volumes[*].hostPath"):
        yield from decided(RULE, pod.node, volume, volume.value is MISSING, "no volume may be a path of the node")
    for kind in CONTAINER_KINDS:
        for port in read(pod.node.inputs, f"{pod.path}.{kind}[*].ports[*].hostPort"):
            yield from decided(RULE, pod.node, port, port.value in (MISSING, 0), "no container may take a node's port")
