"""Where the search domain's administrator works: a namespace for nothing else, on the cluster of the domain.

Its service account is the only one that EKS gives the domain's master role. Nothing runs there but Jobs that make the
roles of a keep (components/release/search_roles.py), and what an operator starts to take or restore snapshots.
"""

from collections.abc import Iterator
from typing import Any

import pulumi
from codekeep_contracts.search_administration import SEARCH_NAMESPACE
from pulumi_kubernetes.core.v1 import LimitRange, Namespace, ResourceQuota, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.compute.kubernetes_access import pod_security_labels
from components.compute.peers import DNS, POD_IDENTITY_AGENT, deny_all, pods_in, ranges
from components.identity.workload import Operator
from components.naming import TAG_PREFIX
from components.network.endpoints import HTTPS
from components.network.network_ref import NetworkRef

HARD = {"pods": "20", "requests.cpu": "5", "limits.cpu": "20", "requests.memory": "10Gi", "limits.memory": "10Gi"}
BOUNDS = {
    "default": {"cpu": "1", "memory": "512Mi"},
    "defaultRequest": {"cpu": "100m", "memory": "512Mi"},
    "max": {"cpu": "1", "memory": "1Gi"},
}


class SearchAdministration(pulumi.ComponentResource):
    """Namespace, its limits and traffic, and the account. Needs the Kubernetes provider of the cluster.

    `network` is the one of the cluster's nodes, with the domain in its private subnets.
    """

    def __init__(self, name: str, network: NetworkRef, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:search_administration:SearchAdministration", name, None, opts)

        metadata: Any = {"name": SEARCH_NAMESPACE, "labels": pod_security_labels()}
        created = Namespace(name, metadata=metadata, opts=pulumi.ResourceOptions(parent=self))
        inside = pulumi.ResourceOptions(parent=self, depends_on=[created])
        bounds: Any = {"limits": [{"type": "Container", **BOUNDS}]}
        ResourceQuota(name, metadata=_named("quota"), spec={"hard": HARD}, opts=inside)
        LimitRange(name, metadata=_named("bounds"), spec=bounds, opts=inside)
        for policy, spec in _traffic(network):
            NetworkPolicy(f"{name}-{policy}", metadata=_named(policy), spec=spec, opts=inside)
        account = _named(Operator.INDEX_ADMIN.value)
        ServiceAccount(name, metadata=account, automount_service_account_token=False, opts=inside)

        self.register_outputs({"namespace": SEARCH_NAMESPACE})


def _named(name: str) -> Any:
    return {"name": name, "namespace": SEARCH_NAMESPACE, "labels": {"app.kubernetes.io/managed-by": TAG_PREFIX}}


def _traffic(network: NetworkRef) -> Iterator[tuple[str, Any]]:
    """Nothing comes in; out go names, the role's credentials, and requests to the domain."""
    yield "deny-all", deny_all()
    yield "to-dns", _out([pods_in(*DNS)], 53, "TCP", "UDP")
    yield "to-pod-identity", _out(ranges([POD_IDENTITY_AGENT]), 80, "TCP")
    yield "to-index", _out(ranges(pulumi.Output.all(*network.private_cidrs)), HTTPS, "TCP")


def _out(peers: Any, port: int, *protocols: str) -> Any:
    ports = [{"protocol": each, "port": port} for each in protocols]
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": peers, "ports": ports}]}
