"""The permissions of service accounts in a cluster of two keeps, by its API server; docs/kubernetes/permissions.md."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from components.identity.workload import Workload
from components.release.flows import RAY_HEAD
from tests.real.kubernetes.api import Api

ACCOUNTS = (*(each.value for each in Workload), RAY_HEAD, "default")
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
RESOURCES = (
    "pods",
    "pods/log",
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "pods/ephemeralcontainers",
    "secrets",
    "configmaps",
    "services",
    "endpoints",
    "events",
    "persistentvolumeclaims",
    "resourcequotas",
    "limitranges",
    "serviceaccounts",
    "serviceaccounts/token",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "networkpolicies.networking.k8s.io",
    "ingresses.networking.k8s.io",
    "poddisruptionbudgets.policy",
    "horizontalpodautoscalers.autoscaling",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "scaledobjects.keda.sh",
    "scaledjobs.keda.sh",
    "triggerauthentications.keda.sh",
    "rayclusters.ray.io",
    "rayjobs.ray.io",
)
CLUSTER_RESOURCES = (
    "nodes",
    "nodes/proxy",
    "namespaces",
    "persistentvolumes",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
    "validatingadmissionpolicies.admissionregistration.k8s.io",
    "validatingadmissionpolicybindings.admissionregistration.k8s.io",
    "customresourcedefinitions.apiextensions.k8s.io",
    "priorityclasses.scheduling.k8s.io",
)
NAMED = (("rayclusters.ray.io", "index"),)
"""Objects that a role names."""
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "kubernetes" / "permissions.md"
Row = tuple[str, str, str, str]  # account, where, what, verbs


def allowed(api: Api, keep: str, others: Sequence[str]) -> Iterator[Row]:
    """Every permission of a keep's accounts: in its namespace, in others, and for kinds that belong to the cluster."""
    for account in ACCOUNTS:
        subject = f"{keep}/{account}"
        for place, resources in (
            ("own namespace", [(each, None, keep) for each in RESOURCES]),
            ("own namespace", [(each, name, keep) for each, name in NAMED]),
            *((f"namespace {other}", [(each, None, other) for each in RESOURCES]) for other in others),
            ("the cluster", [(each, None, None) for each in CLUSTER_RESOURCES]),
        ):
            for resource, name, namespace in resources:
                verbs = [verb for verb in VERBS if api.can_i(subject, verb, resource, namespace, name=name)]
                if verbs:
                    yield account, place, f"{resource} {name}" if name else resource, ", ".join(verbs)


def table(rows: Sequence[Row]) -> str:
    lines = [("Service account", "Where", "What", "Verbs"), ("---",) * 4, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def rendered(text: str, rows: Sequence[Row]) -> str:
    """The document with the rows in its generated block."""
    return re.sub(
        r"(<!-- generated: permissions -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{table(rows)}\n{found[2]}",
        text,
        flags=re.DOTALL,
    )
