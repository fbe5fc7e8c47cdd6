"""A small keep's Kubernetes objects that break no rule: what the rules' tests and mutants start from."""

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from components.controllers.objects import definition
from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.graph.build import graph_of
from policies.graph.model import STACK_TYPE

STACK, PROJECT, SPACE = "demo", "codekeep", "codekeep-demo"
PREFIX = f"urn:pulumi:{STACK}::{PROJECT}"
STACK_URN = f"{PREFIX}::{STACK_TYPE}::{PROJECT}-{STACK}"
PROVIDER_TYPE = "pulumi:providers:kubernetes"
PROVIDER = f"{PREFIX}::{PROVIDER_TYPE}::keep"
REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
REVISION = "381fc969f78efac66bc87ff7ddeadb7e73c218a7"
POOL_LABELS = {"codekeep.dev/pool": "serve", "codekeep.dev/role": "gpu-serve"}

FACTS = Facts(
    tenant="demo",
    tier="premium",
    account_id="111122223333",
    primary_region="eu-central-1",
    allowed_regions=frozenset({"eu-central-1"}),
    gpu_nodes=2,
    monthly_budget_usd=60000,
)

RBAC = "rbac.authorization.k8s.io/v1"
ADMISSION = "admissionregistration.k8s.io/v1"


def urn(type_: str, name: str) -> str:
    return f"{PREFIX}::{type_}::{name}"


def resource(type_: str, name: str, inputs: Mapping[str, Any], provider: str | None = PROVIDER) -> Node:
    """A node as a recording has it."""
    return Node(urn=urn(type_, name), type=type_, name=name, parent=STACK_URN, provider=provider, inputs=inputs)


def kube(api: str, kind: str, name: str, body: Mapping[str, Any], *, cluster_wide: bool = False) -> Node:
    """An object of the keep's namespace."""
    group_version = api if "/" in api else f"core/{api}"
    metadata = {"name": name} if cluster_wide else {"name": name, "namespace": SPACE}
    inputs: dict[str, Any] = {"apiVersion": api, "kind": kind, **body}
    inputs["metadata"] = {**metadata, **body.get("metadata", {})}
    return resource(f"kubernetes:{group_version}:{kind}", name, inputs)


def graph(*extra: Node) -> ResourceGraph:
    """The compliant objects, and `extra` ones beside them; an extra of the same URN takes the place of its like."""
    nodes = {node.urn: node for node in [*_ground(), *_objects(), *extra]}
    return graph_of(PROJECT, STACK, list(nodes.values()), "eu-central-1")


def changed(type_: str, name: str, path: str, value: Any) -> ResourceGraph:
    """The graph with one input of one object set; the last step of `path` may be new."""
    node = graph().one(type_, name)
    inputs = copy.deepcopy(dict(node.inputs))
    holder: Any = inputs
    *steps, last = path.replace("[", ".[").split(".")
    for step in steps:
        holder = holder[int(step[1:-1])] if step.startswith("[") else holder.setdefault(step, {})
    if last.startswith("["):
        holder[int(last[1:-1])] = value
    else:
        holder[last] = value
    return graph(replace(node, inputs=inputs))


def image(name: str) -> str:
    return f"{REGISTRY}/codekeep-demo/{name}@sha256:{'0123456789abcdef' * 4}"


def container(name: str, **more: Any) -> dict[str, Any]:
    """A container that asks for little and may do less."""
    return {
        "name": name,
        "image": image(name),
        "env": [{"name": "CODEKEEP_SETTINGS", "value": "/etc/codekeep/settings.json"}],
        "resources": {
            "requests": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1Gi"},
            "limits": {"memory": "1Gi", "ephemeral-storage": "1Gi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        **more,
    }


def pod(account: str, *containers: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "nodeSelector": dict(POOL_LABELS),
        "tolerations": [{"key": "codekeep.dev/role", "operator": "Equal", "value": "gpu-serve"}],
        "containers": [dict(each) for each in containers],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}],
        **more,
    }


def template(app: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": app}}, "spec": dict(spec)}


def _ground() -> list[Node]:
    pool = {
        "labels": dict(POOL_LABELS),
        "amiType": "AL2023_x86_64_NVIDIA",
        "version": "1.34",
        "releaseVersion": "1.34.2-20251120",
        "instanceTypes": ["g6e.12xlarge"],
        "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 2},
        "tags": {"codekeep:tenant": "demo"},
    }
    return [
        Node(urn=STACK_URN, type=STACK_TYPE, name=f"{PROJECT}-{STACK}", custom=False),
        Node(urn=PROVIDER, type=PROVIDER_TYPE, name="keep", parent=STACK_URN),
        resource("aws:eks/nodeGroup:NodeGroup", "serve", pool, provider=None),
        resource("aws:budgets/budget:Budget", "keep", _budget(), provider=None),
    ]


def _budget() -> dict[str, Any]:
    alert = {
        "notificationType": "ACTUAL",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["oncall@keep.example"],
    }
    return {
        "budgetType": "COST",
        "limitAmount": "60000",
        "limitUnit": "USD",
        "timeUnit": "MONTHLY",
        "notifications": [alert],
    }


def _objects() -> list[Node]:
    return [_namespace(), *_definitions(), *_accounts(), *_network(), *_bounds(), *_admission(), *_workloads()]


def _definitions() -> list[Node]:
    names = ("scaledobjects.keda.sh", "rayclusters.ray.io")
    return [
        kube(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            name,
            {"spec": definition(name)["spec"]},
            cluster_wide=True,
        )
        for name in names
    ]


def _namespace() -> Node:
    labels = {
        "codekeep.dev/tenant": "demo",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.34",
    }
    return kube("v1", "Namespace", SPACE, {"metadata": {"labels": labels}}, cluster_wide=True)


def _accounts() -> list[Node]:
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": SPACE} for name in ("ingest", "head")]
    rules = [{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get", "watch"]}]
    accounts = [
        kube("v1", "ServiceAccount", name, {"automountServiceAccountToken": False})
        for name in ("gateway", "head", "index")
    ]
    return [
        *accounts,
        kube("v1", "ServiceAccount", "ingest", {"automountServiceAccountToken": True}),
        kube(RBAC, "Role", "ingest", {"rules": rules}),
        kube(
            RBAC,
            "RoleBinding",
            "ingest",
            {"roleRef": {"apiGroup": RBAC.partition("/")[0], "kind": "Role", "name": "ingest"}, "subjects": subjects},
        ),
    ]


def _network() -> list[Node]:
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    to_engine = {
        "podSelector": {"matchLabels": {"app": "gateway"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"ipBlock": {"cidr": "10.64.0.0/16"}}], "ports": [{"port": 8443}]}],
        "egress": [{"to": [dns], "ports": [{"port": 53, "protocol": "UDP"}]}],
    }
    return [
        kube(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "default-deny",
            {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
        ),
        kube("networking.k8s.io/v1", "NetworkPolicy", "gateway", {"spec": to_engine}),
        kube(
            "v1",
            "Service",
            "gateway",
            {"spec": {"type": "ClusterIP", "selector": {"app": "gateway"}, "ports": [{"port": 8443}]}},
        ),
        kube(
            "v1",
            "Service",
            "developers",
            {
                "metadata": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}},
                "spec": {"type": "LoadBalancer", "selector": {"app": "gateway"}, "ports": [{"port": 443}]},
            },
        ),
        kube(
            "networking.k8s.io/v1",
            "Ingress",
            "gateway",
            {
                "metadata": {
                    "annotations": {
                        "alb.ingress.kubernetes.io/scheme": "internal",
                        "alb.ingress.kubernetes.io/listen-ports": '[{"HTTPS": 443}]',
                    }
                },
                "spec": {
                    "tls": [{"hosts": ["copilot.demo.example"]}],
                    "defaultBackend": {"service": {"name": "gateway", "port": {"number": 8443}}},
                },
            },
        ),
    ]


def _bounds() -> list[Node]:
    hard = {"requests.cpu": "64", "limits.memory": "256Gi", "pods": "100", "requests.nvidia.com/gpu": "8"}
    limits = [{"type": "Container", "default": {"memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}}]
    selector = {"matchLabels": {"app": "gateway"}}
    triggers = [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}]
    target = {"scaleTargetRef": {"name": "gateway"}, "triggers": triggers}
    scaled = {**target, "minReplicaCount": 2, "maxReplicaCount": 6}
    return [
        kube("v1", "ResourceQuota", "keep", {"spec": {"hard": hard}}),
        kube("v1", "LimitRange", "keep", {"spec": {"limits": limits}}),
        kube("policy/v1", "PodDisruptionBudget", "gateway", {"spec": {"maxUnavailable": 1, "selector": selector}}),
        kube("keda.sh/v1alpha1", "ScaledObject", "gateway", {"spec": scaled}),
    ]


def _admission() -> list[Node]:
    validation = {"expression": "object.spec.containers.all(c, c.image.contains('@sha256:'))"}
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods"]}
    constraints = {"resourceRules": [pods]}
    policy = {"failurePolicy": "Fail", "matchConstraints": constraints, "validations": [validation]}
    webhook = {
        "name": "pods.codekeep.dev",
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": {"name": "checks", "namespace": SPACE}},
    }
    binding = {"policyName": "keep-images", "validationActions": ["Deny"]}
    return [
        kube(ADMISSION, "ValidatingAdmissionPolicy", "keep-images", {"spec": policy}, cluster_wide=True),
        kube(ADMISSION, "ValidatingAdmissionPolicyBinding", "keep-images", {"spec": binding}, cluster_wide=True),
        kube(
            ADMISSION,
            "ValidatingWebhookConfiguration",
            "checks",
            {"webhooks": [webhook]},
            cluster_wide=True,
        ),
    ]


def _workloads() -> list[Node]:
    probe = {"httpGet": {"path": "/health", "port": 8443}}
    gateway = container("gateway", ports=[{"containerPort": 8443}], readinessProbe=probe, livenessProbe=probe)
    engine = container(
        "engine",
        args=["--model", "Qwen/Qwen2.5-Coder-7B", "--revision", REVISION],
        resources={
            "requests": {"cpu": "4", "memory": "64Gi", "nvidia.com/gpu": 1},
            "limits": {"memory": "64Gi", "nvidia.com/gpu": 1},
        },
    )
    job = {
        "activeDeadlineSeconds": 14400,
        "backoffLimit": 2,
        "template": template("ingest", pod("ingest", container("ingest"), restartPolicy="Never")),
    }
    settings = json.dumps({"models": [{"role": "chat", "name": "Qwen/Qwen2.5-Coder-7B", "revision": REVISION}]})
    return [
        kube("v1", "ConfigMap", "settings", {"data": {"settings.json": settings}}),
        kube(
            "apps/v1",
            "Deployment",
            "gateway",
            {
                "spec": {
                    "replicas": 2,
                    "selector": {"matchLabels": {"app": "gateway"}},
                    "template": template("gateway", pod("gateway", gateway)),
                }
            },
        ),
        kube(
            "batch/v1",
            "CronJob",
            "ingest",
            {"spec": {"schedule": "0 2 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": job}}},
        ),
        kube("batch/v1", "Job", "finetune", {"spec": {**job, "ttlSecondsAfterFinished": 86400}}),
        kube(
            "ray.io/v1",
            "RayCluster",
            "index",
            {
                "spec": {
                    "enableInTreeAutoscaling": True,
                    "headGroupSpec": {"template": template("index", pod("head", container("index")))},
                    "workerGroupSpecs": [
                        {
                            "groupName": "workers",
                            "minReplicas": 0,
                            "maxReplicas": 4,
                            "template": template("index", pod("index", engine)),
                        }
                    ],
                }
            },
        ),
    ]
