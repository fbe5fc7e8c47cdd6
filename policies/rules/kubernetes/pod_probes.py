"""A server without probes goes on receiving requests when it hangs."""

from collections.abc import Iterator

from policies.conditions import SET
from policies.reading import MISSING
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import DAEMON_SET, DEPLOYMENT, STATEFUL_SET, Container, check_containers

SERVERS = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, "kubernetes:argoproj.io/v1alpha1:Rollout")

RULE = kubernetes_rule(
    id="pod-probes",
    title="Every container that serves has probes of whether it is ready and alive",
    severity=Severity.LOW,
    applies_to=SERVERS,
    requirement=Requirement.ISOLATION,
    why="Without probes a rollout puts broken servers in place of working ones, and a hung engine keeps its requests.",
    remedy="give containers with ports a readinessProbe and a livenessProbe",
    frameworks=frameworks(soc2="A1.2", iso="A.8.14"),
)


@check_containers(RULE, ("containers",))
def has_probes(container: Container) -> Iterator[Finding]:
    if container.at("ports").value not in (MISSING, [], ()):  # a container without ports is a worker
        for name in ("readinessProbe", "livenessProbe"):
            yield from RULE.expect(container.node, container.at(name), SET)
