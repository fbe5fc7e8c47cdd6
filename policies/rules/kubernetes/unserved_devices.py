"""A pod that asks for a device waits for ever where no plugin tells the scheduler which devices the nodes have.

The nodes of a pooled keep, and their plugin, are its platform's.
"""

from collections.abc import Iterator, Mapping

from policies.graph import Node, ResourceGraph
from policies.reading import read
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import DAEMON_SET, WORKLOADS, Container, each_container

SOCKETS = "/var/lib/kubelet/device-plugins"  # Kubernetes documentation, "Device Plugins"

RULE = kubernetes_rule(
    id="unserved-devices",
    title="A plugin offers every device that containers ask for",
    severity=Severity.HIGH,
    applies_to=WORKLOADS,
    requirement=Requirement.SUPPLY_CHAIN,
    why="EKS's NVIDIA images have drivers and no device plugin: without one nvidia.com/gpu is 0 on every node.",
    remedy="install the device plugin (components.controllers)",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
    scope=Scope.STACK,
    exempt=lambda _, case: case.facts.tier == "pooled" and not case.facts.platform,
)


@RULE.check
def is_offered(node: Node, case: Case) -> Iterator[Finding]:
    plugin = case.graph.derived(_has_plugin)
    if plugin is not True:
        yield from each_container(RULE, node, lambda container: _asked(container, may_be_offered=plugin is None))


def _asked(container: Container, *, may_be_offered: bool) -> Iterator[Finding]:
    limits = container.at("resources.limits")
    if not limits.known:
        yield RULE.undecided(container.node, limits.path)
    for name in limits.value if isinstance(limits.value, Mapping) else ():
        vendor, slash, _ = str(name).partition("/")
        if not slash or vendor.endswith("kubernetes.io"):
            continue
        if may_be_offered:
            yield RULE.undecided(container.node, limits.path, "the volumes of a DaemonSet are not known yet")
        else:
            yield RULE.violation(container.node, limits.path, f"asks for {name}, and no device plugin is here")


def _has_plugin(graph: ResourceGraph) -> bool | None:
    """Whether a DaemonSet mounts the folder of device plugins; None where that is not known."""
    volumes = [
        found
        for node in graph.of_type(DAEMON_SET)
        for found in read(node.inputs, "spec.template.spec.volumes[*].hostPath.path")
    ]
    if any(str(found.value).rstrip("/") == SOCKETS for found in volumes):
        return True
    return False if all(found.known for found in volumes) else None
