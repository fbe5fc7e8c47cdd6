"""One key per class of data: what opens prompts must not open code, and no keep's key opens another's."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.accounts import account_of, trusted_accounts
from policies.data_class import data_class_of
from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.graph.references import references_in
from policies.places import arns_in, texts_in
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Scope, Severity

KEYS = ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey")
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
NO_USE = (*KEYS, "aws:kms/alias:Alias", "aws:kms/keyPolicy:KeyPolicy")
CONFIG_KEYS = ("secret", "log")
"""Classes whose keys serve infrastructure that holds no customer data: secrets of a cluster, logs of a firewall."""

KEY_PROPERTIES = ("kmskeyid", "kmsmasterkeyid", "kmskeyarn", "keyarn", "kmskey")

RULE = Rule(
    id="keys-per-class",
    title="A key serves one class of data, and is the keep's or its customer's",
    severity=Severity.HIGH,
    family=Family.TENANCY,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="A key shared between classes or keeps opens all of them to whoever is allowed one.",
    remedy="take the key of the resource's own data class from components.keys.key_ring",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.12", "A.8.3", "A.8.24")},
    scope=Scope.STACK,
)


@RULE.check
def one_class_each(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "aws" or node.type in NO_USE:
        return
    for path in _unknown_keys(node.inputs):
        yield RULE.undecided(node, path)
    for path, text in texts_in(node.inputs):
        if text.lstrip().startswith("{"):
            continue  # a policy document grants use, it does not encrypt
        if ":kms:" in text or "aws:kms/" in text:
            yield from _use(node, path, text, case)


def _use(node: Node, path: str, text: str, case: Case) -> Iterator[Finding]:
    uses, key = _class_of_user(node, case.graph), _key(text, case.graph)
    if key is not None:
        serves = data_class_of(key)
        if uses and serves and not _fits(uses, serves):
            yield RULE.violation(node, path, f"holds {uses} under {key.name}, the key of {serves}")
        return
    for arn in (each for each in text.split() if account_of(each)):
        trusted = trusted_accounts(node, case)
        if trusted and account_of(arn) not in trusted:
            yield RULE.violation(node, path, f"uses the key {arn} of account {account_of(arn)}")
        others = sorted(case.graph.derived(_classes_of_foreign_keys).get(arn, frozenset()) - {uses or ""})
        if uses and others:
            yield RULE.violation(node, path, f"holds {uses} under {arn}, which serves {', '.join(others)} too")


def _unknown_keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unknown_keys(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _unknown_keys(inner, f"{path}[{index}]")
    elif (value is UNKNOWN or value is SECRET) and path.lower().endswith(KEY_PROPERTIES):
        yield path


def _fits(uses: str, serves: str) -> bool:
    return uses == serves or (uses == "config" and serves in CONFIG_KEYS)


def _class_of_user(node: Node, graph: ResourceGraph) -> str | None:
    """The resource's class, or that of the bucket whose settings it holds."""
    own = data_class_of(node)
    if own is not None or "bucket" not in node.inputs:
        return own
    return next((data_class_of(bucket) for bucket in graph.references(node, "bucket", *BUCKETS)), None)


def _key(text: str, graph: ResourceGraph) -> Node | None:
    referred = (graph.get(reference.urn) for reference in references_in(text))
    key = next((node for node in referred if node is not None and node.type in KEYS), None)
    return key or graph.derived(_keys_by_arn).get(text)


def _keys_by_arn(graph: ResourceGraph) -> Mapping[str, Node]:
    return {str(key.outputs["arn"]): key for key in graph.of_type(*KEYS) if isinstance(key.outputs.get("arn"), str)}


def _classes_of_foreign_keys(graph: ResourceGraph) -> Mapping[str, frozenset[str]]:
    """ARN of a key that is no resource of the stack → the classes of what it encrypts."""
    classes: dict[str, set[str]] = {}
    for node in graph.resources:
        if node.package == "aws" and node.type not in NO_USE and (uses := _class_of_user(node, graph)):
            for _, text in texts_in(node.inputs):
                if ":kms:" in text and not text.lstrip().startswith("{") and any(arns_in(text)):
                    classes.setdefault(text, set()).add(uses)
    return {arn: frozenset(found) for arn, found in classes.items()}
