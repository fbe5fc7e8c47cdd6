"""A token of the API server in a container is a key for whoever gets in."""

from collections.abc import Iterator

from policies.conditions import Condition
from policies.graph import Node
from policies.reading import MISSING, first, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import (
    BINDINGS,
    SERVICE_ACCOUNT,
    in_namespace,
    namespace_of,
    object_name,
    subjects_of,
)
from policies.rules.kubernetes._pods import WORKLOADS, Pod, each_pod

FIELD = "automountServiceAccountToken"
NOT_MOUNTED = Condition(lambda value: value is False, "must be false where no role is bound to the account")

RULE = kubernetes_rule(
    id="pod-token",
    title="Only pods that call the API server carry a token for it",
    severity=Severity.MEDIUM,
    applies_to=(*WORKLOADS, SERVICE_ACCOUNT),
    requirement=Requirement.ACCESS_CONTROL,
    why="A token lets whoever takes over a container ask the API server, which tells any account more than it needs.",
    remedy="set automountServiceAccountToken: false on the account and its pods, or bind the account to a role",
    frameworks=frameworks("4.1.6", iso="A.5.15"),
    scope=Scope.STACK,
)


@RULE.check
def token_is_needed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type != SERVICE_ACCOUNT:
        yield from each_pod(RULE, node, lambda pod: _judge(pod, case))
    elif not _is_bound(node, object_name(node), case):
        yield from RULE.expect(node, next(read(node.inputs, FIELD)), NOT_MOUNTED)


def _judge(pod: Pod, case: Case) -> Iterator[Finding]:
    mounted, account = pod.at(FIELD), pod.at("serviceAccountName").value
    name = account if isinstance(account, str) else "default"
    accounts = in_namespace(case.graph, namespace_of(pod.node, case.graph), SERVICE_ACCOUNT)
    inherited = next((first(each.inputs, FIELD) for each in accounts if object_name(each) == name), MISSING)
    if (mounted.value is not MISSING or inherited is not False) and not _is_bound(pod.node, name, case):
        yield from RULE.expect(pod.node, mounted, NOT_MOUNTED)


def _is_bound(node: Node, account: str, case: Case) -> bool:
    """Whether a role is bound to the account of this name in the object's namespace."""
    namespace = namespace_of(node, case.graph)
    for binding in [each for type_ in BINDINGS for each in case.graph.of_type(type_)]:
        for subject in subjects_of(binding):
            named = subject.get("namespace")
            here = namespace is not None and (binding.provider, named) == namespace
            same = named is None and namespace_of(binding, case.graph) == namespace
            if subject.get("kind") == "ServiceAccount" and subject.get("name") == account and (here or same):
                return True
    return False
