"""Security group rules between a service of the keep and the workloads that may call it, both halves of each."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import vpc


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
    """The service takes each client's connections on the ports, and each client's group lets them out.

    `client_group_ids` maps a label that stays ("ingest") to a group: the label is part of the rules' names.
    """
    for client, client_group_id in client_group_ids.items():
        for port in ports:
            label, description = f"{name}-{client}-{port}", f"{client} to {service}, port {port}"
            vpc.SecurityGroupIngressRule(
                label,
                security_group_id=service_group_id,
                referenced_security_group_id=client_group_id,
                description=description,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=tags,
                opts=opts,
            )
            vpc.SecurityGroupEgressRule(
                label,
                security_group_id=client_group_id,
                referenced_security_group_id=service_group_id,
                description=description,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=tags,
                opts=opts,
            )
