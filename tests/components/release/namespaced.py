"""Components of a release in a namespace with the limits of a keep, validated like an API server does."""

from collections.abc import Callable
from functools import cache
from typing import Any

from codekeep_contracts.roles import QueueRole
from pulumi_kubernetes.core.v1 import LimitRange, Namespace, ResourceQuota
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.controllers.objects import definition as controller_definition
from components.naming import DataClass
from components.queue_ref import QueueRef
from policies.graph import Node, ResourceGraph
from policies.graph.recorder import record
from sandbox.kubernetes.schemas import validate, validate_custom
from sandbox.kubernetes.semantics import check
from tests.components.builders import key_arn, known
from tests.components.recording import ACCOUNT, REGION
from tests.components.recording import Node as Registered

NAMESPACE = "codekeep-acme"


def fake_queue(role: QueueRole) -> QueueRef:
    """Call inside a recorded program."""
    name = f"codekeep-acme-{role.value}"
    return QueueRef(
        role=role,
        name=known(name),
        arn=known(f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"),
        url=known(f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"),
        dead_letter_name=known(f"{name}-failed"),
        dead_letter_url=known(f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}-failed"),
        key_arn=known(key_arn(DataClass.CODE)),
    )


def in_namespace(program: Callable[[], Any]) -> Callable[[], None]:
    """The program, and the namespace it is in."""

    def whole() -> None:
        _namespace()
        program()

    return whole


def graph_of(program: Callable[[], Any]) -> ResourceGraph:
    """The objects that the program creates."""
    return record(program, project="codekeep", stack="acme", config={"aws:region": REGION})


def faults(graph: ResourceGraph) -> list[str]:
    """Objects that an API server would refuse, by the schemas of Kubernetes 1.34, KEDA and KubeRay."""
    return [f"{node.name}: {found}" for node in objects(graph) for found in faults_of(manifest(node))]


def objects(graph: ResourceGraph) -> list[Node]:
    """The Kubernetes objects."""
    return [node for node in graph.resources if node.package == "kubernetes"]


def faults_of(thing: dict[str, Any]) -> list[str]:
    """The problems of one manifest."""
    group = thing["apiVersion"].rpartition("/")[0]
    if group in ("keda.sh", "ray.io", "elbv2.k8s.aws"):
        schema = definition(group, thing["kind"])[thing["apiVersion"].rpartition("/")[2]]
        found = validate_custom(schema, thing)
    else:
        found = [*validate("1.34", thing), *check(thing)]
    return [f"{each.path}: {each.reason}" for each in found]


def manifest(node: Node | Registered) -> dict[str, Any]:
    """The manifest that an API server would get."""
    return {**node.inputs, "kind": node.type.rpartition(":")[2]}


@cache
def definition(group: str, kind: str) -> dict[str, Any]:
    """Each version → its openAPIV3Schema."""
    found = controller_definition(f"{kind.lower()}s.{group}")
    return {version["name"]: version["schema"]["openAPIV3Schema"] for version in found["spec"]["versions"]}


def _namespace() -> None:
    metadata: Any = {
        "name": NAMESPACE,
        "labels": {
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "v1.34",
            "codekeep.dev/tenant": "acme",
        },
    }
    inside: Any = {"name": "bounds", "namespace": NAMESPACE}
    Namespace("acme-namespace", metadata=metadata)
    quota: Any = {"hard": {"requests.cpu": "100", "limits.memory": "1Ti", "pods": "200"}}
    ResourceQuota("acme-quota", metadata=inside, spec=quota)
    limits: Any = {"limits": [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}]}
    LimitRange("acme-limits", metadata=inside, spec=limits)
    deny: Any = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    NetworkPolicy("acme-deny", metadata=inside, spec=deny)
