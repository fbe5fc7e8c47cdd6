"""The namespaces of the controllers: closed, bounded, and all but one under the restricted pod security standard.

They belong to the cluster and bear no keep's label, by which its network and admission policies apply to a namespace.
"""

from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import LimitRange, Namespace, ResourceQuota

from components.compute.kubernetes_access import pod_security_labels
from components.controllers.charts import DEVICE_NAMESPACE
from components.identity.workload import SYSTEM_NAMESPACE

BOUNDS = {
    "default": {"cpu": "500m", "memory": "256Mi"},
    "defaultRequest": {"cpu": "50m", "memory": "256Mi"},
    "max": {"cpu": "2", "memory": "2Gi"},
}
QUOTAS = {
    # Twice what the controllers ask for, so that each can be replaced.
    SYSTEM_NAMESPACE: {"pods": "40", "requests.cpu": "6", "limits.cpu": "40", "limits.memory": "24Gi"},
    # One pod for each node with GPUs.
    DEVICE_NAMESPACE: {"pods": "500", "requests.cpu": "25", "limits.cpu": "250", "limits.memory": "64Gi"},
}


class ControllerNamespaces(pulumi.ComponentResource):
    """Namespaces, quotas and limits."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:controllers:ControllerNamespaces", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        for namespace, hard in QUOTAS.items():
            labels = pod_security_labels()
            if namespace == DEVICE_NAMESPACE:
                labels |= {"pod-security.kubernetes.io/enforce": "privileged"}
            created = Namespace(f"{name}-{namespace}", metadata={"name": namespace, "labels": labels}, opts=child)
            inside = pulumi.ResourceOptions(parent=self, depends_on=[created])
            bounds: Any = {"limits": [{"type": "Container", **BOUNDS}]}
            metadata: Any = {"name": "controllers", "namespace": namespace}
            ResourceQuota(f"{name}-{namespace}", metadata=metadata, spec={"hard": hard}, opts=inside)
            LimitRange(f"{name}-{namespace}", metadata=metadata, spec=bounds, opts=inside)

        self.register_outputs({"namespaces": sorted(QUOTAS)})
