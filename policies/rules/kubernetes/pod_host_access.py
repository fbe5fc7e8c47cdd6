"""A pod that shares the node's network, processes or files sees what every other pod there does."""

from collections.abc import Iterator

from policies.conditions import UNSET, one_of
from policies.reading import read
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Pod, check_pods

SHARED = ("hostNetwork", "hostPID", "hostIPC")
LISTS = {
    "volumes[*].hostPath": UNSET.because("no volume may be a path of the node"),
    "containers[*].ports[*].hostPort": one_of(0).because("no container may take a node's port"),
    "initContainers[*].ports[*].hostPort": one_of(0).because("no container may take a node's port"),
}

RULE = kubernetes_rule(
    id="pod-host-access",
    title="No pod shares the node's network, processes, ports or files",
    severity=Severity.CRITICAL,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="From the node's network, processes or files a pod reaches other pods' code, and the node's own credentials.",
    remedy="leave host settings out; use a CSI ephemeral volume for NVMe and a Service for ports",
    frameworks=frameworks("4.2.2", "4.2.3", "4.2.4", iso="A.8.22"),
)


@check_pods(RULE)
def shares_nothing(pod: Pod) -> Iterator[Finding]:
    for name in SHARED:
        yield from RULE.expect(pod.node, pod.at(name), one_of(False), optional=True)
    for path, condition in LISTS.items():
        for found in read(pod.node.inputs, f"{pod.path}.{path}"):
            yield from RULE.expect(pod.node, found, condition, optional=True)
