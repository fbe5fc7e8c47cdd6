"""One key per class of data: what opens prompts must not open code, and no keep's key opens another's."""

from collections.abc import Iterator, Mapping

from policies.accounts import account_of, trusted_accounts
from policies.data_class import data_class_of, has_unknown_class
from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.graph.values import Marker, texts_in, walk
from policies.regions import arns_in
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Scope, Severity, tenancy_rule
from policies.rules._types import BUCKETS, KEY, REPLICA_KEY

KEYS = (KEY, REPLICA_KEY, "aws:kms/externalKey:ExternalKey")
NO_USE = (*KEYS, "aws:kms/alias:Alias", "aws:kms/keyPolicy:KeyPolicy")
CONFIG_KEYS = ("secret", "log")
"""Classes whose keys may encrypt infrastructure without customer data: secrets of a cluster, logs of a firewall."""

KEY_PROPERTIES = ("kmskeyid", "kmsmasterkeyid", "kmskeyarn", "keyarn", "kmskey")

RULE = tenancy_rule(
    id="keys-per-class",
    title="A key serves one class of data, and is the keep's or its customer's",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="A key shared between classes or keeps opens all of them to whoever is allowed one.",
    remedy="take the key of the resource's own data class from components.keys.key_ring",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.12", "A.8.3", "A.8.24")},
    scope=Scope.STACK,
    exempt=lambda node, _: node.package != "aws" or node.type in NO_USE,
)


@RULE.check
def one_class_each(node: Node, case: Case) -> Iterator[Finding]:
    for path, value in walk(node.inputs):
        if isinstance(value, Marker) and path.lower().endswith(KEY_PROPERTIES):
            yield RULE.undecided(node, path)
    for path, text in _keys_in(node):
        yield from _use(node, path, text, case)


def _keys_in(node: Node) -> Iterator[tuple[str, str]]:
    """Texts that name a key; not policy documents, which grant use and do not encrypt."""
    for path, text in texts_in(node.inputs):
        if not text.lstrip().startswith("{") and (":kms:" in text or "aws:kms/" in text):
            yield path, text


def _use(node: Node, path: str, text: str, case: Case) -> Iterator[Finding]:
    uses, key = _class_of_user(node, case.graph), _key(text, case.graph)
    if key is not None:
        serves = data_class_of(key)
        if serves and has_unknown_class(node):
            yield RULE.undecided(node, path, "which data it encrypts is not known yet")
        if uses and serves and uses != serves and not (uses == "config" and serves in CONFIG_KEYS):
            yield RULE.violation(node, path, f"contains {uses} under {key.name}, the key of {serves}")
        return
    trusted = trusted_accounts(node, case)
    for arn in (each for each in text.split() if account_of(each)):
        if trusted and account_of(arn) not in trusted:
            yield RULE.violation(node, path, f"uses the key {arn} of account {account_of(arn)}")
        others = sorted(case.graph.derived(_classes_of_foreign_keys).get(arn, frozenset()) - {uses or ""})
        if uses and others:
            yield RULE.violation(node, path, f"contains {uses} under {arn}, which serves {', '.join(others)} too")


def _class_of_user(node: Node, graph: ResourceGraph) -> str | None:
    """The resource's class, or that of the bucket that it configures."""
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
    classes: dict[str, frozenset[str]] = {}
    for node in graph.resources:
        if node.package == "aws" and node.type not in NO_USE and (uses := _class_of_user(node, graph)):
            for _, text in _keys_in(node):
                if ":kms:" in text and any(arns_in(text)):
                    classes[text] = classes.get(text, frozenset()) | {uses}
    return classes
