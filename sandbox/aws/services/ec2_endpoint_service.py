"""Endpoint services (the provider's side of PrivateLink), who may connect, and notices about connections."""

import hashlib

from awsread.services.ec2_endpoint import PRINCIPAL
from sandbox.aws.recorded import ID_DIGITS, RecordedResource
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import moved

MEMBERS = {
    "networkLoadBalancerArns": "NetworkLoadBalancerArns",
    "gatewayLoadBalancerArns": "GatewayLoadBalancerArns",
    "supportedIpAddressTypes": "SupportedIpAddressTypes",
    "supportedRegions": "SupportedRegions",
}


class VpcEndpointService(LiveResource):
    token = "aws:ec2/vpcEndpointService:VpcEndpointService"
    service, tag_kind = "ec2", "vpc-endpoint-service"
    creation = ("create_vpc_endpoint_service_configuration", "ServiceConfiguration.ServiceId")
    deletion = ("delete_vpc_endpoint_service_configurations", "ServiceIds")
    in_ledger = frozenset({"supportedIpAddressTypes"})
    moto_omits = {"supportedIpAddressTypes": ["ipv4"]}

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self._allow(api, id, {}, inputs)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        arguments: Props = {}
        if "acceptanceRequired" in changed:
            arguments["AcceptanceRequired"] = new["acceptanceRequired"]
        if "privateDnsName" in changed:
            arguments["PrivateDnsName"] = new.get("privateDnsName") or ""
        for name, argument in MEMBERS.items():
            came, went = moved(old, new, name) if name in changed else ([], [])
            arguments |= {key: value for key, value in ((f"Add{argument}", came), (f"Remove{argument}", went)) if value}
        if arguments:
            api.client("ec2").modify_vpc_endpoint_service_configuration(ServiceId=id, **arguments)
        self._allow(api, id, old, new)
        self.retag(api, id, old, new)

    def _allow(self, api: Api, id: str, old: Props, new: Props) -> None:
        came, went = moved(old, new, "allowedPrincipals")
        arguments = {"AddAllowedPrincipals": came, "RemoveAllowedPrincipals": went}
        if wanted := {key: value for key, value in arguments.items() if value}:
            api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=id, **wanted)


class VpcEndpointServiceAllowedPrinciple(LiveResource):
    """One principal that may connect. moto names no permission, so the id is a hash of service and principal."""

    token = PRINCIPAL

    def make(self, api: Api, inputs: Props) -> str:
        service, principal = inputs["vpcEndpointServiceId"], inputs["principalArn"]
        api.client("ec2").modify_vpc_endpoint_service_permissions(ServiceId=service, AddAllowedPrincipals=[principal])
        return f"svcperm-{hashlib.sha256(f'{service}/{principal}'.encode()).hexdigest()[:ID_DIGITS]}"

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        return super().read_live(api, id, self.noted(api, id) or state)

    def owner_facts(self, found: Props) -> Props:
        return found

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").modify_vpc_endpoint_service_permissions(
            ServiceId=state["vpcEndpointServiceId"], RemoveAllowedPrincipals=[state["principalArn"]]
        )


class VpcEndpointConnectionNotification(RecordedResource):
    token = "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification"

    id_prefix = "vpce-nfn"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"notificationType": "Topic", "state": "Enabled"}
