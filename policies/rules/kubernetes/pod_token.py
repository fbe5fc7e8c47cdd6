"""A token of the API server in a container is a key that whoever gets in may take."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import (
    CLUSTER_ROLE_BINDING,
    ROLE_BINDING,
    SERVICE_ACCOUNT,
    in_place,
    object_name,
    place_of,
    subjects_of,
)
from policies.rules.kubernetes._pods import WORKLOADS, Pod, decided, each_pod

FIELD = "automountServiceAccountToken"

RULE = Rule(
    id="pod-token",
    title="Only pods that ask the API server for something carry a token for it",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=(*WORKLOADS, SERVICE_ACCOUNT),
    requirement=Requirement.ACCESS_CONTROL,
    why="A token lets whoever takes over a container ask the API server, which tells any account more than it needs.",
    remedy="set automountServiceAccountToken: false on the account and its pods, or bind the account to a role",
    frameworks=frameworks("4.1.6", iso="A.5.15"),
    scope=Scope.STACK,
)


@RULE.check
def needed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == SERVICE_ACCOUNT:
        mounted = next(read(node.inputs, FIELD))
        if mounted.value is not False and not _bound(node, object_name(node), case):
            yield from decided(RULE, node, mounted, False, "must be false where no role is bound to the account")
        return
    yield from each_pod(RULE, node, lambda pod: _judge(pod, case))


def _judge(pod: Pod, case: Case) -> Iterator[Finding]:
    mounted = pod.at(FIELD)
    if mounted.value is False:
        return
    account = pod.at("serviceAccountName").value
    name = account if isinstance(account, str) else "default"
    place = place_of(pod.node, case.graph)
    accounts = in_place(case.graph, place, SERVICE_ACCOUNT) if place else []
    inherited = next((first(each.inputs, FIELD) for each in accounts if object_name(each) == name), MISSING)
    if (mounted.value is MISSING and inherited is False) or _bound(pod.node, name, case):
        return
    yield from decided(RULE, pod.node, mounted, False, f"must be false, as no role is bound to account {name}")


def _bound(node: Node, account: str, case: Case) -> bool:
    """Whether a role is bound to the account of this name in the object's namespace."""
    place = place_of(node, case.graph)
    for binding in [*case.graph.of_type(ROLE_BINDING), *case.graph.of_type(CLUSTER_ROLE_BINDING)]:
        for subject in subjects_of(binding):
            namespace = subject.get("namespace")
            here = place is not None and (binding.provider, namespace) == place
            same = namespace is None and place_of(binding, case.graph) == place
            if subject.get("kind") == "ServiceAccount" and subject.get("name") == account and (here or same):
                return True
    return False
