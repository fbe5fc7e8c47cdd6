"""Strays: rules added to the stack's security groups, and resources with the tenant's tag, that no state has."""

from collections.abc import Iterator
from dataclasses import dataclass

from awsread.answers import tag_map
from awsread.reader import Props
from awsread.services.ec2_security_group import rule_properties
from policies.graph import Node, ResourceGraph
from policies.live.account import RULES, Account

GROUPS = ("aws:ec2/securityGroup:SecurityGroup",)
TENANT_TAG = "codekeep:tenant"
MADE_BY_OTHERS = ("instance", "volume", "network-interface", "security-group-rule", "spot-instances-request")
"""EC2 resources that others make and tag by a template: nodes, their disks and interfaces."""


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A resource that carries the tenant's tag and is in no state."""

    arn: str
    region: str


def stray_rules(graph: ResourceGraph, account: Account) -> Iterator[Node]:
    """A node for each rule of the stack's security groups that the state does not have."""
    known = {node.id for node in graph.of_type(*RULES)}
    for group in graph.of_type(*GROUPS):
        ec2 = account.client("ec2", group.region)
        pages = ec2.get_paginator("describe_security_group_rules").paginate(
            Filters=[{"Name": "group-id", "Values": [group.id]}]
        )
        for found in (rule for page in pages for rule in page["SecurityGroupRules"]):
            if found["SecurityGroupRuleId"] not in known:
                inputs = {name: value for name, value in rule_properties(found).items() if value is not None}
                yield _rule_node(group, found["SecurityGroupRuleId"], RULES[bool(found["IsEgress"])], inputs)


def _rule_node(group: Node, id_: str, type_: str, inputs: Props) -> Node:
    head, _, name = group.urn.rpartition("::")
    stack = head.rpartition("::")[0]
    return Node(
        urn=f"{stack}::{type_}::{name}/{id_}",
        type=type_,
        name=f"{name}/{id_}",
        parent=group.parent,
        id=id_,
        provider=group.provider,
        inputs={**inputs, "securityGroupId": group.id},
        outputs={**inputs, "id": id_},
        source=group.source,
    )


def stray_resources(graph: ResourceGraph, tenant: str, regions: frozenset[str], account: Account) -> Iterator[Stray]:
    """Whatever carries the tenant's tag in its regions and is no resource of the graph; a plain program has no tag."""
    if not tenant:
        return
    known = {text for node in graph for text in (node.id, node.outputs.get("arn")) if isinstance(text, str)}
    for region in sorted(regions):
        api = account.client("resourcegroupstaggingapi", region)
        pages = api.get_paginator("get_resources").paginate(TagFilters=[{"Key": TENANT_TAG, "Values": [tenant]}])
        for found in (each for page in pages for each in page["ResourceTagMappingList"]):
            if not _is_known(found["ResourceARN"], known) and tag_map(found["Tags"]).get(TENANT_TAG) == tenant:
                yield Stray(arn=found["ResourceARN"], region=region)


def _is_known(arn: str, known: set[str]) -> bool:
    """By its ARN, or by the id or name it ends with, which is what some types have for an id."""
    resource = arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    if arn.split(":")[2] == "ec2" and kind in MADE_BY_OTHERS:
        return True
    ends = (arn, resource, rest, resource.rpartition("/")[2], resource.rpartition(":")[2])
    queue_url_end = f"/{resource}" if arn.split(":")[2] == "sqs" else None
    paired = resource.replace("nodegroup/", "").replace("/", ":")
    return (
        any(end in known for end in ends if end)
        or any(text.endswith(queue_url_end) for text in known if queue_url_end)
        or any(paired.startswith(text) for text in known if ":" in text and not text.startswith("arn:"))
        or arn.removesuffix(":*") in known
    )
