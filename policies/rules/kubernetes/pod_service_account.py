"""Pods that share the namespace's default account share every right that any of them was ever given."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Pod, decided, each_pod

RULE = Rule(
    id="pod-service-account",
    title="Every pod has a service account of its own kind of work",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.ACCESS_CONTROL,
    why="Pod identity gives AWS rights by service account: on the default account every pod would hold all of them.",
    remedy="name a dedicated account in serviceAccountName",
    frameworks=frameworks("4.1.5", iso="A.5.16"),
)


@RULE.check
def dedicated(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_pod(RULE, node, _judge)


def _judge(pod: Pod) -> Iterator[Finding]:
    account = pod.at("serviceAccountName")
    named = isinstance(account.value, str) and account.value not in {"", "default"}
    yield from decided(RULE, pod.node, account, named, "must name an account other than default")
