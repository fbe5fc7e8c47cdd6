"""Network ACLs, and the default one of a VPC."""

from collections.abc import Iterator
from typing import Any

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, filters, one, retag, same_set, tag_map, tag_specification

AWS_OWN_RULE = 32767  # refuses what no other rule allows; nobody can change it
PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}
DIRECTIONS = {"ingress": False, "egress": True}


class NetworkAcl(LiveResource):
    token = "aws:ec2/networkAcl:NetworkAcl"

    def make(self, api: Api, inputs: Props) -> str:
        specification = tag_specification("network-acl", inputs.get("tags"))
        answer = api.client("ec2").create_network_acl(VpcId=inputs["vpcId"], **specification)
        return str(answer["NetworkAcl"]["NetworkAclId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        for direction in DIRECTIONS:
            for rule in inputs.get(direction) or ():
                _add(api, id, rule, direction)
        for subnet_id in inputs.get("subnetIds") or ():
            _associate(api, id, subnet_id)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        acl = _acl(api, id)
        if acl is None:
            return None
        subnets = [association["SubnetId"] for association in acl.get("Associations", ())]
        return {
            "arn": arn(api, "ec2", f"network-acl/{id}"),
            "ownerId": api.account_id,
            "vpcId": acl["VpcId"],
            "subnetIds": same_set(state.get("subnetIds"), subnets),
            "tags": tag_map(acl.get("Tags")),
            **{way: _spelled_like(state.get(way), _written(acl, way)) for way in DIRECTIONS},
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for direction in DIRECTIONS:
            if direction in changed:
                _exchange(api, id, direction, new.get(direction) or [])
        if "subnetIds" in changed:
            before, after = set(old.get("subnetIds") or ()), set(new.get("subnetIds") or ())
            for subnet_id in sorted(after - before):
                _associate(api, id, subnet_id)
            for subnet_id in sorted(before - after):
                _give_back(api, id, subnet_id)
        retag(api.client("ec2"), id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        acl = _acl(api, id) or {}
        for association in acl.get("Associations", ()):
            _give_back(api, id, association["SubnetId"])
        api.client("ec2").delete_network_acl(NetworkAclId=id)


class DefaultNetworkAcl(NetworkAcl):
    """The VPC's own ACL, adopted: its rules become exactly the given ones. Deleting only forgets it.

    Every subnet that names no other ACL belongs to it, so `subnetIds` is reported only where the program gave it.
    """

    token = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"

    def make(self, api: Api, inputs: Props) -> str:
        return str(inputs["defaultNetworkAclId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        acl = _acl(api, id)
        if acl is None:
            raise InvalidParameterError(f"defaultNetworkAclId: there is no network ACL {id!r} in {api.region}")
        retag(api.client("ec2"), id, {"tags": tag_map(acl.get("Tags"))}, inputs)
        for direction in DIRECTIONS:
            _exchange(api, id, direction, [])
        super().settle(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().look(api, id, state)
        if found is None:
            return None
        subnets = found["subnetIds"] if state.get("subnetIds") else None
        return {**found, "defaultNetworkAclId": id, "subnetIds": subnets}

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's default ACL as long as the VPC."""


def _acl(api: Api, id: str) -> Props | None:
    return one(api.client("ec2").describe_network_acls, "NetworkAcls", NetworkAclIds=[id])


def _written(acl: Props, direction: str) -> Iterator[Props]:
    for entry in acl.get("Entries", ()):
        if entry["RuleNumber"] != AWS_OWN_RULE and entry["Egress"] is DIRECTIONS[direction]:
            yield _rule(entry)


def _rule(entry: Props) -> Props:
    ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
    rule = {
        "ruleNo": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": str(entry["Protocol"]),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "cidrBlock": entry.get("CidrBlock"),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
        "icmpType": icmp.get("Type"),
        "icmpCode": icmp.get("Code"),
    }
    return {name: value for name, value in rule.items() if value is not None}


def _spelled_like(known: Any, live: Iterator[Props]) -> list[Props]:
    """Live rules; each in the state's spelling where it says the same (`tcp` for `6`, unset for 0)."""
    rules = []
    for rule in sorted(live, key=lambda rule: int(rule["ruleNo"])):
        match = next((item for item in known or () if _arguments(item) == _arguments(rule)), rule)
        rules.append(match)
    return same_set(known, rules)


def _arguments(rule: Props) -> Props:
    protocol = str(rule["protocol"]).lower()
    number = PROTOCOLS.get(protocol, protocol)
    arguments: Props = {
        "RuleNumber": int(rule["ruleNo"]),
        "Protocol": number,
        "RuleAction": str(rule["action"]).lower(),
    }
    if number in (PROTOCOLS["tcp"], PROTOCOLS["udp"]):
        arguments["PortRange"] = {"From": int(rule["fromPort"]), "To": int(rule["toPort"])}
    if number == PROTOCOLS["icmp"]:
        arguments["IcmpTypeCode"] = {"Type": rule.get("icmpType", 0), "Code": rule.get("icmpCode", 0)}
    for name, argument in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")):
        if rule.get(name):
            arguments[argument] = rule[name]
    return arguments


def _add(api: Api, id: str, rule: Props, direction: str) -> None:
    ec2 = api.client("ec2")
    ec2.create_network_acl_entry(NetworkAclId=id, Egress=DIRECTIONS[direction], **_arguments(rule))


def _exchange(api: Api, id: str, direction: str, rules: list[Props]) -> None:
    """Takes every rule of a direction away and writes the given ones."""
    for rule in list(_written(_acl(api, id) or {}, direction)):
        api.client("ec2").delete_network_acl_entry(
            NetworkAclId=id, RuleNumber=rule["ruleNo"], Egress=DIRECTIONS[direction]
        )
    for rule in rules:
        _add(api, id, rule, direction)


def _associate(api: Api, id: str, subnet_id: str) -> None:
    ec2 = api.client("ec2")
    current = one(
        ec2.describe_network_acls, "NetworkAcls", Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}]
    )
    if current is None:
        raise InvalidParameterError(f"subnetIds: there is no subnet {subnet_id!r} in {api.region}")
    association = next(item for item in current["Associations"] if item["SubnetId"] == subnet_id)
    if association["NetworkAclId"] != id:
        ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=id)


def _give_back(api: Api, id: str, subnet_id: str) -> None:
    """A subnet always has an ACL: it returns to the VPC's default one."""
    acl = _acl(api, id) or {}
    wanted = filters(vpc_id=acl["VpcId"], default="true")
    default = one(api.client("ec2").describe_network_acls, "NetworkAcls", Filters=wanted)
    if default is not None and default["NetworkAclId"] != id:
        _associate(api, default["NetworkAclId"], subnet_id)
