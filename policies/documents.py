"""Policy documents (IAM, resource policies, trust policies) as statements a rule can read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from policies.graph import SECRET, UNKNOWN, Node
from policies.reading import MISSING, read
from policies.rule import Finding, Rule, examine


class UndecidableError(Exception):
    """The document is not known yet, or not shown. `path` is where."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the document at {path} is not known yet")
        self.path = path


class Kind(StrEnum):
    """What a document says: what its bearer may do, who may take on a role, who may reach a resource."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    KEY = "key"  # a resource policy whose resource is always the key itself
    ENDPOINT = "endpoint"  # narrows what passes through, grants nothing


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a type of resource holds a document; `path` as in policies.reading."""

    path: str
    kind: Kind


def _places(kind: Kind, path: str, *tokens: str) -> dict[str, tuple[Place, ...]]:
    return {f"aws:{token}": (Place(path=path, kind=kind),) for token in tokens}


ROLE: Final = "aws:iam/role:Role"
MANAGED_POLICY: Final = "aws:iam/policy:Policy"

PLACES: Final[Mapping[str, tuple[Place, ...]]] = {
    ROLE: (
        Place(path="assumeRolePolicy", kind=Kind.TRUST),
        Place(path="inlinePolicies[*].policy", kind=Kind.IDENTITY),
    ),
    MANAGED_POLICY: (Place(path="policy", kind=Kind.IDENTITY),),
    **_places(
        Kind.IDENTITY,
        "policy",
        "iam/rolePolicy:RolePolicy",
        "iam/userPolicy:UserPolicy",
        "iam/groupPolicy:GroupPolicy",
    ),
    **_places(Kind.IDENTITY, "inlinePolicy", "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"),
    **_places(
        Kind.KEY,
        "policy",
        "kms/key:Key",
        "kms/keyPolicy:KeyPolicy",
        "kms/replicaKey:ReplicaKey",
        "kms/externalKey:ExternalKey",
        "kms/replicaExternalKey:ReplicaExternalKey",
    ),
    **_places(
        Kind.RESOURCE,
        "policy",
        "cloudwatch/eventBusPolicy:EventBusPolicy",
        "backup/vaultPolicy:VaultPolicy",
        "dynamodb/resourcePolicy:ResourcePolicy",
        "ecr/registryPolicy:RegistryPolicy",
        "ecr/repositoryPolicy:RepositoryPolicy",
        "efs/fileSystemPolicy:FileSystemPolicy",
        "kinesis/resourcePolicy:ResourcePolicy",
        "s3/accessPoint:AccessPoint",
        "s3/bucket:Bucket",
        "s3/bucketPolicy:BucketPolicy",
        "secretsmanager/secret:Secret",
        "secretsmanager/secretPolicy:SecretPolicy",
        "sns/topic:Topic",
        "sns/topicPolicy:TopicPolicy",
        "sqs/queue:Queue",
        "sqs/queuePolicy:QueuePolicy",
    ),
    **_places(
        Kind.RESOURCE,
        "accessPolicies",
        "opensearch/domain:Domain",
        "opensearch/domainPolicy:DomainPolicy",
        "elasticsearch/domain:Domain",
        "elasticsearch/domainPolicy:DomainPolicy",
    ),
    **_places(
        Kind.RESOURCE,
        "policyDocument",
        "cloudwatch/logResourcePolicy:LogResourcePolicy",
        "codeartifact/domainPermissions:DomainPermissions",
        "codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
    ),
    **_places(Kind.RESOURCE, "accessPolicy", "cloudwatch/logDestinationPolicy:LogDestinationPolicy"),
    **_places(Kind.ENDPOINT, "policy", "ec2/vpcEndpoint:VpcEndpoint", "ec2/vpcEndpointPolicy:VpcEndpointPolicy"),
}
"""Type → where its documents are. Documents elsewhere are found by `document_properties`."""


def types_with(*kinds: Kind) -> tuple[str, ...]:
    """The types that hold documents of these kinds."""
    return tuple(token for token, places in PLACES.items() if any(place.kind in kinds for place in places))


@dataclass(frozen=True, kw_only=True)
class Principal:
    """`kind` is AWS, Service, Federated or CanonicalUser; `value` an ARN, an account, a service name or `*`."""

    kind: str
    value: str

    @property
    def is_anyone(self) -> bool:
        return self.kind == "AWS" and self.value == "*"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement with every list made a tuple. `path` leads to it: `policy|Statement[2]`."""

    path: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def condition_values(self, key: str, *operators: str) -> tuple[str, ...]:
        """Values of a condition key (any case) under the operators given, or under any."""
        return tuple(
            value
            for operator, keys in self.conditions.items()
            if not operators or operator in operators
            for name, values in keys.items()
            if name.lower() == key.lower()
            for value in values
        )

    def bound_values(self, key: str) -> tuple[str, ...]:
        """Values that a key must have for the statement to hold: no negation, and no `IfExists` that lets it be absent.

        `ForAnyValue` counts, since the key must then be there; `ForAllValues` does not, since it holds without the key.
        """
        binding = [operator for operator in self.conditions if _binds(operator)]
        return self.condition_values(key, *binding) if binding else ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document of a node; `statements` is None where it is not known yet, or not shown."""

    path: str
    kind: Kind
    statements: tuple[Statement, ...] | None


def documents(node: Node, *kinds: Kind) -> Iterator[Document]:
    """The node's documents of the kinds given, or of any; those that are not set are left out."""
    for place in PLACES.get(node.type, ()):
        if not kinds or place.kind in kinds:
            for found in read(node.inputs, place.path):
                if found.value is not MISSING and found.value != "":
                    yield Document(path=found.path, kind=place.kind, statements=_known(found.value, found.path))


def judge_allowed(
    rule: Rule, node: Node, kinds: Iterable[Kind], judge: Callable[[Statement], Iterable[Finding]]
) -> Iterator[Finding]:
    """What `judge` finds in the statements that allow something; undecided for each document that is not known."""
    for document in documents(node, *kinds):
        examine(node, next(read(node.inputs, document.path)))
        if document.statements is None:
            yield rule.undecided(node, document.path)
            continue
        for statement in document.statements:
            if statement.allows:
                yield from judge(statement)


def statements(node: Node, path: str = "policy") -> list[Statement]:
    """Statements of the document at a property; none where it is not set.

    Raises:
        UndecidableError: the document, or a part of it, is not known.
    """
    found = next(read(node.inputs, path))
    if found.value is MISSING or found.value == "":
        return []
    known = _known(found.value, path)
    if known is None:
        raise UndecidableError(found.path)
    return list(known)


def document_properties(node: Node) -> Iterator[str]:
    """Names of the inputs that hold a policy document, whatever they are called."""
    for name, value in node.inputs.items():
        if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
            yield name


def _binds(operator: str) -> bool:
    plain = operator.rpartition(":")[2]
    return not (plain.endswith("IfExists") or "Not" in plain or plain == "Null" or operator.startswith("ForAllValues"))


def _known(value: Any, path: str) -> tuple[Statement, ...] | None:
    try:
        return _of_text(value, path) if isinstance(value, str) else tuple(_of_document(value, path))
    except UndecidableError:
        return None


@lru_cache(maxsize=8192)  # every rule of a catalogue reads the same texts
def _of_text(text: str, path: str) -> tuple[Statement, ...]:
    try:
        return tuple(_of_document(json.loads(text), path))
    except ValueError as fault:
        raise UndecidableError(path) from fault


def _of_document(document: Any, path: str) -> Iterator[Statement]:
    if not isinstance(document, Mapping) or _unreadable(document):
        raise UndecidableError(path)
    listed = document.get("Statement", [])
    several = isinstance(listed, list)
    for index, each in enumerate(listed if several else [listed]):
        if not isinstance(each, Mapping):
            raise UndecidableError(path)
        yield _statement(each, f"{path}|Statement[{index}]" if several else f"{path}|Statement")


def _unreadable(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_unreadable(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return any(_unreadable(inner) for inner in value)
    return value is UNKNOWN or value is SECRET


def _statement(raw: Mapping[str, Any], path: str) -> Statement:
    return Statement(
        path=path,
        sid=str(raw.get("Sid", "")),
        effect=str(raw.get("Effect", "")),
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw.get("NotAction")),
        resources=_texts(raw.get("Resource")),
        not_resources=_texts(raw.get("NotResource")),
        principals=tuple(_principals(raw.get("Principal"))),
        not_principals=tuple(_principals(raw.get("NotPrincipal"))),
        conditions={
            operator: {key: _texts(values) for key, values in keys.items()}
            for operator, keys in (raw.get("Condition") or {}).items()
        },
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items: Sequence[Any] = value if isinstance(value, list) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _principals(value: Any) -> Iterator[Principal]:
    if value == "*":
        yield Principal(kind="AWS", value="*")
    elif isinstance(value, Mapping):
        for kind, values in value.items():
            for each in _texts(values):
                yield Principal(kind=kind, value=each)
