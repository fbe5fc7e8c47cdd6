"""Who may do what in a graph: its policies, as the evaluator (awsread.iam) takes them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from awsread.iam import Grant, Policies, Policy, parsed
from policies.documents import MANAGED_POLICY, ROLE, Kind, UndecidableError, documents
from policies.graph import Node, ResourceGraph

T = TypeVar("T")
INLINE, ATTACHED = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ENDPOINT, GRANT, BUCKET = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:kms/grant:Grant", "aws:s3/bucket:Bucket"
LOGS = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
NAMED = {BUCKET: "bucket", "aws:sqs/queue:Queue": "name", "aws:ecr/repository:Repository": "name"}
TARGETS = ("bucket", "queueUrl", "arn", "secretArn", "repository", "keyId", "domainName")
"""Properties by which a resource policy beside its resource names it."""


def policies_of(graph: ResourceGraph, managed: Mapping[str, str]) -> Policies:
    """The policies of a graph whose ARNs are known (arns.with_arns); `managed` are AWS's own, by ARN.

    Raises:
        UndecidableError: a policy is not known.
        KeyError: a policy of AWS's is attached that `managed` does not have.
    """
    roles = {_arn(node): node for node in graph.of_type(ROLE)}
    own = {_arn(node): _one(node) for node in graph.of_type(MANAGED_POLICY)}

    def held(arn: str) -> Policy:
        return own[arn] if arn in own else parsed(managed[arn])

    account = next((arn.split(":")[4] for arn in roles), "")
    return Policies(
        identity=dict(_identity(graph, roles, held)),
        boundaries={arn: held(each) for arn, node in roles.items() if (each := node.inputs.get("permissionsBoundary"))},
        trusts={arn: _one(node, Kind.TRUST) for arn, node in roles.items()},
        resources=dict(_resources(graph)),
        regional=_grouped((f"logs:{node.region}", _one(node)) for node in graph.of_type(LOGS)),
        grants=_grouped((node.inputs["keyId"], _grant(node.inputs)) for node in graph.of_type(GRANT)),
        endpoints={node.name: _one(node) for node in graph.of_type(ENDPOINT) if node.inputs.get("policy")},
        owners={_arn(node): account for node in graph.of_type(BUCKET)},
    )


def _identity(
    graph: ResourceGraph, roles: Mapping[str, Node], held: Callable[[str], Policy]
) -> Iterator[tuple[str, list[Policy]]]:
    """Every role with what is written into it and attached to it."""
    for arn, role in roles.items():
        name = role.inputs.get("name") or role.name
        yield (
            arn,
            [
                _one(node) if node.type == INLINE else held(node.inputs["policyArn"])
                for node in graph.of_type(INLINE, ATTACHED)
                if node.inputs["role"] == name
            ],
        )


def _resources(graph: ResourceGraph) -> Iterator[tuple[str, Policy]]:
    known = {str(node.outputs.get("arn")): node for node in graph.resources}
    names = {(node.region, text): arn for arn, node in known.items() for text in _names(node)}
    for node in graph.resources:
        for document in documents(node, Kind.RESOURCE, Kind.KEY):
            if node.type != LOGS and document.statements is not None:
                yield _target(node, known, names), document.statements


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _arn(node: Node) -> str:
    return str(node.outputs["arn"])


def _target(node: Node, known: Mapping[str, Node], names: Mapping[tuple[str | None, str], str]) -> str:
    """The resource that a policy is about: the one that it names, else the one that it is part of."""
    for name in TARGETS:
        value = node.inputs.get(name)
        if isinstance(value, str) and value != node.outputs.get("arn"):
            arn = value if value in known else names.get((node.region, value))
            if arn:
                return arn
    return str(node.outputs["arn"])


def _names(node: Node) -> Iterator[str]:
    """The names by which policies refer to a resource without its ARN."""
    name = node.inputs.get(NAMED.get(node.type, ""))
    if isinstance(name, str):
        yield name


def _grant(inputs: Mapping[str, Any]) -> Grant:
    return Grant(grantee=inputs["granteePrincipal"], operations=tuple(inputs["operations"]))


def _one(node: Node, kind: Kind | None = None) -> Policy:
    document = next(each for each in documents(node, *([kind] if kind else [])))
    if document.statements is None:
        raise UndecidableError(document.path)
    return document.statements
