"""Every read and write of an object that holds code, or is made of it, is in the trail."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.data_class import CUSTOMER_DATA, data_class_of
from policies.graph import SECRET, UNKNOWN, Node
from policies.graph.references import Reference
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import BUCKETS, RECORDED, TRAIL, is_adopted, takes_logs

ADVANCED, SIMPLE = "advancedEventSelectors", "eventSelectors"
OBJECTS = "AWS::S3::Object"
EVERY_OBJECT = ("arn:aws:s3", "arn:aws:s3:::")
NARROWING = ("eventName", "readOnly", "userIdentity.arn", "sessionCredentialFromConsole")

RULE = Rule(
    id="log-code-events",
    title="The trail records every read and write of the customer's objects",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=BUCKETS,
    requirement=Requirement.AUDIT,
    why="Management events tell that a bucket was made, not that a clone was fetched from it.",
    remedy="put the bucket in object_arn_prefixes of components.observe.audit, or select its data events",
    frameworks={**RECORDED, "CIS AWS": ("3.8", "3.9")},
    scope=Scope.STACK,
)


@RULE.check
def is_recorded(node: Node, case: Case) -> Iterator[Finding]:
    data_class = data_class_of(node)
    trails = case.graph.of_type(TRAIL)
    if is_adopted(node) or not (
        data_class in CUSTOMER_DATA or (data_class is None and not takes_logs(node, case.graph))
    ):
        return
    if not trails and (not case.facts.tenant or (case.facts.tier == "pooled" and not case.facts.platform)):
        return  # the account's trail is another stack's
    verdicts = [_records(trail, node) for trail in trails]
    if any(verdict is True for verdict in verdicts):
        return
    if any(verdict is None for verdict in verdicts):
        yield RULE.undecided(node, "", "the trail's event selectors are not known yet")
    else:
        yield RULE.violation(node, "", "no trail of this stack records the reads and writes of its objects")


def _records(trail: Node, bucket: Node) -> bool | None:
    """None where they do not as far as is known, and a part of the selectors is not known."""
    identities = _identities(bucket)
    known = True
    for key, covers in ((ADVANCED, _advanced), (SIMPLE, _simple)):
        selectors = trail.inputs.get(key) or ()
        known = known and not _holds_unknown(selectors)
        if isinstance(selectors, (list, tuple)) and any(
            isinstance(each, Mapping) and covers(each, identities) for each in selectors
        ):
            return True
    return False if known else None


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_unknown(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds_unknown(inner) for inner in value)
    return value is UNKNOWN or value is SECRET


def _identities(bucket: Node) -> tuple[str, ...]:
    """How an ARN of the bucket's objects may begin: by reference, and by name."""
    name = bucket.inputs.get("bucket") or bucket.id
    named = (f"arn:aws:s3:::{name}/",) if isinstance(name, str) else ()
    return (f"{Reference(bucket.urn, 'arn')}/", *named)


def _advanced(selector: Mapping[str, Any], identities: Sequence[str]) -> bool:
    listed = _listed(selector.get("fieldSelectors"))
    fields = {each.get("field"): each for each in listed if isinstance(each, Mapping)}
    if any(name in fields for name in NARROWING):
        return False
    if "Data" not in _values(fields, "eventCategory", "equals") or OBJECTS not in _values(
        fields, "resources.type", "equals"
    ):
        return False
    if _prefixed(_values(fields, "resources.ARN", "notStartsWiths"), identities):
        return False
    return "resources.ARN" not in fields or _prefixed(_values(fields, "resources.ARN", "startsWiths"), identities)


def _simple(selector: Mapping[str, Any], identities: Sequence[str]) -> bool:
    if selector.get("readWriteType", "All") != "All":
        return False
    resources = [each for each in _listed(selector.get("dataResources")) if isinstance(each, Mapping)]
    values = [value for each in resources if each.get("type") == OBJECTS for value in _texts(each.get("values"))]
    return any(value in EVERY_OBJECT for value in values) or _prefixed(values, identities)


def _values(fields: Mapping[Any, Mapping[str, Any]], name: str, operator: str) -> Sequence[str]:
    return _texts(fields.get(name, {}).get(operator))


def _texts(values: Any) -> Sequence[str]:
    return [value for value in _listed(values) if isinstance(value, str)]


def _listed(values: Any) -> Sequence[Any]:
    """A list that is not known has nothing in it yet."""
    return values if isinstance(values, (list, tuple)) else ()


def _prefixed(prefixes: Sequence[str], identities: Sequence[str]) -> bool:
    return any(identity.startswith(prefix) for identity in identities for prefix in prefixes)
