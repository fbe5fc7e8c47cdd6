"""ARNs in place of a recorded graph's references, so that its policies can be evaluated."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from awsread.reader import partition_of
from policies.graph.model import PROVIDER_TYPE_PREFIX, Node, ResourceGraph
from policies.graph.values import map_leaves

_REFERENCE = re.compile(r"\$\{(urn:pulumi:[^#{}]+)#([A-Za-z0-9]+)\}")

# By type: the ARN after its partition. {name} is the logical name where the physical one is not known beforehand.
FORMS: Final[Mapping[str, str]] = {
    "aws:cloudwatch/eventRule:EventRule": "events:{region}:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "logs:{region}:{account}:log-group:{name}",
    "aws:ecr/repository:Repository": "ecr:{region}:{account}:repository/{name}",
    "aws:eks/cluster:Cluster": "eks:{region}:{account}:cluster/{name}",
    "aws:iam/policy:Policy": "iam::{account}:policy/{name}",
    "aws:iam/role:Role": "iam::{account}:role/{name}",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": "iam::{account}:role/aws-service-role/{awsServiceName}/{name}",
    "aws:kms/key:Key": "kms:{region}:{account}:key/{name}",
    "aws:kms/replicaKey:ReplicaKey": "kms:{region}:{account}:key/{name}",
    "aws:lb/targetGroup:TargetGroup": "elasticloadbalancing:{region}:{account}:targetgroup/{name}/0123456789abcdef",
    "aws:opensearch/domain:Domain": "es:{region}:{account}:domain/{domainName}",
    "aws:s3/bucket:Bucket": "s3:::{bucket}",
    "aws:secretsmanager/secret:Secret": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "aws:sns/topic:Topic": "sns:{region}:{account}:{name}",
    "aws:sqs/queue:Queue": "sqs:{region}:{account}:{name}",
}
NAMES: Final = {"aws:s3/bucket:Bucket": "bucket"}


def with_arns(*graphs: ResourceGraph) -> ResourceGraph:
    """The nodes of the graphs as one graph, in which a reference is the ARN, or the name, of what it refers to."""
    nodes = {node.urn: node for graph in graphs for node in graph}
    accounts = {urn: account_of(node) for urn, node in nodes.items() if node.type.startswith(PROVIDER_TYPE_PREFIX)}
    arns = {urn: arn_of(node, accounts.get(node.provider or "", "")) for urn, node in nodes.items()}

    def value_of(match: re.Match[str]) -> str:
        node = nodes.get(match[1])
        if node is None:
            return match[0]
        return arns[node.urn] if match[2] == "arn" else _name(node)

    def resolved(leaf: Any) -> Any:
        return _REFERENCE.sub(value_of, leaf) if isinstance(leaf, str) else leaf

    changed = (
        replace(node, inputs=map_leaves(node.inputs, resolved), outputs={**node.outputs, "arn": arns[urn]})
        for urn, node in nodes.items()
    )
    return ResourceGraph(project=graphs[0].project, stack=graphs[0].stack, nodes=tuple(changed))


def account_of(provider: Node) -> str:
    """The one account that a provider may touch."""
    allowed = provider.inputs.get("allowedAccountIds") or "[]"
    listed = json.loads(allowed) if isinstance(allowed, str) else allowed
    return str(listed[0]) if listed else ""


def arn_of(node: Node, account: str) -> str:
    """A node's ARN: what it is known to be, else what it will look like."""
    known = node.outputs.get("arn")
    if isinstance(known, str) and not _REFERENCE.search(known):
        return known
    region = node.region or ""
    form = FORMS.get(node.type, f"{node.type.split(':')[1].partition('/')[0]}:{{region}}:{{account}}:{{name}}")
    texts = {key: value for key, value in node.inputs.items() if isinstance(value, str)}
    values = {**texts, "region": region, "account": account, "name": texts.get("name") or node.name}
    return f"arn:{partition_of(region)}:{form.format_map(values)}"


def _name(node: Node) -> str:
    return str(node.inputs.get(NAMES.get(node.type, "name")) or node.name)
