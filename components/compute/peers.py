"""Ends of network policies that every namespace of the cluster has: names, credentials, and ranges of addresses."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

POD_IDENTITY_AGENT: Final = "169.254.170.23/32"
"""Where EKS Pod Identity gives a pod its role's credentials, on each node (EKS user guide, "EKS Pod Identity")."""
NAMESPACE: Final = "kubernetes.io/metadata.name"  # set by the API server, so nobody can claim another's
DNS: Final[tuple[str, Mapping[str, str]]] = ("kube-system", {"k8s-app": "kube-dns"})
"""Namespace and labels of the pods that answer names."""


def deny_all() -> dict[str, Any]:
    """The specification of a policy that lets nothing pass."""
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def pods_in(namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """The pods of a namespace that have the labels."""
    return {
        "namespaceSelector": {"matchLabels": {NAMESPACE: namespace}},
        "podSelector": {"matchLabels": dict(labels)},
    }


def ranges(cidrs: pulumi.Input[list[str]]) -> pulumi.Output[list[dict[str, Any]]]:
    """What has no labels, by its addresses."""
    return pulumi.Output.from_input(cidrs).apply(lambda found: [{"ipBlock": {"cidr": each}} for each in found])
