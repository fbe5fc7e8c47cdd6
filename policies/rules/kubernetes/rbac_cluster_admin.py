"""A cluster-admin may do everything to every keep on the cluster."""

from policies.conditions import Condition, Expectation, none_of
from policies.rule import Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import BINDINGS

POWERFUL = ("cluster-admin", "admin", "edit")  # admin and edit read every secret of what they are bound to
EVERYBODY = (
    "system:masters",
    "system:authenticated",
    "system:unauthenticated",
    "system:anonymous",
    "system:serviceaccounts",
)
ONE_SUBJECT = Condition(
    lambda subject: not str(subject).startswith(EVERYBODY), "must name one account or group of people"
)
MODEST = (
    Expectation("roleRef.name", none_of(*POWERFUL)),
    Expectation("subjects[*].name", ONE_SUBJECT, optional=True),
)

RULE = kubernetes_rule(
    id="rbac-cluster-admin",
    title="Nobody is bound to an administrator's role, and no role to everybody",
    severity=Severity.CRITICAL,
    requirement=Requirement.ACCESS_CONTROL,
    why="A cluster-admin reads every secret and every keep's code on the cluster.",
    remedy="bind a role with what the work needs to one service account; people come in by access entries",
    frameworks=frameworks("4.1.1", "4.1.7", iso="A.8.2"),
    expects=dict.fromkeys(BINDINGS, MODEST),
)
