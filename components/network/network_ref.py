"""A reference to a keep's network, for other components, whoever built it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """Private subnets in two or three zones, and the endpoints through which they reach AWS.

    Sequences run parallel to `zones`.
    """

    vpc_id: pulumi.Output[str]
    cidr: pulumi.Output[str]
    zones: Sequence[str]
    private_subnet_ids: Sequence[pulumi.Output[str]]  # for workloads
    endpoint_subnet_ids: Sequence[pulumi.Output[str]]  # for interface endpoints and load balancers
    private_cidrs: Sequence[pulumi.Output[str]]
    endpoint_cidrs: Sequence[pulumi.Output[str]]
    route_table_ids: Sequence[pulumi.Output[str]]  # of the private subnets
    endpoint_security_group_id: pulumi.Output[str]  # accepts 443 from the VPC's addresses
    s3_endpoint_id: pulumi.Output[str]  # gateway endpoint; bucket policies name it in aws:SourceVpce
    interface_endpoint_ids: Mapping[str, pulumi.Output[str]]  # service ("ecr.api") -> endpoint
