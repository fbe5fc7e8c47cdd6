"""VPC endpoints, their policies, endpoint services and their allowed principals."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import camel, filters, one, pick, same_json, same_set
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads
from awsread.services.ec2 import members, owned

ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"


@reads(
    "ec2",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    fixed="autoAccept dnsOptions ipAddressType serviceRegion subnetConfigurations",
)
def vpc_endpoint(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """An endpoint, without a policy that is a separate resource."""
    found = endpoint_of(aws, id)
    if found is None:
        return None
    apart = any(each == id for each, _ in aws.declared(ENDPOINT_POLICY) or ())
    found["SecurityGroupIds"] = [group["GroupId"] for group in found.get("Groups", ())]
    return {
        **owned(aws, "vpc-endpoint", id, found),
        **pick(found, "VpcId", "ServiceName", "VpcEndpointType", "IpAddressType"),
        "state": str(found["State"]).lower(),
        "requesterManaged": bool(found.get("RequesterManaged")),
        "policy": None if apart else same_json(known.get("policy"), found.get("PolicyDocument")),
        "privateDnsEnabled": bool(found.get("PrivateDnsEnabled")),
        **members(known, found, routeTableIds="RouteTableIds", subnetIds="SubnetIds"),
        **members(known, found, securityGroupIds="SecurityGroupIds"),
        "networkInterfaceIds": sorted(found.get("NetworkInterfaceIds", ())),
        "dnsEntries": camel(found.get("DnsEntries", [])),
        **_prefix_list(aws, found),
    }


def _prefix_list(aws: Aws, endpoint: Props) -> Props:
    """The prefix list that a gateway endpoint routes to."""
    ec2 = aws.client("ec2")
    wanted = filters(prefix_list_name=endpoint["ServiceName"])
    is_gateway = endpoint["VpcEndpointType"] == "Gateway"
    found = one(ec2.describe_prefix_lists, "PrefixLists", Filters=wanted) if is_gateway else None
    if found is None:
        return {"cidrBlocks": [], "prefixListId": None}
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]
    return {"prefixListId": found["PrefixListId"], "cidrBlocks": sorted(entry["Cidr"] for entry in entries)}


@reads("ec2", ENDPOINT_POLICY)
def vpc_endpoint_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = endpoint_of(aws, id)
    if found is None:
        return None
    return {"vpcEndpointId": id, "policy": same_json(known.get("policy"), found.get("PolicyDocument"))}


def endpoint_of(aws: Aws, id: str) -> Props | None:
    """DescribeVpcEndpoints' answer; None if the endpoint is deleted or being deleted."""
    found = one(aws.client("ec2").describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id])
    return None if found is None or found["State"] in ("deleted", "deleting") else found


@reads("ec2", "aws:ec2/vpcEndpointService:VpcEndpointService", fixed="supportedIpAddressTypes")
def vpc_endpoint_service(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A service, without principals that are separate resources."""
    ec2 = aws.client("ec2")
    found = one(ec2.describe_vpc_endpoint_service_configurations, "ServiceConfigurations", ServiceIds=[id])
    if found is None:
        return None
    apart = {
        each["principalArn"] for _, each in aws.declared(PRINCIPAL) or () if each.get("vpcEndpointServiceId") == id
    }
    principals = [each for each in allowed_principals(aws, id) if each not in apart]
    regions = [each["Region"] for each in found.get("SupportedRegions", ())]
    names = found.get("PrivateDnsNameConfiguration") or {}
    return {
        **owned(aws, "vpc-endpoint-service", id, found),
        "ownerId": None,
        **pick(found, "ServiceName", state="ServiceState"),
        "serviceType": found["ServiceType"][0]["ServiceType"],
        "acceptanceRequired": bool(found["AcceptanceRequired"]),
        "allowedPrincipals": same_set(known.get("allowedPrincipals"), principals),
        "availabilityZones": sorted(found.get("AvailabilityZones", ())),
        "baseEndpointDnsNames": found.get("BaseEndpointDnsNames", []),
        "managesVpcEndpoints": bool(found.get("ManagesVpcEndpoints")),
        "privateDnsName": found.get("PrivateDnsName") or None,
        "privateDnsNameConfigurations": [
            {key: names.get(key.capitalize(), "") for key in ("name", "state", "type", "value")}
        ]
        if names
        else [],
        **members(known, found, networkLoadBalancerArns="NetworkLoadBalancerArns"),
        **members(known, found, gatewayLoadBalancerArns="GatewayLoadBalancerArns"),
        "supportedIpAddressTypes": found.get("SupportedIpAddressTypes"),
        "supportedRegions": same_set(known.get("supportedRegions"), regions or [aws.region]),
    }


@reads("ec2", PRINCIPAL)
def allowed_principal(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A permission, found by the state's service and principal: the id does not contain them."""
    service, principal = known.get("vpcEndpointServiceId"), known.get("principalArn")
    if service is None or principal not in allowed_principals(aws, service):
        return None
    return {"vpcEndpointServiceId": service, "principalArn": principal}


def allowed_principals(aws: Aws, service_id: str) -> list[str]:
    """The principals that may connect to a service; none if it is gone."""
    answer = or_none(aws.client("ec2").describe_vpc_endpoint_service_permissions, ServiceId=service_id)
    return sorted(entry["Principal"] for entry in answer["AllowedPrincipals"]) if answer else []
