"""VPCs and subnets."""

from collections.abc import Mapping

from awsread.services.ec2 import VPC_ATTRIBUTES
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource


class Vpc(LiveResource):
    token = "aws:ec2/vpc:Vpc"
    service, tag_kind = "ec2", "vpc"
    creation = ("create_vpc", "Vpc.VpcId")
    deletion = ("delete_vpc", "VpcId")
    names = {"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"}
    in_ledger = frozenset({"ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        to_shared = new.get("instanceTenancy", "default") == "default"  # the one way AWS allows in place
        return forced - {"instanceTenancy"} if to_shared else forced

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        # A VPC starts with DNS support and without host names; only what differs is a call.
        unlike = {"enableDnsSupport": True, "enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False}
        self._set_attributes(api, id, {n: inputs[n] for n in VPC_ATTRIBUTES if inputs.get(n) not in (None, unlike[n])})

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        self._set_attributes(api, id, {name: bool(new.get(name)) for name in VPC_ATTRIBUTES if name in changed})
        if "instanceTenancy" in changed:
            ec2.modify_vpc_tenancy(VpcId=id, InstanceTenancy=new.get("instanceTenancy", "default"))
        if "assignGeneratedIpv6CidrBlock" in changed:
            if new.get("assignGeneratedIpv6CidrBlock"):
                ec2.associate_vpc_cidr_block(VpcId=id, AmazonProvidedIpv6CidrBlock=True)
            elif old.get("ipv6AssociationId"):
                ec2.disassociate_vpc_cidr_block(AssociationId=old["ipv6AssociationId"])
        self.retag(api, id, old, new)

    def _set_attributes(self, api: Api, id: str, values: Mapping[str, bool]) -> None:
        # DNS host names need DNS support: it is switched on first and off last.
        for name in sorted(values, key=VPC_ATTRIBUTES.index, reverse=values.get("enableDnsSupport") is False):
            attribute = {name[0].upper() + name[1:]: {"Value": values[name]}}
            api.client("ec2").modify_vpc_attribute(VpcId=id, **attribute)


class Subnet(LiveResource):
    token = "aws:ec2/subnet:Subnet"
    service, tag_kind = "ec2", "subnet"
    creation = ("create_subnet", "Subnet.SubnetId")
    deletion = ("delete_subnet", "SubnetId")
    in_ledger = frozenset(
        {
            "enableDns64",
            "enableResourceNameDnsAaaaRecordOnLaunch",
            "privateDnsHostnameTypeOnLaunch",
            "enableLniAtDeviceIndex",
            "mapCustomerOwnedIpOnLaunch",
            "customerOwnedIpv4Pool",
            "outpostArn",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "ipv6IpamPoolId",
            "ipv6NetmaskLength",
        }
    )
    ATTRIBUTES = {
        "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
        "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
    }

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        # moto takes the first subnet of a zone for the default one and hands out public addresses: always set it.
        self._set(api, id, "mapPublicIpOnLaunch", inputs)
        for name in ("assignIpv6AddressOnCreation", "enableResourceNameDnsARecordOnLaunch"):
            if inputs.get(name):
                self._set(api, id, name, inputs)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        for name in self.ATTRIBUTES:
            if name in changed:
                self._set(api, id, name, new)
        if "ipv6CidrBlock" in changed:
            if old.get("ipv6CidrBlockAssociationId"):
                ec2.disassociate_subnet_cidr_block(AssociationId=old["ipv6CidrBlockAssociationId"])
            if new.get("ipv6CidrBlock"):
                ec2.associate_subnet_cidr_block(SubnetId=id, Ipv6CidrBlock=new["ipv6CidrBlock"])
        self.retag(api, id, old, new)

    def _set(self, api: Api, id: str, name: str, inputs: Props) -> None:
        value = {"Value": bool(inputs.get(name))}
        api.client("ec2").modify_subnet_attribute(SubnetId=id, **{self.ATTRIBUTES[name]: value})
