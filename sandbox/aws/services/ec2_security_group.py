"""Security groups, and the default group of a VPC."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import (
    LiveResource,
    arn,
    claims,
    filters,
    given,
    one,
    retag,
    tag_map,
    tag_specification,
)

INGRESS_RULE_TOKEN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE_TOKEN = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
DIRECTIONS = {"ingress": INGRESS_RULE_TOKEN, "egress": EGRESS_RULE_TOKEN}
ALL_PROTOCOLS = "-1"


@dataclass(frozen=True, order=True)
class Permission:
    """One protocol, one range of ports, one peer: what AWS calls a rule."""

    protocol: str
    from_port: int
    to_port: int
    kind: str  # cidrBlocks | ipv6CidrBlocks | prefixListIds | securityGroups
    peer: str
    description: str

    def as_argument(self) -> Props:
        """The `IpPermissions` element of an authorize or revoke call."""
        key, name = {
            "cidrBlocks": ("IpRanges", "CidrIp"),
            "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
            "prefixListIds": ("PrefixListIds", "PrefixListId"),
            "securityGroups": ("UserIdGroupPairs", "GroupId"),
        }[self.kind]
        peer = {name: self.peer, **({"Description": self.description} if self.description else {})}
        ports = {} if self.protocol == ALL_PROTOCOLS else {"FromPort": self.from_port, "ToPort": self.to_port}
        return {"IpProtocol": self.protocol, **ports, key: [peer]}


class SecurityGroup(LiveResource):
    """A group with the rules its program wrote inline; rules that are resources of their own are theirs to report."""

    token = "aws:ec2/securityGroup:SecurityGroup"
    auto_name: ClassVar[str | None] = "name"
    kept = frozenset({"revokeRulesOnDelete", "namePrefix"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_security_group(
            **given(inputs, GroupName="name", Description="description", VpcId="vpcId"),
            **tag_specification("security-group", inputs.get("tags")),
        )
        return str(answer["GroupId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        # AWS lets a fresh group talk to anybody; the official provider takes that rule away unless it is asked for.
        revoke_all(api, id, directions=("egress",))
        for direction in DIRECTIONS:
            for permission in permissions(inputs.get(direction), id):
                authorize(api, id, direction, permission)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        group = one(api.client("ec2").describe_security_groups, "SecurityGroups", Filters=filters(group_id=id))
        if group is None:
            return None
        rules = live_rules(api, id)
        return {
            "arn": arn(api, "ec2", f"security-group/{id}"),
            "ownerId": api.account_id,
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group["VpcId"],
            "revokeRulesOnDelete": False,
            "tags": tag_map(group.get("Tags")),
            **{way: spelled_like(state.get(way), unclaimed(api, rules, way), id) for way in DIRECTIONS},
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for direction in DIRECTIONS:
            if direction in changed:
                before, after = (set(permissions(props.get(direction), id)) for props in (old, new))
                for permission in sorted(before - after):
                    revoke(api, id, direction, permission)
                for permission in sorted(after - before):
                    authorize(api, id, direction, permission)
        retag(api.client("ec2"), id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if state.get("revokeRulesOnDelete"):
            revoke_all(api, id)
        api.client("ec2").delete_security_group(GroupId=id)


class DefaultSecurityGroup(SecurityGroup):
    """The VPC's own group, adopted: its rules become exactly the given ones. Deleting only forgets it."""

    token = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    auto_name = None
    kept = frozenset({"revokeRulesOnDelete"})

    def make(self, api: Api, inputs: Props) -> str:
        wanted = filters(group_name="default", **given(inputs, vpc_id="vpcId"))
        group = one(api.client("ec2").describe_security_groups, "SecurityGroups", Filters=wanted)
        if group is None:
            raise InvalidParameterError(f"vpcId: {inputs.get('vpcId')!r} has no default security group in {api.region}")
        return str(group["GroupId"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        ec2 = api.client("ec2")
        group = one(ec2.describe_security_groups, "SecurityGroups", Filters=filters(group_id=id)) or {}
        retag(ec2, id, {"tags": tag_map(group.get("Tags"))}, inputs)
        revoke_all(api, id)
        super().settle(api, id, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().look(api, id, state)
        return None if found is None else {**found, "namePrefix": ""}

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's default group as long as the VPC."""


def permissions(rules: Iterable[Props] | None, group_id: str) -> Iterator[Permission]:
    """Inline rules taken apart into single permissions; `self` is a permission for the group itself."""
    for rule in rules or ():
        peers = [
            (kind, peer)
            for kind in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")
            for peer in rule.get(kind) or ()
        ]
        if rule.get("self"):
            peers.append(("securityGroups", group_id))
        protocol = _protocol(rule["protocol"])
        ports = (-1, -1) if protocol == ALL_PROTOCOLS else (int(rule["fromPort"]), int(rule["toPort"]))
        for kind, peer in peers:
            yield Permission(protocol, *ports, kind, peer, rule.get("description") or "")


def live_rules(api: Api, group_id: str) -> list[Props]:
    """The group's rules as DescribeSecurityGroupRules lists them."""
    pages = api.client("ec2").describe_security_group_rules(Filters=filters(group_id=group_id))
    return list(pages["SecurityGroupRules"])


def unclaimed(api: Api, rules: Iterable[Props], direction: str) -> list[Permission]:
    """Live rules of one direction that no rule resource stands for."""
    token = DIRECTIONS[direction]
    owned = {entry.get("ruleId", id) for id, entry in claims(api, token)}
    wanted = direction == "egress"
    return [
        permission_of(rule) for rule in rules if rule["IsEgress"] is wanted and rule["SecurityGroupRuleId"] not in owned
    ]


def permission_of(rule: Props) -> Permission:
    kind, peer = peer_of(rule)
    protocol = rule["IpProtocol"]
    ports = (-1, -1) if protocol == ALL_PROTOCOLS else (int(rule["FromPort"]), int(rule["ToPort"]))
    return Permission(protocol, *ports, kind, peer, rule.get("Description") or "")


def peer_of(rule: Props) -> tuple[str, str]:
    if rule.get("CidrIpv4"):
        return "cidrBlocks", rule["CidrIpv4"]
    if rule.get("CidrIpv6"):
        return "ipv6CidrBlocks", rule["CidrIpv6"]
    if rule.get("PrefixListId"):
        return "prefixListIds", rule["PrefixListId"]
    return "securityGroups", rule["ReferencedGroupInfo"]["GroupId"]


def spelled_like(known: Any, live: Iterable[Permission], group_id: str) -> list[Props]:
    """Live permissions as inline rules: the state's own spelling as far as it still holds, the rest rule by rule."""
    left = set(live)
    rules = []
    for rule in known or ():
        parts = set(permissions([rule], group_id))
        if parts and parts <= left:
            rules.append(rule)
            left -= parts
    for permission in sorted(left):
        rules.append(
            {
                "protocol": permission.protocol,
                "fromPort": max(permission.from_port, 0),
                "toPort": max(permission.to_port, 0),
                **({"description": permission.description} if permission.description else {}),
                **({"self": True} if permission.peer == group_id else {permission.kind: [permission.peer]}),
            }
        )
    return rules


def authorize(
    api: Api, group_id: str, direction: str, permission: Permission, tags: Mapping[str, str] | None = None
) -> str:
    """Opens one permission; the id of the rule."""
    ec2 = api.client("ec2")
    call = ec2.authorize_security_group_ingress if direction == "ingress" else ec2.authorize_security_group_egress
    answer = call(
        GroupId=group_id, IpPermissions=[permission.as_argument()], **tag_specification("security-group-rule", tags)
    )
    rule_id = str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])
    if permission.description and permission.kind not in ("cidrBlocks", "ipv6CidrBlocks"):
        # moto drops this text from all but address rules; said a second time, it stays.
        modify(api, group_id, rule_id, permission)
    return rule_id


def modify(api: Api, group_id: str, rule_id: str, permission: Permission) -> None:
    """Makes an existing rule say this."""
    peer = {
        "cidrBlocks": "CidrIpv4",
        "ipv6CidrBlocks": "CidrIpv6",
        "prefixListIds": "PrefixListId",
        "securityGroups": "ReferencedGroupId",
    }[permission.kind]
    rule = {
        "IpProtocol": permission.protocol,
        "FromPort": permission.from_port,
        "ToPort": permission.to_port,
        "Description": permission.description,
        peer: permission.peer,
    }
    changes = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": rule}]
    api.client("ec2").modify_security_group_rules(GroupId=group_id, SecurityGroupRules=changes)


def revoke(api: Api, group_id: str, direction: str, permission: Permission) -> None:
    ec2 = api.client("ec2")
    call = ec2.revoke_security_group_ingress if direction == "ingress" else ec2.revoke_security_group_egress
    call(GroupId=group_id, IpPermissions=[permission.as_argument()])


def revoke_all(api: Api, group_id: str, directions: Iterable[str] = tuple(DIRECTIONS)) -> None:
    """Takes every rule of the group away."""
    ec2 = api.client("ec2")
    rules = live_rules(api, group_id)
    for direction in directions:
        ids = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] is (direction == "egress")]
        call = ec2.revoke_security_group_ingress if direction == "ingress" else ec2.revoke_security_group_egress
        if ids:
            call(GroupId=group_id, SecurityGroupRuleIds=ids)


def _protocol(name: str) -> str:
    known = {"all": ALL_PROTOCOLS, "6": "tcp", "17": "udp", "1": "icmp"}
    return known.get(str(name).lower(), str(name).lower())
