"""A namespace that does not enforce `restricted` admits any pod, whatever the other rules say of today's."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import NAMESPACE, keyed
from policies.rules.kubernetes._pods import decided

LABELS = "metadata.labels"
ENFORCE = "pod-security.kubernetes.io/enforce"
VERSION = f"{ENFORCE}-version"
OLDEST_MINOR = 25  # the first where pod security is stable
_VERSION = re.compile(r"^v1\.(\d+)$")

RULE = Rule(
    id="namespace-pod-security",
    title="Every namespace enforces the restricted pod security standard, at a pinned version",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=(NAMESPACE,),
    requirement=Requirement.ISOLATION,
    why="Admission is what holds for pods that no program wrote: of charts, of operators, of a person at a shell.",
    remedy="label the namespace as components.compute.kubernetes_access does",
    frameworks=frameworks("4.2.1", "4.2.5"),
)


@RULE.check
def enforces(node: Node, _: Case) -> Iterator[Finding]:
    level = keyed(node, LABELS, ENFORCE)
    yield from decided(RULE, node, level, level.value == "restricted", "must be restricted")
    if level.known:
        version = keyed(node, LABELS, VERSION)
        yield from decided(RULE, node, version, _pinned(version.value), f"must be v1.{OLDEST_MINOR} or a later version")


def _pinned(version: object) -> bool:
    match = _VERSION.match(version) if isinstance(version, str) else None
    return match is not None and int(match.group(1)) >= OLDEST_MINOR
