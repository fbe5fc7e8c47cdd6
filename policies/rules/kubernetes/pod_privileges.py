"""Privileges that a pod may ask for make the node's kernel its own."""

from collections.abc import Iterator, Sequence

from policies.graph import Node
from policies.reading import MISSING
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, decided, each_container

CAPABILITIES = ("NET_BIND_SERVICE",)  # what `restricted` lets a container add

RULE = Rule(
    id="pod-privileges",
    title="No container is privileged, may gain privileges or keeps capabilities",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ISOLATION,
    why="Code of the customer is parsed and built in these containers; what breaks out must find no power to use.",
    remedy="set allowPrivilegeEscalation: false and capabilities.drop: [ALL] on every container",
    frameworks=frameworks("4.2.1", "4.2.5", iso="A.8.2"),
)


@RULE.check
def unprivileged(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge)


def _judge(container: Container) -> Iterator[Finding]:
    node = container.pod.node
    privileged = container.at("securityContext.privileged")
    yield from decided(RULE, node, privileged, privileged.value in (MISSING, False), "must not be true")
    escalation = container.at("securityContext.allowPrivilegeEscalation")
    yield from decided(RULE, node, escalation, escalation.value is False, "must be false; the default is true")
    dropped = container.at("securityContext.capabilities.drop")
    yield from decided(RULE, node, dropped, "ALL" in _names(dropped.value), "must hold ALL")
    added = container.at("securityContext.capabilities.add")
    allowed = set(_names(added.value)) <= set(CAPABILITIES)
    yield from decided(RULE, node, added, allowed, f"may hold {', '.join(CAPABILITIES)} only")
    mount = container.at("securityContext.procMount")
    yield from decided(RULE, node, mount, mount.value in (MISSING, "Default"), "must be Default")


def _names(value: object) -> Sequence[str]:
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else ()
