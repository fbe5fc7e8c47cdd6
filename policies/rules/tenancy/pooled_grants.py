"""On a shared platform a grant that does not name the keep is a grant on every keep's resources."""

import re
from collections.abc import Iterator

from policies.accounts import account_of
from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.rule import Case, Finding, Requirement, Scope, Severity, tenancy_rule
from policies.rules.identity._policies import is_boundary
from policies.rules.tenancy._tiers import is_pooled

RULE = tenancy_rule(
    id="pooled-grants",
    title="A pooled keep's roles reach its own resources, or its own part of shared ones",
    severity=Severity.CRITICAL,
    applies_to=types_with(Kind.IDENTITY),
    requirement=Requirement.ISOLATION,
    why="The search domain and the account are shared: only the prefix in the path keeps customers' code apart.",
    remedy="name the keep in the resource (its prefix, see components.identity.grants) or in a condition on its tag",
    frameworks={"SOC 2": ("CC6.1", "CC6.3", "C1.1"), "ISO 27001": ("A.5.15", "A.5.23", "A.8.3")},
    scope=Scope.STACK,
    exempt=lambda node, case: not is_pooled(case.facts) or is_boundary(node, case.graph),
)


@RULE.check
def reach_their_own(node: Node, case: Case) -> Iterator[Finding]:
    yield from judge_allowed(RULE, node, (Kind.IDENTITY,), lambda statement: _reach(node, statement, case))


def _reach(node: Node, statement: Statement, case: Case) -> Iterator[Finding]:
    if _condition_names(statement, case.facts.tenant):
        return
    for resource in statement.resources:
        if not _is_own(resource, case):
            message = f"reaches {resource}, which does not name {case.facts.tenant}"
            yield RULE.violation(node, f"{statement.path}.Resource", message)


def _condition_names(statement: Statement, tenant: str) -> bool:
    """A binding condition on the keep's tag or metric namespace narrows any resource."""
    keys = {key for operator in statement.conditions.values() for key in operator}
    return any(
        values and all(_names(value, tenant) for value in values)
        for key in keys
        if key.lower().endswith(("/codekeep:tenant", ":namespace"))
        for values in [statement.bound_values(key)]
    )


def _names(text: str, tenant: str) -> bool:
    return re.search(rf"(?:^|[:/_-]){re.escape(tenant)}(?:[:/_-]|$)", text) is not None


def _is_own(resource: str, case: Case) -> bool:
    reference = next(references_in(resource), None)
    if reference is not None:
        own = case.graph.get(reference.urn) is not None
        return own or _names(resource.partition("}")[2], case.facts.tenant)
    if resource in case.graph.derived(_arns) or account_of(resource) in case.facts.customer_key_accounts:
        return True
    return _names(resource, case.facts.tenant)


def _arns(graph: ResourceGraph) -> frozenset[str]:
    """ARNs of the stack's resources, as far as they are known."""
    return frozenset(arn for node in graph.resources if isinstance(arn := node.outputs.get("arn"), str))
