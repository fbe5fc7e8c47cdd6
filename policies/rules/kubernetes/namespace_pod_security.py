"""A namespace that does not enforce `restricted` admits any pod, whatever the other rules say of today's."""

import re
from collections.abc import Iterator

from policies.conditions import Condition, equals
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import NAMESPACE, entry

ENFORCE = "pod-security.kubernetes.io/enforce"
OLDEST_MINOR = 25  # the first where pod security is stable
_VERSION = re.compile(r"^v1\.(\d+)$")


def _is_pinned(version: object) -> bool:
    match = _VERSION.match(version) if isinstance(version, str) else None
    return match is not None and int(match.group(1)) >= OLDEST_MINOR


PINNED = Condition(_is_pinned, f"must be v1.{OLDEST_MINOR} or a later version")

RULE = kubernetes_rule(
    id="namespace-pod-security",
    title="Every namespace enforces the restricted pod security standard, at a pinned version",
    severity=Severity.HIGH,
    applies_to=(NAMESPACE,),
    requirement=Requirement.ISOLATION,
    why="Admission also covers pods that no program wrote: those of charts, of operators, of a person at a shell.",
    remedy="label the namespace as components.compute.kubernetes_access does",
    frameworks=frameworks("4.2.1", "4.2.5"),
)


@RULE.check
def enforces_restricted(node: Node, _: Case) -> Iterator[Finding]:
    level = entry(node, "metadata.labels", ENFORCE)
    yield from RULE.expect(node, level, equals("restricted"))
    if level.known:
        yield from RULE.expect(node, entry(node, "metadata.labels", f"{ENFORCE}-version"), PINNED)
