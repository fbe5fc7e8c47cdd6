"""Service-linked roles: one per AWS service and account, which AWS makes no second time.

Most services make theirs when they are first used. Two do not do so in time: OpenSearch refuses a domain in a VPC
without it (aws/copilot-cli issue 3006, 2022-12-06), and a grant of a KMS key names only a role that exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam

from components.naming import DataClass, Keep

OPENSEARCH: Final = "opensearchservice.amazonaws.com"
AUTO_SCALING: Final = "autoscaling.amazonaws.com"
DESCRIPTIONS: Final[Mapping[str, str]] = {
    OPENSEARCH: "Lets OpenSearch put its interfaces into the keep's network",
    AUTO_SCALING: "Lets EC2 Auto Scaling start and stop nodes",
}


@dataclass(frozen=True, kw_only=True)
class ServiceRoleRef:
    """A role, and the resources after which it exists."""

    arn: pulumi.Output[str]
    after: tuple[pulumi.Resource, ...] = ()


class ServiceRole:
    """A role made by the stack. It outlives the stack: AWS would refuse other keeps of the account without it."""

    ref: ServiceRoleRef

    def __init__(self, name: str, service: str, keep: Keep, opts: pulumi.ResourceOptions) -> None:
        role = iam.ServiceLinkedRole(
            name,
            aws_service_name=service,
            description=DESCRIPTIONS[service],
            tags=keep.tags(DataClass.CONFIG, name=name),
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True)),
        )
        self.ref = ServiceRoleRef(arn=role.arn, after=(role,))


class AdoptedServiceRole:
    """The role that the account has."""

    ref: ServiceRoleRef

    def __init__(self, arn: str) -> None:
        self.ref = ServiceRoleRef(arn=pulumi.Output.from_input(arn))


def service_role(
    name: str, service: str, keep: Keep, existing: Mapping[str, str], opts: pulumi.ResourceOptions
) -> ServiceRoleRef:
    """The account's role of a service: adopted where `existing` (service -> ARN) has it, else made."""
    if service in existing:
        return AdoptedServiceRole(existing[service]).ref
    return ServiceRole(name, service, keep, opts).ref
