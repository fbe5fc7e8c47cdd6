"""An existing network: the customer's VPC, to which endpoints, logs and DNS rules are added, but no routes."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.network.network_plan import AdoptedNetworkPlan
from components.network.network_ref import NetworkRef
from components.network.network_services import NetworkServicesArgs, add_network_services


@dataclass(frozen=True, kw_only=True)
class AdoptedNetworkArgs(NetworkServicesArgs):
    """The VPC of the plan, and what is added to it."""

    plan: AdoptedNetworkPlan


class AdoptedNetwork(pulumi.ComponentResource):
    """A VPC of the customer's, checked against the plan."""

    ref: NetworkRef

    def __init__(self, name: str, args: AdoptedNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:adopted_network:AdoptedNetwork", name, None, opts)
        plan, within = args.plan, pulumi.InvokeOutputOptions(parent=self)

        vpc_id = pulumi.Output.from_input(plan.vpc_id)
        cidr = ec2.get_vpc_output(id=plan.vpc_id, opts=within).cidr_block
        subnets = [
            _checked(ec2.get_subnet_output(id=subnet, opts=within), plan.vpc_id, zone)
            for subnet, zone in zip(plan.subnet_ids, plan.zones, strict=True)
        ]
        subnet_ids, cidrs = [subnet.id for subnet in subnets], [subnet.cidr_block for subnet in subnets]
        tables = [ec2.get_route_table_output(subnet_id=each, opts=within).route_table_id for each in plan.subnet_ids]
        endpoints = add_network_services(
            name,
            args,
            vpc_id=vpc_id,
            cidr=cidr,
            subnet_ids=subnet_ids,
            route_table_ids=tables,
            egress_domains=plan.egress.dns_domains,
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.ref = NetworkRef(
            vpc_id=vpc_id,
            cidr=cidr,
            zones=plan.zones,
            private_subnet_ids=subnet_ids,
            endpoint_subnet_ids=subnet_ids,
            private_cidrs=cidrs,
            endpoint_cidrs=cidrs,
            route_table_ids=tables,
            endpoint_security_group_id=endpoints.security_group_id,
            s3_endpoint_id=endpoints.s3_endpoint_id,
            interface_endpoint_ids=endpoints.interface_endpoint_ids,
        )
        self.register_outputs({"vpcId": vpc_id, "privateSubnetIds": subnet_ids})


def _checked(subnet: pulumi.Output[ec2.GetSubnetResult], vpc_id: str, zone: str) -> pulumi.Output[ec2.GetSubnetResult]:
    """The subnet, if it is as the spec says."""

    def check(found: ec2.GetSubnetResult) -> ec2.GetSubnetResult:
        if found.vpc_id != vpc_id:
            raise ValueError(f"subnet {found.id} is in {found.vpc_id}, not in {vpc_id}; name one of that VPC's subnets")
        if found.availability_zone != zone:
            raise ValueError(
                f"subnet {found.id} is in {found.availability_zone}, not in {zone}; order subnets as zones"
            )
        if found.map_public_ip_on_launch:
            raise ValueError(f"subnet {found.id} gives out public addresses; name a private subnet of {zone}")
        return found

    return subnet.apply(check)
