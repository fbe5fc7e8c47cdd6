"""Pulumi's access to a keep's cluster: a provider without secrets, and the keep's namespace."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import KUBERNETES_VERSION
from components.compute.cluster_ref import ClusterRef
from components.naming import LABEL_PREFIX, TAG_PREFIX, Keep

ReachApi = Callable[[str, str], Awaitable[None]]
"""Raises where the deploying machine does not reach an API, by its endpoint and certificate authority (base64)."""


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
    """The deploying machine must reach the private endpoint and be allowed to assume the deployer's role.

    A deployment calls `reach` once all of `after` is there: the deployer's access entry, and its way to the endpoint.
    """

    keep: Keep
    cluster: ClusterRef
    after: Sequence[pulumi.CustomResource] = field(default_factory=tuple)
    reach: ReachApi | None = None


class KubernetesAccess(pulumi.ComponentResource):
    """Provider and namespace of the keep's Kubernetes objects."""

    provider: kubernetes.Provider
    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: KubernetesAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:kubernetes_access:KubernetesAccess", name, None, opts)
        keep = args.keep

        self.provider = cluster_provider(name, args, opts=pulumi.ResourceOptions(parent=self))
        created = kubernetes.core.v1.Namespace(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=keep.namespace, labels=_labels(keep)),
            opts=pulumi.ResourceOptions(parent=self, provider=self.provider),
        )

        self.namespace = created.metadata.apply(lambda metadata: metadata.name or keep.namespace)
        self.register_outputs({"namespace": self.namespace})


def cluster_provider(name: str, args: KubernetesAccessArgs, opts: pulumi.ResourceOptions) -> kubernetes.Provider:
    """The provider alone."""
    return kubernetes.Provider(
        name,
        kubeconfig=_kubeconfig(args),
        cluster_identifier=args.cluster.arn,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,  # settings change in place; a digest in the annotations restarts their pods
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=list(args.after))),
    )


def _kubeconfig(args: KubernetesAccessArgs) -> pulumi.Output[str]:
    """Known only once the API is reached, so that nothing that needs it starts before."""

    async def reached(found: Mapping[str, Any]) -> str:
        if args.reach is not None and not pulumi.runtime.is_dry_run():
            await args.reach(found["endpoint"], found["ca"])
        return kubeconfig(args.keep, name=found["name"], endpoint=found["endpoint"], ca=found["ca"])

    cluster, ways = args.cluster, [each.id for each in args.after]
    return pulumi.Output.all(name=cluster.name, endpoint=cluster.endpoint, ca=cluster.ca, ways=ways).apply(reached)


def _labels(keep: Keep) -> dict[str, str]:
    return {f"{LABEL_PREFIX}/tenant": keep.tenant, f"{LABEL_PREFIX}/tier": keep.tier.value, **pod_security_labels()}


def pod_security_labels() -> dict[str, str]:
    """Labels of a namespace whose pods run without privileges, whatever their charts request."""
    return {
        "app.kubernetes.io/managed-by": TAG_PREFIX,
        "pod-security.kubernetes.io/enforce": "restricted",
        # Pinned to the version the pods were written for, so that an upgrade of the cluster does not refuse them.
        "pod-security.kubernetes.io/enforce-version": f"v{KUBERNETES_VERSION}",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }
