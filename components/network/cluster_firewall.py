"""The two security groups of a cluster, control plane and nodes, and the traffic between and out of them."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from components.naming import DataClass, Keep
from components.network.api_access import range_label
from components.network.endpoints import ANYWHERE, HTTPS
from components.network.network_ref import NetworkRef
from components.network.security_group_rules import allow_between_groups

# Ports of the nodes that the control plane calls: metrics-server as the EKS add-on, and KEDA's metrics. No controller
# has admission webhooks (components/controllers/charts.py).
CONTROL_PLANE_CALLS = {"kubelet": 10_250, "metrics": 10_251, "keda": 6_443}


@dataclass(frozen=True, kw_only=True)
class ClusterFirewallArgs:
    """`api_client_cidrs` are private ranges from which deployers reach the cluster's API."""

    keep: Keep
    network: NetworkRef
    internet: bool = False  # nodes may use the network's firewalled egress
    api_client_cidrs: tuple[str, ...] = ()


class ClusterFirewall(pulumi.ComponentResource):
    """Nodes reach AWS's endpoints, the API and each other. What needs more (Git, search) adds its own rules."""

    control_plane_group_id: pulumi.Output[str]
    node_group_id: pulumi.Output[str]
    api_clients: tuple[vpc.SecurityGroupIngressRule, ...]

    def __init__(self, name: str, args: ClusterFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:cluster_firewall:ClusterFirewall", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        control_plane = self._group("control-plane", "Kubernetes API of the keep").id
        nodes = self._group("nodes", "Nodes of the keep").id
        self._allow(nodes, control_plane, "api", HTTPS, "Kubernetes API")
        self.api_clients = tuple(self._admit(control_plane, cidr) for cidr in self._args.api_client_cidrs)
        for label, port in CONTROL_PLANE_CALLS.items():
            self._allow(control_plane, nodes, label, port, f"control plane to {label}")
        # Pods share their nodes' group; network policies decide which pods may connect to each other.
        self._allow(nodes, nodes, "between-nodes", None, "Nodes and pods among themselves")
        self._open_aws(nodes)

        self.control_plane_group_id, self.node_group_id = control_plane, nodes
        self.register_outputs({"controlPlaneGroupId": control_plane, "nodeGroupId": nodes})

    def _tags(self, label: str) -> dict[str, str]:
        return self._args.keep.tags(DataClass.CONFIG, name=f"{self._name}-{label}")

    def _group(self, label: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            f"{self._name}-{label}",
            description=description,
            vpc_id=self._args.network.vpc_id,
            tags=self._tags(label),
            opts=self._child,
        )

    def _admit(self, control_plane: pulumi.Output[str], cidr: str) -> vpc.SecurityGroupIngressRule:
        label = f"api-client-{range_label(cidr)}"
        return vpc.SecurityGroupIngressRule(
            f"{self._name}-{label}",
            security_group_id=control_plane,
            description=f"Kubernetes API for deployers in {cidr}",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=cidr,
            tags=self._tags(label),
            opts=self._child,
        )

    def _open_aws(self, nodes: pulumi.Output[str]) -> None:
        args = self._args
        s3 = ec2.get_prefix_list_output(
            name=f"com.amazonaws.{args.keep.region}.s3", opts=pulumi.InvokeOutputOptions(parent=self)
        )
        endpoints = args.network.endpoint_security_group_id
        self._allow_out(nodes, "endpoints", "AWS by interface endpoints", group=endpoints)
        self._allow_out(nodes, "s3", "S3 by its gateway endpoint", prefix_list=s3.id)
        if args.internet:
            self._allow_out(nodes, "internet", "Internet through the firewall of the keep", cidr=ANYWHERE)

    def _allow_out(
        self,
        nodes: pulumi.Output[str],
        label: str,
        description: str,
        *,
        group: pulumi.Input[str] | None = None,
        prefix_list: pulumi.Input[str] | None = None,
        cidr: str | None = None,
    ) -> None:
        vpc.SecurityGroupEgressRule(
            f"{self._name}-{label}",
            security_group_id=nodes,
            description=description,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            referenced_security_group_id=group,
            prefix_list_id=prefix_list,
            cidr_ipv4=cidr,
            tags=self._tags(label),
            opts=self._child,
        )

    def _allow(
        self, source: pulumi.Output[str], target: pulumi.Output[str], label: str, port: int | None, description: str
    ) -> None:
        allow_between_groups(
            f"{self._name}-{label}",
            source_id=source,
            target_id=target,
            port=port,
            description=description,
            tags=self._tags(label),
            opts=self._child,
        )
