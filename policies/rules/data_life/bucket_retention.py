"""Data that outlives the agreement is data that somebody promised was gone."""

from collections.abc import Iterator, Sequence

from policies.conditions import number
from policies.data_class import data_class_of
from policies.graph import Node
from policies.reading import MISSING, Found
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules._types import BUCKETS
from policies.rules.data_life._common import GONE, agreed_days, unknown_class
from policies.rules.data_life._lifecycles import Expiry, expiries

KEPT_WHILE_CURRENT = ("model",)  # a model in use does not age: its retention counts from its replacement
LONGEST_UNFINISHED_DAYS = 7

RULE = data_life_rule(
    id="bucket-retention",
    title="Every bucket expires its objects, their old versions and unfinished uploads as agreed",
    severity=Severity.HIGH,
    applies_to=BUCKETS,
    requirement=Requirement.RETENTION,
    why="Object storage deletes nothing by itself; old versions and abandoned parts are in no listing.",
    remedy="set retention in the spec; components.storage.bucket writes the lifecycle from it",
    frameworks=GONE,
    scope=Scope.STACK,
)


@RULE.check
def expires_as_agreed(node: Node, case: Case) -> Iterator[Finding]:
    """The audit trail must not go early either; what the spec does not name must go some day."""
    yield from unknown_class(RULE, node)
    rules = list(expiries(node, case.graph))
    unknown = next((rule for rule in rules if not rule.known), None)
    if unknown is not None:
        yield RULE.undecided(unknown.node, unknown.at)
        return
    rules = [rule for rule in rules if rule.covers_everything]
    data_class = data_class_of(node)
    days = agreed_days(data_class, case)
    current, unfinished = [rule.current for rule in rules], [rule.unfinished for rule in rules]
    if data_class not in KEPT_WHILE_CURRENT:
        yield from _bounded(node, rules, current, days, "objects")
    if data_class == "audit" and days is not None:
        yield from _not_early(rules, days)
    yield from _bounded(node, rules, [rule.noncurrent for rule in rules], days, "noncurrent versions")
    yield from _bounded(node, rules, unfinished, LONGEST_UNFINISHED_DAYS, "unfinished uploads")


def _bounded(
    bucket: Node, rules: Sequence[Expiry], found: Sequence[Found], days: int | None, what: str
) -> Iterator[Finding]:
    given = [(rule, each) for rule, each in zip(rules, found, strict=True) if each.value is not MISSING]
    limit = "" if days is None else f" after {days} days at most"
    if not given:
        yield RULE.violation(bucket, "", f"has no enabled lifecycle rule over all objects that expires {what}{limit}")
        return
    if unknown := [(rule, each) for rule, each in given if not each.known]:
        yield RULE.undecided(unknown[0][0].node, unknown[0][1].path)
        return
    rule, shortest = min(given, key=lambda pair: number(pair[1].value))
    if days is not None and not number(shortest.value) <= days:
        yield RULE.violation(rule.node, shortest.path, f"got {shortest.value}: {what} must expire{limit}")


def _not_early(rules: Sequence[Expiry], days: int) -> Iterator[Finding]:
    for rule in rules:
        found = rule.current
        if found.value is not MISSING and number(found.value) < days:
            yield RULE.violation(rule.node, found.path, f"got {found.value}: the audit trail is kept {days} days")
