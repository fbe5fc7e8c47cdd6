"""VPCs and subnets."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, filters, given, one, retag, tag_map, tag_specification

VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")


class Vpc(LiveResource):
    token = "aws:ec2/vpc:Vpc"
    kept = frozenset({"ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        to_shared = new.get("instanceTenancy", "default") == "default"  # the one way AWS allows in place
        return forced - {"instanceTenancy"} if to_shared else forced

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_vpc(
            **given(
                inputs,
                CidrBlock="cidrBlock",
                InstanceTenancy="instanceTenancy",
                AmazonProvidedIpv6CidrBlock="assignGeneratedIpv6CidrBlock",
                Ipv6CidrBlockNetworkBorderGroup="ipv6CidrBlockNetworkBorderGroup",
            ),
            **tag_specification("vpc", inputs.get("tags")),
        )
        return str(answer["Vpc"]["VpcId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        # A VPC starts with DNS support and without host names; only what differs is a call.
        unlike = {"enableDnsSupport": True, "enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False}
        self._set_attributes(api, id, {n: inputs[n] for n in VPC_ATTRIBUTES if inputs.get(n) not in (None, unlike[n])})

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        ec2 = api.client("ec2")
        vpc = one(ec2.describe_vpcs, "Vpcs", VpcIds=[id])
        if vpc is None:
            return None
        ipv6: Props = next(iter(vpc.get("Ipv6CidrBlockAssociationSet", ())), {})
        return {
            "arn": arn(api, "ec2", f"vpc/{id}"),
            "ownerId": api.account_id,
            "cidrBlock": vpc["CidrBlock"],
            "instanceTenancy": vpc["InstanceTenancy"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
            "assignGeneratedIpv6CidrBlock": True if ipv6 else state.get("assignGeneratedIpv6CidrBlock"),
            "ipv6AssociationId": ipv6.get("AssociationId", ""),
            "ipv6CidrBlock": ipv6.get("Ipv6CidrBlock"),
            "ipv6CidrBlockNetworkBorderGroup": ipv6.get("NetworkBorderGroup"),
            "tags": tag_map(vpc.get("Tags")),
            **{name: self._attribute(ec2, id, name) for name in VPC_ATTRIBUTES},
            **self._own_parts(ec2, id),
        }

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
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_vpc(VpcId=id)

    def _set_attributes(self, api: Api, id: str, values: Mapping[str, bool]) -> None:
        # DNS host names need DNS support: it is switched on first and off last.
        for name in sorted(values, key=VPC_ATTRIBUTES.index, reverse=values.get("enableDnsSupport") is False):
            api.client("ec2").modify_vpc_attribute(VpcId=id, **{_capital(name): {"Value": values[name]}})

    def _attribute(self, ec2: Any, id: str, name: str) -> bool:
        return bool(ec2.describe_vpc_attribute(VpcId=id, Attribute=name)[_capital(name)]["Value"])

    def _own_parts(self, ec2: Any, id: str) -> Props:
        """What AWS creates with every VPC."""
        tables = ec2.describe_route_tables(
            Filters=[*filters(vpc_id=id), {"Name": "association.main", "Values": ["true"]}]
        )
        acls = ec2.describe_network_acls(Filters=filters(vpc_id=id, default="true"))
        groups = ec2.describe_security_groups(Filters=filters(vpc_id=id, group_name="default"))
        main = next((table["RouteTableId"] for table in tables["RouteTables"]), None)
        return {
            "mainRouteTableId": main,
            "defaultRouteTableId": main,
            "defaultNetworkAclId": next((acl["NetworkAclId"] for acl in acls["NetworkAcls"]), None),
            "defaultSecurityGroupId": next((group["GroupId"] for group in groups["SecurityGroups"]), None),
        }


class Subnet(LiveResource):
    token = "aws:ec2/subnet:Subnet"
    kept = frozenset(
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

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_subnet(
            **given(
                inputs,
                VpcId="vpcId",
                CidrBlock="cidrBlock",
                Ipv6CidrBlock="ipv6CidrBlock",
                AvailabilityZone="availabilityZone",
                AvailabilityZoneId="availabilityZoneId",
                Ipv6Native="ipv6Native",
            ),
            **tag_specification("subnet", inputs.get("tags")),
        )
        return str(answer["Subnet"]["SubnetId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        # moto takes the first subnet of a zone for the default one and hands out public addresses: always set it.
        self._set(api, id, "mapPublicIpOnLaunch", inputs)
        for name in ("assignIpv6AddressOnCreation", "enableResourceNameDnsARecordOnLaunch"):
            if inputs.get(name):
                self._set(api, id, name, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        subnet = one(api.client("ec2").describe_subnets, "Subnets", Filters=filters(subnet_id=id))
        if subnet is None:
            return None
        ipv6: Props = next(iter(subnet.get("Ipv6CidrBlockAssociationSet", ())), {})
        names = subnet.get("PrivateDnsNameOptionsOnLaunch", {})
        return {
            "arn": arn(api, "ec2", f"subnet/{id}"),
            "ownerId": api.account_id,
            "vpcId": subnet["VpcId"],
            "cidrBlock": subnet.get("CidrBlock"),
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet.get("AvailabilityZoneId"),
            "ipv6CidrBlock": ipv6.get("Ipv6CidrBlock"),
            "ipv6CidrBlockAssociationId": ipv6.get("AssociationId", ""),
            "ipv6Native": bool(subnet.get("Ipv6Native")),
            "mapPublicIpOnLaunch": bool(subnet.get("MapPublicIpOnLaunch")),
            "assignIpv6AddressOnCreation": bool(subnet.get("AssignIpv6AddressOnCreation")),
            "enableResourceNameDnsARecordOnLaunch": bool(names.get("EnableResourceNameDnsARecord")),
            "enableResourceNameDnsAaaaRecordOnLaunch": False,
            "enableDns64": False,
            "privateDnsHostnameTypeOnLaunch": names.get("HostnameType"),
            "tags": tag_map(subnet.get("Tags")),
        }

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
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_subnet(SubnetId=id)

    def _set(self, api: Api, id: str, name: str, inputs: Props) -> None:
        value = {"Value": bool(inputs.get(name))}
        api.client("ec2").modify_subnet_attribute(SubnetId=id, **{self.ATTRIBUTES[name]: value})


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]
