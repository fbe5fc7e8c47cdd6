"""Policy documents (IAM policies, resource policies, trust policies) as statements that a rule can read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, Final

from awsread.iam.statement import Policy, Principal, Statement, statements_of
from policies.graph import Node
from policies.graph.values import has_unknown
from policies.reading import MISSING, read
from policies.rule import Finding, Rule, examine

__all__ = [
    "DOCUMENTS",
    "MANAGED_POLICY",
    "ROLE",
    "Document",
    "Kind",
    "Principal",
    "Statement",
    "UndecidableError",
    "check_allowed",
    "document_properties",
    "documents",
    "judge_allowed",
    "statements",
    "types_with",
]


class UndecidableError(Exception):
    """The document at `path` is unknown or secret."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the document at {path} is not known yet")
        self.path = path


class Kind(StrEnum):
    """What a document decides."""

    IDENTITY = "identity"  # what its bearer may do
    TRUST = "trust"  # who may assume a role
    RESOURCE = "resource"  # who may use a resource
    KEY = "key"  # a resource policy whose resource is always the key itself
    ENDPOINT = "endpoint"  # what may pass an endpoint; grants nothing


ROLE: Final = "aws:iam/role:Role"
MANAGED_POLICY: Final = "aws:iam/policy:Policy"


def _documents_at(path: str, kind: Kind, *tokens: str) -> dict[str, Mapping[str, Kind]]:
    return {f"aws:{token}": {path: kind} for token in tokens}


DOCUMENTS: Final[Mapping[str, Mapping[str, Kind]]] = {
    ROLE: {"assumeRolePolicy": Kind.TRUST, "inlinePolicies[*].policy": Kind.IDENTITY},
    MANAGED_POLICY: {"policy": Kind.IDENTITY},
    **_documents_at(
        "policy",
        Kind.IDENTITY,
        "iam/rolePolicy:RolePolicy",
        "iam/userPolicy:UserPolicy",
        "iam/groupPolicy:GroupPolicy",
    ),
    **_documents_at("inlinePolicy", Kind.IDENTITY, "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"),
    **_documents_at(
        "policy",
        Kind.KEY,
        "kms/key:Key",
        "kms/keyPolicy:KeyPolicy",
        "kms/replicaKey:ReplicaKey",
        "kms/externalKey:ExternalKey",
        "kms/replicaExternalKey:ReplicaExternalKey",
    ),
    **_documents_at(
        "policy",
        Kind.RESOURCE,
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
    **_documents_at(
        "accessPolicies",
        Kind.RESOURCE,
        "opensearch/domain:Domain",
        "opensearch/domainPolicy:DomainPolicy",
        "elasticsearch/domain:Domain",
        "elasticsearch/domainPolicy:DomainPolicy",
    ),
    **_documents_at(
        "policyDocument",
        Kind.RESOURCE,
        "cloudwatch/logResourcePolicy:LogResourcePolicy",
        "codeartifact/domainPermissions:DomainPermissions",
        "codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
    ),
    **_documents_at("accessPolicy", Kind.RESOURCE, "cloudwatch/logDestinationPolicy:LogDestinationPolicy"),
    **_documents_at("policy", Kind.ENDPOINT, "ec2/vpcEndpoint:VpcEndpoint", "ec2/vpcEndpointPolicy:VpcEndpointPolicy"),
}
"""Type → path of each document → its kind. `document_properties` finds documents elsewhere."""


def types_with(*kinds: Kind) -> tuple[str, ...]:
    """The types that contain documents of these kinds."""
    return tuple(token for token, paths in DOCUMENTS.items() if any(kind in kinds for kind in paths.values()))


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document of a node; `statements` is None where it is unknown or secret."""

    path: str
    kind: Kind
    statements: tuple[Statement, ...] | None


def documents(node: Node, *kinds: Kind) -> Iterator[Document]:
    """The node's documents of the kinds given, or of any; those that are not set are left out."""
    for path, kind in DOCUMENTS.get(node.type, {}).items():
        if not kinds or kind in kinds:
            for found in read(node.inputs, path):
                if found.value is not MISSING and found.value != "":
                    yield Document(path=found.path, kind=kind, statements=_parsed(found.value, found.path))


StatementCheck = Callable[[Node, Statement], Iterable[Finding]]


def check_allowed(rule: Rule, *kinds: Kind) -> Callable[[StatementCheck], StatementCheck]:
    """Registers a check of every statement that allows something; a document that is not known is undecided."""

    def register(judge: StatementCheck) -> StatementCheck:
        rule.check(lambda node, _: judge_allowed(rule, node, kinds, partial(judge, node)))
        return judge

    return register


def judge_allowed(
    rule: Rule, node: Node, kinds: Iterable[Kind], judge: Callable[[Statement], Iterable[Finding]]
) -> Iterator[Finding]:
    """What `judge` finds in the statements that allow something; a document that is not known is undecided."""
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
    parsed = _parsed(found.value, path)
    if parsed is None:
        raise UndecidableError(found.path)
    return list(parsed)


def document_properties(node: Node) -> Iterator[str]:
    """Names of the inputs that are a policy document, whatever they are called."""
    for name, value in node.inputs.items():
        if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
            yield name


def _parsed(value: Any, path: str) -> Policy | None:
    try:
        return _of_text(value, path) if isinstance(value, str) else _of_document(value, path)
    except UndecidableError:
        return None


@lru_cache(maxsize=8192)  # all rules read the same texts
def _of_text(text: str, path: str) -> Policy:
    try:
        return _of_document(json.loads(text), path)
    except ValueError as fault:
        raise UndecidableError(path) from fault


def _of_document(document: Any, path: str) -> Policy:
    if not isinstance(document, Mapping) or has_unknown(document):
        raise UndecidableError(path)
    try:
        return statements_of(document, path)
    except ValueError as fault:
        raise UndecidableError(path) from fault
