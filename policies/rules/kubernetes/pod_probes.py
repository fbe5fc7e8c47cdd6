"""A server nobody asks how it is goes on receiving requests when it hangs."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import (
    DAEMON_SET,
    DEPLOYMENT,
    STATEFUL_SET,
    Container,
    decided,
    each_container,
)

SERVERS = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, "kubernetes:argoproj.io/v1alpha1:Rollout")
PROBES = ("readinessProbe", "livenessProbe")

RULE = Rule(
    id="pod-probes",
    title="Every container that serves is asked whether it is ready and alive",
    severity=Severity.LOW,
    family=Family.KUBERNETES,
    applies_to=SERVERS,
    requirement=Requirement.ISOLATION,
    why="Without probes a rollout puts broken servers in place of working ones, and a hung engine keeps its requests.",
    remedy="give containers with ports a readinessProbe and a livenessProbe",
    frameworks=frameworks(soc2="A1.2", iso="A.8.14"),
)


@RULE.check
def asked(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_container(RULE, node, _judge, ("containers",))


def _judge(container: Container) -> Iterator[Finding]:
    if container.at("ports").value in (MISSING, [], ()):
        return  # a worker: nobody sends it requests
    for name in PROBES:
        probe = container.at(name)
        yield from decided(RULE, container.pod.node, probe, probe.value is not MISSING, "must be set on a server")
