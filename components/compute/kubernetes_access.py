"""Pulumi's access to a keep's cluster: a provider without secrets, and the keep's namespace."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import KUBERNETES_VERSION
from components.compute.cluster_ref import ClusterRef
from components.naming import LABEL_PREFIX, TAG_PREFIX, Keep


def kubeconfig(keep: Keep, *, name: str, endpoint: str, ca: str) -> str:
    """A kubeconfig that requests a token from AWS at each use, and so contains none."""
    flags = {
        "--cluster-name": name,
        "--region": keep.region,
        "--role-arn": keep.deployer_role_arn,
        "--output": "json",
    }
    token: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", *(word for pair in flags.items() for word in pair)],
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": ca}}],
            "users": [{"name": "deployer", "user": {"exec": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": "deployer"}}],
            "current-context": name,
        },
        sort_keys=True,
    )


@dataclass(frozen=True, kw_only=True)
class KubernetesAccessArgs:
    """The deploying machine must reach the private endpoint and be allowed to assume the deployer's role."""

    keep: Keep
    cluster: ClusterRef
    after: Sequence[pulumi.Resource] = field(default_factory=tuple)  # the deployer's access entry, and nodes


class KubernetesAccess(pulumi.ComponentResource):
    """Provider and namespace of the keep's Kubernetes objects."""

    provider: kubernetes.Provider
    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: KubernetesAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:kubernetes_access:KubernetesAccess", name, None, opts)
        keep, cluster = args.keep, args.cluster

        self.provider = kubernetes.Provider(
            name,
            kubeconfig=pulumi.Output.all(name=cluster.name, endpoint=cluster.endpoint, ca=cluster.ca).apply(
                lambda found: kubeconfig(keep, name=found["name"], endpoint=found["endpoint"], ca=found["ca"])
            ),
            cluster_identifier=cluster.arn,
            enable_server_side_apply=True,
            enable_config_map_mutable=True,  # settings change in place; a digest in the annotations restarts their pods
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        created = kubernetes.core.v1.Namespace(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=keep.namespace, labels=_labels(keep)),
            opts=pulumi.ResourceOptions(parent=self, provider=self.provider),
        )

        self.namespace = created.metadata.apply(lambda metadata: metadata.name or keep.namespace)
        self.register_outputs({"namespace": self.namespace})


def _labels(keep: Keep) -> dict[str, str]:
    """Owner of the namespace, and pod security: its pods run without privileges, whatever their charts request."""
    return {
        "app.kubernetes.io/managed-by": TAG_PREFIX,
        f"{LABEL_PREFIX}/tenant": keep.tenant,
        f"{LABEL_PREFIX}/tier": keep.tier.value,
        "pod-security.kubernetes.io/enforce": "restricted",
        # Pinned to the version the pods were written for, so that an upgrade of the cluster does not refuse them.
        "pod-security.kubernetes.io/enforce-version": f"v{KUBERNETES_VERSION}",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }
