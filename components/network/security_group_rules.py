"""Security group rules in pairs: out of one group, and into the other."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import vpc


def allow_between_groups(
    name: str,
    *,
    source_id: pulumi.Input[str],
    target_id: pulumi.Input[str],
    port: int | None,
    description: str,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Connections from the source's group to one TCP port of the target's; without a port, all traffic."""
    protocol = "-1" if port is None else "tcp"
    vpc.SecurityGroupEgressRule(
        name,
        security_group_id=source_id,
        referenced_security_group_id=target_id,
        description=description,
        ip_protocol=protocol,
        from_port=port,
        to_port=port,
        tags=tags,
        opts=opts,
    )
    vpc.SecurityGroupIngressRule(
        name,
        security_group_id=target_id,
        referenced_security_group_id=source_id,
        description=description,
        ip_protocol=protocol,
        from_port=port,
        to_port=port,
        tags=tags,
        opts=opts,
    )


def admit_clients(
    name: str,
    *,
    service_group_id: pulumi.Input[str],
    client_group_ids: Mapping[str, pulumi.Input[str]],
    ports: Sequence[int],
    service: str,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Connections from each client's group to each port of the service.

    `client_group_ids` maps a label ("ingest"), which is part of the rules' names, to a group.
    """
    for client, client_group_id in client_group_ids.items():
        for port in ports:
            allow_between_groups(
                f"{name}-{client}-{port}",
                source_id=client_group_id,
                target_id=service_group_id,
                port=port,
                description=f"{client} to {service}, port {port}",
                tags=tags,
                opts=opts,
            )
