"""Network policies of a keep's namespace: only the flows of components.release.flows pass.

A flow between pods has a policy at each end, so that a mistake at one end does not open it. What is outside the cluster
has no labels and is named by the addresses of its subnets. Hosts behind private links and AWS's endpoints are in the
same subnets, and differ by their ports, security groups and credentials (docs/kubernetes/traffic.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.compute.cluster import api_addresses
from components.compute.peers import DNS, POD_IDENTITY_AGENT, deny_all, pods_in, ranges
from components.identity.workload import SYSTEM_NAMESPACE, Workload
from components.network.network_ref import NetworkRef
from components.release.base import ReleaseBase
from components.release.flows import External, LinkTraffic, Pods, flows
from components.release.labels import NAME, TENANT, WORKLOAD

COMPONENT = "network-policies"
DENY = "deny-all"
PODS_ELSEWHERE: Mapping[External, tuple[str, Mapping[str, str]]] = {
    External.DNS: DNS,
    External.PROMETHEUS: (SYSTEM_NAMESPACE, {NAME: "prometheus"}),
    External.KUBERAY: (SYSTEM_NAMESPACE, {NAME: "kuberay-operator"}),
}
"""Namespace and labels."""


@dataclass(frozen=True, kw_only=True)
class NetworkPoliciesArgs:
    """`network` is the one of the cluster's nodes."""

    base: ReleaseBase
    network: NetworkRef
    link_traffic: LinkTraffic


class NetworkPolicies(pulumi.ComponentResource):
    """One policy that denies everything, and one for each end of each flow."""

    policies: Mapping[str, NetworkPolicy]  # by name; pods must depend on `deny-all` and on what they need

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.network_policies:NetworkPolicies", name, None, opts)
        self._name, self._args = name, args
        self._addresses = self._look_up()

        specs = dict(self._specs())
        self.policies = {each: self._policy(each, spec) for each, spec in specs.items()}

        self.register_outputs({"policyNames": sorted(self.policies)})

    def _look_up(self) -> Mapping[External, pulumi.Input[list[str]]]:
        """Addresses of what has no labels. S3's are public ones of AWS, which its gateway endpoint routes inside."""
        network = self._args.network
        region = self._args.base.keep.region
        inner = pulumi.Output.all(*network.endpoint_cidrs).apply(list)
        private = pulumi.Output.all(*network.private_cidrs).apply(list)
        s3 = ec2.get_managed_prefix_list_output(
            name=f"com.amazonaws.{region}.s3", opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return {
            External.AWS: inner,
            External.GIT: inner,
            External.REGISTRIES: inner,
            External.ISSUER: inner,
            External.ENTRY: inner,
            External.INDEX: private,
            External.KUBERNETES_API: pulumi.Output.all(network.cidr, *network.private_cidrs).apply(
                lambda cidrs: api_addresses(cidrs[0], cidrs[1:])
            ),
            External.POD_IDENTITY: [POD_IDENTITY_AGENT],
            External.S3: s3.entries.apply(lambda entries: sorted(entry.cidr for entry in entries)),
        }

    def _specs(self) -> Iterator[tuple[str, Any]]:
        yield DENY, deny_all()
        for flow in flows(self._args.link_traffic):
            ports = [each.spec() for each in flow.ports]
            source, target = flow.source.label, flow.target.label
            if isinstance(flow.source, Pods):
                rule = {"to": self._peers(flow.target), "ports": ports}
                yield (
                    f"{source}-to-{target}",
                    {"podSelector": self._selector(flow.source), "policyTypes": ["Egress"], "egress": [rule]},
                )
            if isinstance(flow.target, Pods):
                rule = {"from": self._peers(flow.source), "ports": ports}
                yield (
                    f"{target}-from-{source}",
                    {"podSelector": self._selector(flow.target), "policyTypes": ["Ingress"], "ingress": [rule]},
                )

    def _peers(self, end: Pods | External) -> Any:
        if isinstance(end, Pods):
            return [{"podSelector": self._selector(end)}]
        if end in PODS_ELSEWHERE:
            return [pods_in(*PODS_ELSEWHERE[end])]
        return ranges(self._addresses[end])

    def _selector(self, pods: Pods) -> dict[str, Any]:
        tenant = {TENANT: self._args.base.keep.tenant}
        if pods.workload is None:
            known = {"key": WORKLOAD, "operator": "In", "values": [each.value for each in Workload]}
            return {"matchLabels": tenant, "matchExpressions": [known]}
        return {"matchLabels": {**tenant, WORKLOAD: pods.workload.value, **pods.name_labels}}

    def _policy(self, policy: str, spec: Any) -> NetworkPolicy:
        base = self._args.base
        return NetworkPolicy(
            f"{self._name}-{policy}",
            metadata=base.keep_metadata(policy, COMPONENT),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )
