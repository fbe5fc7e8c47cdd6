"""Pods that share the namespace's default account share every right that any of them was ever given."""

from collections.abc import Iterator

from policies.conditions import Condition
from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Pod, check_pods

DEDICATED = Condition(
    lambda account: isinstance(account, str) and account not in {"", "default"},
    "must name an account other than default",
)

RULE = kubernetes_rule(
    id="pod-service-account",
    title="Every pod has a service account for its own kind of work",
    severity=Severity.HIGH,
    applies_to=WORKLOADS,
    requirement=Requirement.ACCESS_CONTROL,
    why="Pod identity gives AWS rights by service account: on the default account every pod would have all of them.",
    remedy="name a dedicated account in serviceAccountName",
    frameworks=frameworks("4.1.5", iso="A.5.16"),
)


@check_pods(RULE)
def has_its_own_account(pod: Pod) -> Iterator[Finding]:
    yield from RULE.expect(pod.node, pod.at("serviceAccountName"), DEDICATED)
