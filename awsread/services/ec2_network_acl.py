"""Network ACLs, and the default one of a VPC."""

from collections.abc import Iterator, Mapping
from typing import Any

from awsread.answers import one, pick, same_set
from awsread.reader import Aws, Props, reads
from awsread.services.ec2 import owned

AWS_OWN_RULE = 32767  # the last rule, which refuses everything and cannot be changed
PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}
DIRECTIONS = {"ingress": False, "egress": True}


@reads("ec2", "aws:ec2/networkAcl:NetworkAcl")
def network_acl(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = acl_of(aws, id)
    if found is None:
        return None
    subnets = [association["SubnetId"] for association in found.get("Associations", ())]
    return {
        **owned(aws, "network-acl", id, found),
        "vpcId": found["VpcId"],
        "subnetIds": same_set(known.get("subnetIds"), subnets),
        **{way: _spelled_like(known.get(way), written(found, way)) for way in DIRECTIONS},
    }


@reads("ec2", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", fixed="defaultNetworkAclId")
def default_network_acl(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """All subnets without another ACL belong to it, so `subnetIds` are reported only if the state has some."""
    found = network_acl(aws, id, known)
    if found is None:
        return None
    return {**found, "defaultNetworkAclId": id, "subnetIds": found["subnetIds"] if known.get("subnetIds") else None}


def acl_of(aws: Aws, id: str) -> Props | None:
    return one(aws.client("ec2").describe_network_acls, "NetworkAcls", NetworkAclIds=[id])


def written(acl: Props, direction: str) -> Iterator[Props]:
    """Rules of one direction, without those that AWS adds."""
    for entry in acl.get("Entries", ()):
        if entry["RuleNumber"] != AWS_OWN_RULE and entry["Egress"] is DIRECTIONS[direction]:
            ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
            yield {
                **pick(entry, ruleNo="RuleNumber", action="RuleAction"),
                "protocol": str(entry["Protocol"]),
                "fromPort": ports.get("From", 0),
                "toPort": ports.get("To", 0),
                **pick(entry, "CidrBlock", "Ipv6CidrBlock"),
                **pick(icmp, icmpType="Type", icmpCode="Code"),
            }


def rule_arguments(rule: Mapping[str, Any]) -> Props:
    """A rule as CreateNetworkAclEntry takes it."""
    protocol = str(rule["protocol"]).lower()
    number = PROTOCOLS.get(protocol, protocol)
    arguments: Props = {
        "RuleNumber": int(rule["ruleNo"]),
        "Protocol": number,
        "RuleAction": str(rule["action"]).lower(),
        **{argument: rule[name] for argument, name in CIDRS.items() if rule.get(name)},
    }
    if number in (PROTOCOLS["tcp"], PROTOCOLS["udp"]):
        arguments["PortRange"] = {"From": int(rule["fromPort"]), "To": int(rule["toPort"])}
    if number == PROTOCOLS["icmp"]:
        arguments["IcmpTypeCode"] = {"Type": rule.get("icmpType", 0), "Code": rule.get("icmpCode", 0)}
    return arguments


CIDRS = {"CidrBlock": "cidrBlock", "Ipv6CidrBlock": "ipv6CidrBlock"}


def _spelled_like(known: Any, live: Iterator[Props]) -> list[Props]:
    """Live rules, each in the state's spelling where both mean the same (`tcp` for `6`, unset for 0)."""
    rules = sorted(live, key=lambda rule: int(rule["ruleNo"]))
    spelled = [
        next((each for each in known or () if rule_arguments(each) == rule_arguments(rule)), rule) for rule in rules
    ]
    return same_set(known, spelled)
