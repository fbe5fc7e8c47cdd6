"""What the deployer may do in EC2, whose resources have ids that nobody knows beforehand: what has its keep's tag.

Reads, and what has no tag to go by, stay limited by region only: RunInstances, which EKS tries with the caller's
permissions on AWS's own images and on volumes that it tags itself (Amazon EKS User Guide, "Customize managed nodes with
launch templates"), and default encryption, which is a setting of the account's region and no resource.
Sources: Service Authorization Reference, "Amazon EC2"; Amazon EC2 User Guide, "Grant permission to tag Amazon EC2
resources during creation".
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from awsread.iam.ec2 import FOUND, MADE, kind_of
from policies.graph import ResourceGraph
from stacks.sessions.deployer.statements import TENANT, UNOWNED, Statement, given, mentioned, own, retagging

# What a new VPC comes with: nobody tagged it, and the provider takes its rules away before it sets tags
# (internal/service/ec2/vpc_default_network_acl.go, vpc_default_route_table.go, vpc_default_security_group.go).
EMPTIED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": ("network-acl", ("DeleteNetworkAclEntry",)),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": ("route-table", ("DeleteRoute",)),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        "security-group",
        ("RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
    ),
}
_ID: Final = re.compile(r'"([a-z-]+-[0-9a-f]{8,17})"')


def is_by_tag(action: str) -> bool:
    """Whether an action is limited by tags."""
    service, _, name = action.partition(":")
    return service == "ec2" and (name in MADE or name in FOUND or name in ("CreateTags", "DeleteTags"))


def ec2_statements(
    graph: ResourceGraph, actions: Collection[str], *, prefix: str, tenant: str, platforms: Collection[str]
) -> Iterator[Statement]:
    """Statements of the actions that are limited by tags.

    Args:
        actions: those of EC2 that the graph's types need.
        prefix: of ARNs of EC2 in any region of the account.
        tenant: the keep's tag.
        platforms: tags of those in whose network the keep's resources are.
    """
    names = sorted(each.partition(":")[2] for each in actions if is_by_tag(each))
    making, changing = [each for each in names if each in MADE], [each for each in names if each in FOUND]
    for group in _layers(making):
        yield _actions(group), sorted({f"{prefix}{MADE[each]}/*" for each in group}), {"StringEquals": given(tenant)}
    if changing:
        yield _actions(changing), [f"{prefix}*/*"], {"StringEquals": own(tenant)}
    building = [each for each in changing if each in MADE or each.startswith("Modify")]
    if building and platforms:
        host = {f"aws:ResourceTag/{TENANT}": sorted(platforms)}
        yield _actions([each for each in building if each in MADE]), [f"{prefix}*/*"], {"StringEquals": host}
    if building and (lent := _lent(graph, prefix)):
        yield _actions(building), lent, {}
    if "CreateTags" in names or making:
        yield from _tagging([*making, *(["RunInstances"] if "ec2:RunInstances" in actions else [])], prefix, tenant)


def _tagging(making: list[str], prefix: str, tenant: str) -> Iterator[Statement]:
    everything = [f"{prefix}*/*"]
    if making:
        yield ["ec2:CreateTags"], everything, {"StringEquals": {"ec2:CreateAction": making, **given(tenant)}}
    yield from retagging(["ec2:CreateTags"], ["ec2:DeleteTags"], everything, tenant)


def emptying_statements(graph: ResourceGraph, *, prefix: str, tenant: str) -> Iterator[Statement]:
    """Statements to empty and tag what a new network comes with: for the first `up`, since any untagged one is open."""
    present = [EMPTIED[token] for token in sorted(EMPTIED) if graph.of_type(token)]
    if present:
        kinds = [f"{prefix}{kind}/*" for kind, _ in present]
        yield ["ec2:CreateTags"], kinds, {**UNOWNED, "StringEquals": given(tenant)}
        yield _actions([each for _, names in present for each in names]), kinds, UNOWNED


def _layers(making: list[str]) -> Iterator[list[str]]:
    """Actions in groups in which none makes what another builds on.

    The tags of a request are about what it makes. Were `vpc/*` beside CreateSubnet, they would open foreign VPCs too.
    """
    rest = making
    while rest:
        used = {kind for each in rest for kind in FOUND.get(each, ())}
        layer = [each for each in rest if not FOUND.get(each)] or [each for each in rest if MADE[each] in used]
        layer = layer or rest
        yield layer
        rest = [each for each in rest if each not in layer]


def _lent(graph: ResourceGraph, prefix: str) -> list[str]:
    """What the spec names that is not the keep's: a transit gateway, an adopted network. Its owner may be another."""
    partition = prefix.split(":")[1]
    found = mentioned(graph, _ID)
    return sorted(f"arn:{partition}:ec2:*:*:{kind_of(each)}/{each}" for each in found if kind_of(each))


def _actions(names: Collection[str]) -> list[str]:
    return sorted(f"ec2:{each}" for each in names)
