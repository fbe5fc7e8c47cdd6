"""Who is cluster-admin may do everything to every keep on the cluster."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import CLUSTER_ROLE_BINDING, ROLE_BINDING

POWERFUL = ("cluster-admin", "admin", "edit")  # admin and edit read every secret of what they are bound to
EVERYBODY = (
    "system:masters",
    "system:authenticated",
    "system:unauthenticated",
    "system:anonymous",
    "system:serviceaccounts",
)
BINDINGS = (ROLE_BINDING, CLUSTER_ROLE_BINDING)

RULE = Rule(
    id="rbac-cluster-admin",
    title="Nobody is bound to an administrator's role, and no role to everybody",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=BINDINGS,
    requirement=Requirement.ACCESS_CONTROL,
    why="Who is cluster-admin reads every secret and every keep's code on the cluster.",
    remedy="bind a role that holds what the work needs to one service account; people come in by access entries",
    frameworks=frameworks("4.1.1", "4.1.7", iso="A.8.2"),
)


@RULE.check
def modest(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node, "roleRef.name", lambda name: name not in POWERFUL, f"must be none of {', '.join(POWERFUL)}"
    )
    yield from RULE.each(node, "subjects[*].name", lambda subject: _one(node, subject))


def _one(node: Node, subject: Found) -> Iterator[Finding]:
    if str(subject.value).startswith(EVERYBODY):
        yield RULE.violation(node, subject.path, f"got {subject.value!r}: must name one account or group of people")
