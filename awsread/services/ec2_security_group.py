"""Security groups and their rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from awsread.answers import arn, filters, one, pick, tag_map
from awsread.reader import Aws, Props, reads
from awsread.services.ec2 import owned

INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
DIRECTIONS = {"ingress": INGRESS_RULE, "egress": EGRESS_RULE}
ALL_PROTOCOLS = "-1"
PEERS = {  # property of an inline rule → member of a live rule, and (list, member) of an IpPermission
    "cidrBlocks": ("CidrIpv4", ("IpRanges", "CidrIp")),
    "ipv6CidrBlocks": ("CidrIpv6", ("Ipv6Ranges", "CidrIpv6")),
    "prefixListIds": ("PrefixListId", ("PrefixListIds", "PrefixListId")),
    "securityGroups": ("ReferencedGroupId", ("UserIdGroupPairs", "GroupId")),
}


@dataclass(frozen=True, order=True)
class Permission:
    """What AWS calls a rule: one protocol, one range of ports, one peer."""

    protocol: str
    from_port: int
    to_port: int
    kind: str  # key of PEERS
    peer: str
    description: str

    def as_argument(self) -> Props:
        """The `IpPermissions` element of an authorize or revoke call."""
        key, name = PEERS[self.kind][1]
        peer = {name: self.peer, **({"Description": self.description} if self.description else {})}
        ports = {} if self.protocol == ALL_PROTOCOLS else {"FromPort": self.from_port, "ToPort": self.to_port}
        return {"IpProtocol": self.protocol, **ports, key: [peer]}


@reads("ec2", "aws:ec2/securityGroup:SecurityGroup", fixed="revokeRulesOnDelete ingress egress")
def security_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A group with its inline rules, without those that are separate resources."""
    return _group(aws, id, known, has_rules=aws.declared(INGRESS_RULE) is not None)


@reads("ec2", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", fixed="revokeRulesOnDelete")
def default_security_group(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = _group(aws, id, known, has_rules=True)
    return None if found is None else {**found, "namePrefix": ""}


def _group(aws: Aws, id: str, known: Mapping[str, Any], *, has_rules: bool) -> Props | None:
    found = one(aws.client("ec2").describe_security_groups, "SecurityGroups", Filters=filters(group_id=id))
    if found is None:
        return None
    rules = rules_of(aws, id) if has_rules else []
    inline = {way: spelled_like(known.get(way), _unclaimed(aws, rules, way), id) for way in DIRECTIONS}
    return {
        **owned(aws, "security-group", id, found),
        **pick(found, "Description", "VpcId", name="GroupName"),
        **(inline if has_rules else {}),
    }


def _rule_reader(direction: str) -> None:
    @reads("ec2", DIRECTIONS[direction])
    def security_group_rule(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
        call = aws.client("ec2").describe_security_group_rules
        found = one(call, "SecurityGroupRules", SecurityGroupRuleIds=[id])
        if found is None or found["IsEgress"] is not (direction == "egress"):
            return None
        rule = rule_properties(found)
        if found["IpProtocol"] == ALL_PROTOCOLS:
            rule |= {name: known.get(name) for name in ("fromPort", "toPort")}
        rule_id = found["SecurityGroupRuleId"]
        return {**rule, "arn": arn(aws, "ec2", f"security-group-rule/{rule_id}"), "securityGroupRuleId": rule_id}


for _direction in DIRECTIONS:
    _rule_reader(_direction)


def rule_properties(found: Mapping[str, Any]) -> Props:
    """Properties of a live rule as a rule resource."""
    ports = {} if found["IpProtocol"] == ALL_PROTOCOLS else pick(found, "FromPort", "ToPort")
    return {
        "securityGroupId": found["GroupId"],
        "ipProtocol": found["IpProtocol"],
        **ports,
        **pick(found, "CidrIpv4", "CidrIpv6", "PrefixListId"),
        "description": found.get("Description") or None,
        **pick(found.get("ReferencedGroupInfo", {}), referencedSecurityGroupId="GroupId"),
        "tags": tag_map(found.get("Tags")),
    }


def rules_of(aws: Aws, group_id: str) -> list[Props]:
    """The group's rules as DescribeSecurityGroupRules lists them."""
    call = aws.client("ec2").describe_security_group_rules
    return list(call(Filters=filters(group_id=group_id))["SecurityGroupRules"])


def permissions(rules: Iterable[Mapping[str, Any]] | None, group_id: str) -> Iterator[Permission]:
    """Splits inline rules into single permissions; `self` is a permission for the group itself."""
    for rule in rules or ():
        peers = [(kind, peer) for kind in PEERS for peer in rule.get(kind) or ()]
        if rule.get("self"):
            peers.append(("securityGroups", group_id))
        protocol = _protocol(rule["protocol"])
        ports = (-1, -1) if protocol == ALL_PROTOCOLS else (int(rule["fromPort"]), int(rule["toPort"]))
        for kind, peer in peers:
            yield Permission(protocol, *ports, kind, peer, rule.get("description") or "")


def _unclaimed(aws: Aws, rules: Iterable[Props], direction: str) -> set[Permission]:
    """Live rules of one direction without those that are separate resources."""
    apart = {rule.get("securityGroupRuleId") or id for id, rule in aws.declared(DIRECTIONS[direction]) or ()}
    wanted = direction == "egress"
    return {
        _permission(rule) for rule in rules if rule["IsEgress"] is wanted and rule["SecurityGroupRuleId"] not in apart
    }


def _permission(rule: Props) -> Permission:
    rule = {**rule, "ReferencedGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId")}
    kind, peer = next((kind, rule[key]) for kind, (key, _) in PEERS.items() if rule.get(key))
    protocol = rule["IpProtocol"]
    ports = (-1, -1) if protocol == ALL_PROTOCOLS else (int(rule["FromPort"]), int(rule["ToPort"]))
    return Permission(protocol, *ports, kind, peer, rule.get("Description") or "")


def spelled_like(known: Any, live: Iterable[Permission], group_id: str) -> list[Props]:
    """Live permissions as inline rules, in the state's spelling where it still applies, the others one by one."""
    left, rules = set(live), []
    for rule in known or ():
        parts = set(permissions([rule], group_id))
        if parts and parts <= left:
            rules.append(rule)
            left = left - parts
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


def _protocol(name: str) -> str:
    known = {"all": ALL_PROTOCOLS, "6": "tcp", "17": "udp", "1": "icmp"}
    return known.get(str(name).lower(), str(name).lower())
