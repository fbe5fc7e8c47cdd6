"""A keep's network as other components see it, whoever built it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi


class NetworkLike(Protocol):
    """Private subnets in two or three zones, and the endpoints by which AWS is reached from them."""

    vpc_id: pulumi.Output[str]
    cidr: pulumi.Output[str]
    zones: Sequence[str]
    private_subnet_ids: Sequence[pulumi.Output[str]]  # workloads, one per zone in the order of `zones`
    endpoint_subnet_ids: Sequence[pulumi.Output[str]]  # interface endpoints and load balancers, one per zone
    private_cidrs: Sequence[pulumi.Output[str]]  # ranges of those subnets, likewise by zone
    endpoint_cidrs: Sequence[pulumi.Output[str]]
    route_table_ids: Sequence[pulumi.Output[str]]  # of the private subnets, one per zone
    endpoint_security_group_id: pulumi.Output[str]  # takes 443 from the VPC's addresses
    s3_endpoint_id: pulumi.Output[str]  # gateway endpoint; the bucket policies name it in aws:SourceVpce
    interface_endpoint_ids: Mapping[str, pulumi.Output[str]]  # service ("ecr.api") -> endpoint
