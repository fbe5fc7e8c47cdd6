"""The two security groups of a cluster, control plane and nodes, and what may pass between and out of them."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from components.naming import DataClass, Keep
from components.network.network_like import NetworkLike

HTTPS = 443
KUBELET = 10250
METRICS_SERVER = 10251  # where the EKS add-on of metrics-server listens
WEBHOOK = 9443  # admission webhooks of operators in the keep
KEDA = 6443  # its metrics, which the control plane asks for
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class ClusterFirewallArgs:
    """`api_client_cidrs` are private ranges from which deployers reach the cluster's API."""

    keep: Keep
    network: NetworkLike
    internet: bool = False  # the network has a firewalled way out, which the nodes may use
    api_client_cidrs: tuple[str, ...] = ()


class ClusterFirewall(pulumi.ComponentResource):
    """Nodes reach AWS's endpoints, the API and each other; further ways (Git, search) are opened by who needs them."""

    control_plane_group_id: pulumi.Output[str]
    node_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:cluster_firewall:ClusterFirewall", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        self._control_plane = self._group("control-plane", "Kubernetes API of the keep")
        self._nodes = self._group("nodes", "Nodes of the keep")
        self._open_api()
        self._open_nodes_to_control_plane()
        self._open_between_nodes()
        self._open_aws()

        self.control_plane_group_id = self._control_plane.id
        self.node_group_id = self._nodes.id
        self.register_outputs({"controlPlaneGroupId": self.control_plane_group_id, "nodeGroupId": self.node_group_id})

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

    def _open_api(self) -> None:
        self._pass(self._nodes, self._control_plane, "api", HTTPS, "Kubernetes API")
        for index, cidr in enumerate(self._args.api_client_cidrs):
            vpc.SecurityGroupIngressRule(
                f"{self._name}-api-client-{index}",
                security_group_id=self._control_plane.id,
                description=f"Kubernetes API for deployers in {cidr}",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=cidr,
                tags=self._tags(f"api-client-{index}"),
                opts=self._child,
            )

    def _open_nodes_to_control_plane(self) -> None:
        calls = (("kubelet", KUBELET), ("metrics", METRICS_SERVER), ("webhook", WEBHOOK), ("keda", KEDA))
        for label, port in calls:
            self._pass(self._control_plane, self._nodes, label, port, f"control plane to {label}")

    def _open_between_nodes(self) -> None:
        """Pods share their nodes' group; what they may say to each other is for network policies."""
        vpc.SecurityGroupIngressRule(
            f"{self._name}-between-nodes",
            security_group_id=self._nodes.id,
            referenced_security_group_id=self._nodes.id,
            description="Nodes and pods among themselves",
            ip_protocol="-1",
            tags=self._tags("between-nodes"),
            opts=self._child,
        )
        vpc.SecurityGroupEgressRule(
            f"{self._name}-between-nodes",
            security_group_id=self._nodes.id,
            referenced_security_group_id=self._nodes.id,
            description="Nodes and pods among themselves",
            ip_protocol="-1",
            tags=self._tags("between-nodes"),
            opts=self._child,
        )

    def _open_aws(self) -> None:
        args = self._args
        s3 = ec2.get_prefix_list_output(
            name=f"com.amazonaws.{args.keep.region}.s3", opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self._let_out("endpoints", "AWS by interface endpoints", group=args.network.endpoint_security_group_id)
        self._let_out("s3", "S3 by its gateway endpoint", prefix_list=s3.id)
        if args.internet:
            self._let_out("internet", "Internet through the keep's firewall", cidr=ANYWHERE)

    def _let_out(
        self,
        label: str,
        description: str,
        *,
        group: pulumi.Input[str] | None = None,
        prefix_list: pulumi.Input[str] | None = None,
        cidr: str | None = None,
    ) -> None:
        vpc.SecurityGroupEgressRule(
            f"{self._name}-{label}",
            security_group_id=self._nodes.id,
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

    def _pass(
        self, source: ec2.SecurityGroup, target: ec2.SecurityGroup, label: str, port: int, description: str
    ) -> None:
        """Both halves of one permission: out of the source, into the target."""
        vpc.SecurityGroupEgressRule(
            f"{self._name}-{label}",
            security_group_id=source.id,
            referenced_security_group_id=target.id,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._tags(label),
            opts=self._child,
        )
        vpc.SecurityGroupIngressRule(
            f"{self._name}-{label}",
            security_group_id=target.id,
            referenced_security_group_id=source.id,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._tags(label),
            opts=self._child,
        )
