"""Endpoint services (the provider's side of PrivateLink), who may connect, and notices about connections."""

import hashlib

from awsread.errors import or_none
from sandbox.aws.recorded import ID_DIGITS, RecordedResource, new_id
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import (
    LiveResource,
    arn,
    claims,
    given,
    one,
    retag,
    same_set,
    tag_map,
    tag_specification,
)

PRINCIPAL_TOKEN = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
MEMBERS = {
    "networkLoadBalancerArns": "NetworkLoadBalancerArns",
    "gatewayLoadBalancerArns": "GatewayLoadBalancerArns",
    "supportedIpAddressTypes": "SupportedIpAddressTypes",
    "supportedRegions": "SupportedRegions",
}


class VpcEndpointService(LiveResource):
    """A service behind load balancers; principals that are resources of their own are theirs to report."""

    token = "aws:ec2/vpcEndpointService:VpcEndpointService"
    kept = frozenset({"supportedIpAddressTypes"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_vpc_endpoint_service_configuration(
            AcceptanceRequired=inputs["acceptanceRequired"],
            **given(inputs, PrivateDnsName="privateDnsName", **{key: name for name, key in MEMBERS.items()}),
            **tag_specification("vpc-endpoint-service", inputs.get("tags")),
        )
        return str(answer["ServiceConfiguration"]["ServiceId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self._allow(api, id, set(), set(inputs.get("allowedPrincipals") or ()))

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        ec2 = api.client("ec2")
        service = one(ec2.describe_vpc_endpoint_service_configurations, "ServiceConfigurations", ServiceIds=[id])
        if service is None:
            return None
        owned = {
            entry["principalArn"] for _, entry in claims(api, PRINCIPAL_TOKEN) if entry["vpcEndpointServiceId"] == id
        }
        principals = [principal for principal in allowed_principals(api, id) if principal not in owned]
        regions = [region["Region"] for region in service.get("SupportedRegions", ())]
        return {
            "arn": arn(api, "ec2", f"vpc-endpoint-service/{id}"),
            "serviceName": service["ServiceName"],
            "serviceType": service["ServiceType"][0]["ServiceType"],
            "state": service["ServiceState"],
            "acceptanceRequired": bool(service["AcceptanceRequired"]),
            "allowedPrincipals": same_set(state.get("allowedPrincipals"), principals),
            "availabilityZones": sorted(service.get("AvailabilityZones", ())),
            "baseEndpointDnsNames": service.get("BaseEndpointDnsNames", []),
            "managesVpcEndpoints": bool(service.get("ManagesVpcEndpoints")),
            "privateDnsName": service.get("PrivateDnsName") or None,
            "privateDnsNameConfigurations": _verification(service),
            "networkLoadBalancerArns": _arns(state, service, "networkLoadBalancerArns"),
            "gatewayLoadBalancerArns": _arns(state, service, "gatewayLoadBalancerArns"),
            "supportedIpAddressTypes": ["ipv4"],
            "supportedRegions": same_set(state.get("supportedRegions"), regions or [api.region]),
            "tags": tag_map(service.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        arguments: Props = {}
        if "acceptanceRequired" in changed:
            arguments["AcceptanceRequired"] = new["acceptanceRequired"]
        if "privateDnsName" in changed:
            arguments["PrivateDnsName"] = new.get("privateDnsName") or ""
        for name, argument in MEMBERS.items():
            if name in changed:
                before, after = set(old.get(name) or ()), set(new.get(name) or ())
                members = {f"Add{argument}": sorted(after - before), f"Remove{argument}": sorted(before - after)}
                arguments |= {key: value for key, value in members.items() if value}
        if arguments:
            ec2.modify_vpc_endpoint_service_configuration(ServiceId=id, **arguments)
        if "allowedPrincipals" in changed:
            self._allow(api, id, set(old.get("allowedPrincipals") or ()), set(new.get("allowedPrincipals") or ()))
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_vpc_endpoint_service_configurations(ServiceIds=[id])

    def _allow(self, api: Api, id: str, before: set[str], after: set[str]) -> None:
        arguments = {"AddAllowedPrincipals": sorted(after - before), "RemoveAllowedPrincipals": sorted(before - after)}
        if wanted := {key: value for key, value in arguments.items() if value}:
            api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=id, **wanted)


class VpcEndpointServiceAllowedPrinciple(LiveResource):
    """One principal that may connect. moto names no permission, so the id is a hash of service and principal."""

    token = PRINCIPAL_TOKEN

    def make(self, api: Api, inputs: Props) -> str:
        service, principal = inputs["vpcEndpointServiceId"], inputs["principalArn"]
        api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=service, AddAllowedPrincipals=[principal])
        id = _permission_id(service, principal)
        self.note(api, id, vpcEndpointServiceId=service, principalArn=principal)
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        known = self.noted(api, id) or state
        service, principal = known.get("vpcEndpointServiceId"), known.get("principalArn")
        if service is None or principal not in allowed_principals(api, service):
            return None
        return {"vpcEndpointServiceId": service, "principalArn": principal}

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").modify_vpc_endpoint_service_permissions(
            ServiceId=state["vpcEndpointServiceId"], RemoveAllowedPrincipals=[state["principalArn"]]
        )


class VpcEndpointConnectionNotification(RecordedResource):
    token = "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification"

    def identity(self, api: Api, inputs: Props) -> str:
        return new_id("vpce-nfn")

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"notificationType": "Topic", "state": "Enabled"}


def allowed_principals(api: Api, service_id: str) -> list[str]:
    """Who may connect to a service; nobody where it is gone."""
    answer = or_none(api.client("ec2").describe_vpc_endpoint_service_permissions, ServiceId=service_id)
    return sorted(entry["Principal"] for entry in answer["AllowedPrincipals"]) if answer else []


def _arns(state: Props, service: Props, name: str) -> list[str]:
    return same_set(state.get(name), service.get(MEMBERS[name], ()))


def _verification(service: Props) -> list[Props]:
    answer = service.get("PrivateDnsNameConfiguration") or {}
    if not answer:
        return []
    return [{key: answer.get(key.capitalize(), "") for key in ("name", "state", "type", "value")}]


def _permission_id(service_id: str, principal: str) -> str:
    return f"svcperm-{hashlib.sha256(f'{service_id}/{principal}'.encode()).hexdigest()[:ID_DIGITS]}"
