"""Network ACLs, and the default one of a VPC."""

from awsread.answers import filters, one
from awsread.services.ec2_network_acl import DIRECTIONS, acl_of, rule_arguments, written
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import moved


class NetworkAcl(LiveResource):
    token = "aws:ec2/networkAcl:NetworkAcl"
    service, tag_kind = "ec2", "network-acl"
    creation = ("create_network_acl", "NetworkAcl.NetworkAclId")
    deletion = ("delete_network_acl", "NetworkAclId")

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        for direction in DIRECTIONS:
            _add(api, id, inputs.get(direction) or [], direction)
        for subnet_id in inputs.get("subnetIds") or ():
            _associate(api, id, subnet_id)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for direction in DIRECTIONS:
            if direction in changed:
                _exchange(api, id, direction, new.get(direction) or [])
        came, went = moved(old, new, "subnetIds") if "subnetIds" in changed else ([], [])
        for subnet_id in came:
            _associate(api, id, subnet_id)
        for subnet_id in went:
            _give_back(api, id, subnet_id)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        for association in (acl_of(api, id) or {}).get("Associations", ()):
            _give_back(api, id, association["SubnetId"])
        super().remove(api, id, state)


class DefaultNetworkAcl(NetworkAcl):
    """The VPC's own ACL, adopted: its rules are replaced by those of the program. Deletion leaves it."""

    token = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"

    def make(self, api: Api, inputs: Props) -> str:
        return str(inputs["defaultNetworkAclId"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        found = self.read_live(api, id, {})
        if found is None:
            raise InvalidParameterError(f"defaultNetworkAclId: there is no network ACL {id!r} in {api.region}")
        self.retag(api, id, found, inputs)
        for direction in DIRECTIONS:
            _exchange(api, id, direction, [])
        super().configure(api, id, inputs)

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's default ACL as long as the VPC."""


def _add(api: Api, id: str, rules: list[Props], direction: str) -> None:
    for rule in rules:
        api.client("ec2").create_network_acl_entry(
            NetworkAclId=id, Egress=DIRECTIONS[direction], **rule_arguments(rule)
        )


def _exchange(api: Api, id: str, direction: str, rules: list[Props]) -> None:
    """Replaces every rule of a direction."""
    for rule in list(written(acl_of(api, id) or {}, direction)):
        api.client("ec2").delete_network_acl_entry(
            NetworkAclId=id, RuleNumber=rule["ruleNo"], Egress=DIRECTIONS[direction]
        )
    _add(api, id, rules, direction)


def _associate(api: Api, id: str, subnet_id: str) -> None:
    ec2 = api.client("ec2")
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    current = one(ec2.describe_network_acls, "NetworkAcls", Filters=by_subnet)
    if current is None:
        raise InvalidParameterError(f"subnetIds: there is no subnet {subnet_id!r} in {api.region}")
    association = next(item for item in current["Associations"] if item["SubnetId"] == subnet_id)
    if association["NetworkAclId"] != id:
        ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=id)


def _give_back(api: Api, id: str, subnet_id: str) -> None:
    """A subnet always has an ACL: it returns to the VPC's default one."""
    wanted = filters(vpc_id=(acl_of(api, id) or {})["VpcId"], default="true")
    default = one(api.client("ec2").describe_network_acls, "NetworkAcls", Filters=wanted)
    if default is not None and default["NetworkAclId"] != id:
        _associate(api, default["NetworkAclId"], subnet_id)
