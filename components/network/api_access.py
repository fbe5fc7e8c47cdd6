"""How the deployer's network reaches the private Kubernetes API: ranges, and the keep's way to them.

EKS user guide, "Cluster API server endpoint" (repository awsdocs/amazon-eks-user-guide, read 2026-11-30): without a
public endpoint, calls come from the VPC or a connected network; the control plane's security group must admit 443 from
it; public DNS servers resolve the endpoint's name to its private address, so that no zone has to be shared.
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from components.naming import DataClass, Keep
from components.network.network_ref import NetworkRef


@dataclass(frozen=True, kw_only=True)
class ApiAccess:
    """Private ranges of deployers. In a network of the keep's own, `transit_gateway_id` leads to them."""

    cidrs: tuple[str, ...] = ()
    transit_gateway_id: str | None = None

    def __post_init__(self) -> None:
        if self.transit_gateway_id is not None and not self.cidrs:
            raise ValueError("cidrs must name the deployers' ranges where there is a transit_gateway_id, got none")


def range_label(cidr: str) -> str:
    """Names what belongs to a range, so that another order of ranges changes nothing: `10.9.0.0/24` → `10.9.0.0-24`."""
    return cidr.replace("/", "-")


class TransitRoute(pulumi.ComponentResource):
    """Attaches the keep's network to a transit gateway, and routes the deployers' ranges, and nothing else, to it."""

    routes: tuple[ec2.Route, ...]

    def __init__(
        self,
        name: str,
        keep: Keep,
        network: NetworkRef,
        access: ApiAccess,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("codekeep:api_access:TransitRoute", name, None, opts)
        if access.transit_gateway_id is None:
            raise ValueError("access must have a transit_gateway_id, got none")

        # One subnet of each zone: a zone without one does not reach the gateway (VPC transit gateways guide, "Amazon
        # VPC attachments"). Default tables of the gateway stay its owner's business.
        attachment = ec2transitgateway.VpcAttachment(
            name,
            transit_gateway_id=access.transit_gateway_id,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.endpoint_subnet_ids),
            dns_support="disable",
            security_group_referencing_support="disable",
            tags=keep.tags(DataClass.CONFIG, name=name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Before the network is attached EC2 answers InvalidTransitGatewayID.NotFound (hashicorp/terraform-provider-aws
        # issue 10025, 2019-09-06), also while the attachment waits for its acceptance.
        attached = pulumi.ResourceOptions(parent=self, depends_on=[attachment])
        self.routes = tuple(
            ec2.Route(
                f"{name}-{zone}-{range_label(cidr)}",
                route_table_id=table,
                destination_cidr_block=cidr,
                transit_gateway_id=access.transit_gateway_id,
                opts=attached,
            )
            for zone, table in enumerate(network.route_table_ids)
            for cidr in access.cidrs
        )
        self.register_outputs({"attachmentId": attachment.id})
