"""The trail records every read and write of an object that contains code or is derived from it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.data_class import CUSTOMER_DATA, data_class_of, has_unknown_class
from policies.graph import Node, ResourceGraph
from policies.graph.references import Reference
from policies.graph.values import has_unknown
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import BUCKETS, TRAIL
from policies.rules.logging._common import RECORDED, is_adopted, receives_logs

OBJECTS = "AWS::S3::Object"
EVERY_OBJECT = ("arn:aws:s3", "arn:aws:s3:::")
NARROWING = ("eventName", "readOnly", "userIdentity.arn", "sessionCredentialFromConsole")

RULE = logging_rule(
    id="log-code-events",
    title="The trail records every read and write of the customer's objects",
    severity=Severity.HIGH,
    applies_to=BUCKETS,
    requirement=Requirement.AUDIT,
    why="Management events show that a bucket was made, not that a clone was fetched from it.",
    remedy="put the bucket in object_arn_prefixes of components.observe.audit, or select its data events",
    frameworks={**RECORDED, "CIS AWS": ("3.8", "3.9")},
    scope=Scope.STACK,
)


@RULE.check
def is_recorded(node: Node, case: Case) -> Iterator[Finding]:
    trails = case.graph.of_type(TRAIL)
    if is_adopted(node) or not _contains_customer_data(node, case.graph):
        return
    if not trails and (not case.facts.tenant or (case.facts.tier == "pooled" and not case.facts.platform)):
        return  # the account's trail is another stack's
    verdicts = [_records(trail, node) for trail in trails]
    if True in verdicts:
        return
    if None in verdicts:
        yield RULE.undecided(node, "", "the trail's event selectors are not known yet")
    elif has_unknown_class(node):
        yield RULE.undecided(node, "tags", "which data it contains is not known yet")
    else:
        yield RULE.violation(node, "", "no trail of this stack records the reads and writes of its objects")


def _contains_customer_data(bucket: Node, graph: ResourceGraph) -> bool:
    """By its tag; without one, every bucket that receives no logs."""
    data_class = data_class_of(bucket)
    return data_class in CUSTOMER_DATA or (data_class is None and not receives_logs(bucket, graph))


def _records(trail: Node, bucket: Node) -> bool | None:
    """None where no selector that is known records it and another selector is not known."""
    identities = _identities(bucket)
    known = True
    for key, covers in (("advancedEventSelectors", _advanced), ("eventSelectors", _simple)):
        selectors = trail.inputs.get(key) or ()
        known = known and not has_unknown(selectors)
        readable = [each for each in _listed(selectors) if isinstance(each, Mapping) and not has_unknown(each)]
        if any(covers(each, identities) for each in readable):
            return True
    return False if known else None


def _identities(bucket: Node) -> tuple[str, ...]:
    """How an ARN of the bucket's objects may begin: by reference, and by name."""
    name = bucket.inputs.get("bucket") or bucket.id
    named = (f"arn:aws:s3:::{name}/",) if isinstance(name, str) else ()
    return (f"{Reference(bucket.urn, 'arn')}/", *named)


def _advanced(selector: Mapping[str, Any], identities: Sequence[str]) -> bool:
    listed = _listed(selector.get("fieldSelectors"))
    fields = {each.get("field"): each for each in listed if isinstance(each, Mapping)}

    def values(name: str, operator: str) -> Sequence[str]:
        return _texts(fields.get(name, {}).get(operator))

    if any(name in fields for name in NARROWING):
        return False
    if "Data" not in values("eventCategory", "equals") or OBJECTS not in values("resources.type", "equals"):
        return False
    if _prefixed(values("resources.ARN", "notStartsWiths"), identities):
        return False
    return "resources.ARN" not in fields or _prefixed(values("resources.ARN", "startsWiths"), identities)


def _simple(selector: Mapping[str, Any], identities: Sequence[str]) -> bool:
    if selector.get("readWriteType", "All") != "All":
        return False
    resources = [each for each in _listed(selector.get("dataResources")) if isinstance(each, Mapping)]
    values = [value for each in resources if each.get("type") == OBJECTS for value in _texts(each.get("values"))]
    return any(value in EVERY_OBJECT for value in values) or _prefixed(values, identities)


def _texts(values: Any) -> Sequence[str]:
    return [value for value in _listed(values) if isinstance(value, str)]


def _listed(values: Any) -> Sequence[Any]:
    """A list that is not known counts as empty."""
    return values if isinstance(values, (list, tuple)) else ()


def _prefixed(prefixes: Sequence[str], identities: Sequence[str]) -> bool:
    return any(identity.startswith(prefix) for identity in identities for prefix in prefixes)
