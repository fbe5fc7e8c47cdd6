"""Internet gateways, NAT gateways and elastic addresses: only keeps whose spec allows egress have them."""

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, args_of


class InternetGateway(LiveResource):
    token = "aws:ec2/internetGateway:InternetGateway"
    service, tag_kind = "ec2", "internet-gateway"
    creation = ("create_internet_gateway", "InternetGateway.InternetGatewayId")
    deletion = ("delete_internet_gateway", "InternetGatewayId")

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("vpcId"):
            api.client("ec2").attach_internet_gateway(InternetGatewayId=id, VpcId=inputs["vpcId"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if "vpcId" in changed:
            self._detach(api, id)
            self.configure(api, id, new)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._detach(api, id)
        super().remove(api, id, state)

    def _detach(self, api: Api, id: str) -> None:
        if vpc_id := (self.read_live(api, id, {}) or {}).get("vpcId"):
            api.client("ec2").detach_internet_gateway(InternetGatewayId=id, VpcId=vpc_id)


class NatGateway(LiveResource):
    token = "aws:ec2/natGateway:NatGateway"
    service, tag_kind = "ec2", "natgateway"
    creation = ("create_nat_gateway", "NatGateway.NatGatewayId")
    names = {"privateIp": "PrivateIpAddress"}
    in_ledger = frozenset(
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
    service, tag_kind = "ec2", "elastic-ip"
    creation = ("allocate_address", "AllocationId")
    deletion = ("release_address", "AllocationId")
    in_ledger = frozenset({"associateWithPrivateIp", "customerOwnedIpv4Pool", "ipamPoolId", "publicIpv4Pool"})

    def make(self, api: Api, inputs: Props) -> str:
        return super().make(api, {"domain": "vpc", **inputs})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        target = args_of(inputs, InstanceId="instance", NetworkInterfaceId="networkInterface")
        if target:
            private = args_of(inputs, PrivateIpAddress="associateWithPrivateIp")
            api.client("ec2").associate_address(AllocationId=id, **target, **private)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed & {"instance", "networkInterface", "associateWithPrivateIp"}:
            self._dissociate(api, id)
            self.configure(api, id, new)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._dissociate(api, id)
        super().remove(api, id, state)

    def _dissociate(self, api: Api, id: str) -> None:
        ec2 = api.client("ec2")
        for address in ec2.describe_addresses(AllocationIds=[id])["Addresses"]:
            if address.get("AssociationId"):
                ec2.disassociate_address(AssociationId=address["AssociationId"])
