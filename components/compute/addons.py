"""The cluster's add-ons, each pinned: first those that nodes need to join, then those that run on nodes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_aws import eks

from components.naming import DataClass, Keep

# From AWS's list for the cluster version. Add a row for a new version, after trying it on a test keep.
ADDON_VERSIONS: Mapping[str, Mapping[str, str]] = {
    "1.34": {
        "vpc-cni": "v1.21.1-eksbuild.1",
        "kube-proxy": "v1.34.1-eksbuild.2",
        "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
        "coredns": "v1.12.4-eksbuild.1",
        "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
        "metrics-server": "v0.8.0-eksbuild.5",
        "eks-node-monitoring-agent": "v1.4.2-eksbuild.1",
        "aws-secrets-store-csi-driver-provider": "v2.2.2-eksbuild.1",
    }
}

SERVICE_ACCOUNTS: Mapping[str, str] = {"vpc-cni": "aws-node", "aws-ebs-csi-driver": "ebs-csi-controller-sa"}
"""Service accounts of the add-ons that call AWS, which get a role by pod identity."""

NODE_ADDONS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
WORKLOAD_ADDONS = (
    "coredns",
    "aws-ebs-csi-driver",
    "metrics-server",
    "eks-node-monitoring-agent",
    "aws-secrets-store-csi-driver-provider",
)


def addon_configuration(addon: str, keep: Keep) -> dict[str, Any]:
    """Settings that differ from the add-on's defaults."""
    by_addon: dict[str, dict[str, Any]] = {
        "vpc-cni": {
            "enableNetworkPolicy": "true",
            "nodeAgent": {"enablePolicyEventLogs": "true"},
            # A few spare addresses instead of a whole interface's: networks may be as small as a /22.
            "env": {"MINIMUM_IP_TARGET": "12", "WARM_IP_TARGET": "4"},
        },
        "coredns": {"autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 10}},
        "aws-ebs-csi-driver": {"controller": {"extraVolumeTags": keep.tags(DataClass.CODE)}},
    }
    return by_addon.get(addon, {})


@dataclass(frozen=True, kw_only=True)
class AddonsArgs:
    """`role_arns` has, by add-on, the roles of those that call AWS (SERVICE_ACCOUNTS)."""

    keep: Keep
    cluster_name: pulumi.Input[str]
    kubernetes_version: str
    addons: Sequence[str]
    role_arns: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    after: Sequence[pulumi.Resource] = field(default_factory=tuple)  # for add-ons that run on nodes: the system pool's

    def __post_init__(self) -> None:
        if self.kubernetes_version not in ADDON_VERSIONS:
            raise ValueError(
                f"kubernetes_version must be one with pinned add-ons ({', '.join(ADDON_VERSIONS)}), "
                f"got {self.kubernetes_version!r}; add its row to ADDON_VERSIONS"
            )
        known = ADDON_VERSIONS[self.kubernetes_version]
        if unknown := [addon for addon in self.addons if addon not in known]:
            raise ValueError(f"addons must be among {', '.join(known)}, got {', '.join(unknown)}")
        calling = {addon for addon in self.addons if addon in SERVICE_ACCOUNTS}
        if calling != self.role_arns.keys():
            raise ValueError(f"role_arns must have the roles of {sorted(calling)}, got {sorted(self.role_arns)}")


class Addons(pulumi.ComponentResource):
    """Some of the cluster's add-ons. What needs them must depend on the component."""

    versions: Mapping[str, str]

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:addons:Addons", name, None, opts)
        self._name, self._args = name, args
        known = ADDON_VERSIONS[args.kubernetes_version]
        self.versions = {addon: known[addon] for addon in args.addons}

        for addon, version in self.versions.items():
            self._addon(addon, version)

        self.register_outputs({"versions": dict(self.versions)})

    def _addon(self, addon: str, version: str) -> eks.Addon:
        args = self._args
        settings = addon_configuration(addon, args.keep)
        return eks.Addon(
            f"{self._name}-{addon}",
            cluster_name=args.cluster_name,
            addon_name=addon,
            addon_version=version,
            configuration_values=json.dumps(settings, sort_keys=True) if settings else None,
            pod_identity_associations=self._identity(addon),
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            preserve=False,
            tags=args.keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )

    def _identity(self, addon: str) -> list[eks.AddonPodIdentityAssociationArgsDict] | None:
        account = SERVICE_ACCOUNTS.get(addon)
        if account is None:
            return None
        return [{"service_account": account, "role_arn": self._args.role_arns[addon]}]
