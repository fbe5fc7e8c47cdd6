"""Internet gateways, NAT gateways and elastic addresses: only keeps whose spec allows egress have them."""

from typing import Any

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, given, one, retag, tag_map, tag_specification


class InternetGateway(LiveResource):
    token = "aws:ec2/internetGateway:InternetGateway"

    def make(self, api: Api, inputs: Props) -> str:
        specification = tag_specification("internet-gateway", inputs.get("tags"))
        answer = api.client("ec2").create_internet_gateway(**specification)
        return str(answer["InternetGateway"]["InternetGatewayId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("vpcId"):
            api.client("ec2").attach_internet_gateway(InternetGatewayId=id, VpcId=inputs["vpcId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        gateway = one(api.client("ec2").describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id])
        if gateway is None:
            return None
        return {
            "arn": arn(api, "ec2", f"internet-gateway/{id}"),
            "ownerId": api.account_id,
            "vpcId": _attached(gateway),
            "tags": tag_map(gateway.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        if "vpcId" in changed:
            self._detach(ec2, id)
            self.settle(api, id, new)
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        self._detach(ec2, id)
        ec2.delete_internet_gateway(InternetGatewayId=id)

    def _detach(self, ec2: Any, id: str) -> None:
        gateway = one(ec2.describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id])
        vpc_id = _attached(gateway or {})
        if vpc_id:
            ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=vpc_id)


class NatGateway(LiveResource):
    token = "aws:ec2/natGateway:NatGateway"
    kept = frozenset(
        {
            "availabilityMode",
            "availabilityZoneAddresses",
            "privateIp",
            "secondaryAllocationIds",
            "secondaryPrivateIpAddressCount",
            "secondaryPrivateIpAddresses",
            "vpcId",
        }
    )

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_nat_gateway(
            **given(
                inputs,
                SubnetId="subnetId",
                AllocationId="allocationId",
                ConnectivityType="connectivityType",
                PrivateIpAddress="privateIp",
            ),
            **tag_specification("natgateway", inputs.get("tags")),
        )
        return str(answer["NatGateway"]["NatGatewayId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        gateway = one(api.client("ec2").describe_nat_gateways, "NatGateways", NatGatewayIds=[id])
        if gateway is None or gateway["State"] in ("deleted", "deleting"):
            return None
        address: Props = next(iter(gateway.get("NatGatewayAddresses", ())), {})
        return {
            "subnetId": gateway["SubnetId"],
            "connectivityType": gateway["ConnectivityType"],
            "allocationId": address.get("AllocationId"),
            "associationId": address.get("AssociationId"),
            "networkInterfaceId": address.get("NetworkInterfaceId"),
            "privateIp": address.get("PrivateIp"),
            "publicIp": address.get("PublicIp"),
            "tags": tag_map(gateway.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        retag(api.client("ec2"), id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        ec2.delete_nat_gateway(NatGatewayId=id)
        # AWS lets the address and the interface go with the gateway, moto does not.
        if state.get("associationId"):
            ec2.disassociate_address(AssociationId=state["associationId"])
        if state.get("networkInterfaceId"):
            ec2.delete_network_interface(NetworkInterfaceId=state["networkInterfaceId"])


class Eip(LiveResource):
    token = "aws:ec2/eip:Eip"
    kept = frozenset({"associateWithPrivateIp", "customerOwnedIpv4Pool", "ipamPoolId", "publicIpv4Pool"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").allocate_address(
            Domain=inputs.get("domain", "vpc"),
            **given(inputs, Address="address", NetworkBorderGroup="networkBorderGroup"),
            **tag_specification("elastic-ip", inputs.get("tags")),
        )
        return str(answer["AllocationId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        target = given(inputs, InstanceId="instance", NetworkInterfaceId="networkInterface")
        if target:
            private = given(inputs, PrivateIpAddress="associateWithPrivateIp")
            api.client("ec2").associate_address(AllocationId=id, **target, **private)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        address = one(api.client("ec2").describe_addresses, "Addresses", AllocationIds=[id])
        if address is None:
            return None
        public = address["PublicIp"]
        dashed = str(public).replace(".", "-")
        return {
            "allocationId": id,
            "arn": arn(api, "ec2", f"elastic-ip/{id}"),
            "domain": address["Domain"],
            "publicIp": public,
            "publicDns": f"ec2-{dashed}.{api.region}.compute.amazonaws.com",
            "instance": address.get("InstanceId") or None,
            "networkInterface": state.get("networkInterface") and address.get("NetworkInterfaceId"),
            "networkBorderGroup": address.get("NetworkBorderGroup") or api.region,
            "tags": tag_map(address.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        if changed & {"instance", "networkInterface", "associateWithPrivateIp"}:
            self._dissociate(ec2, id)
            self.settle(api, id, new)
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        self._dissociate(ec2, id)
        ec2.release_address(AllocationId=id)

    def _dissociate(self, ec2: Any, id: str) -> None:
        address = one(ec2.describe_addresses, "Addresses", AllocationIds=[id]) or {}
        if address.get("AssociationId"):
            ec2.disassociate_address(AssociationId=address["AssociationId"])


def _attached(gateway: Props) -> str | None:
    attachment: Props = next(iter(gateway.get("Attachments", ())), {})
    vpc_id = attachment.get("VpcId")
    return None if vpc_id is None else str(vpc_id)
