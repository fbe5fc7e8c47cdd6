"""On shared ground a grant must name the keep, or it is a grant on every keep's things."""

import re
from collections.abc import Iterator, Mapping

from policies.accounts import account_of
from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.identity._policies import is_boundary
from policies.rules.tenancy._tiers import is_pooled

RULE = Rule(
    id="pooled-grants",
    title="A pooled keep's roles reach its own resources, or its own part of shared ones",
    severity=Severity.CRITICAL,
    family=Family.TENANCY,
    applies_to=types_with(Kind.IDENTITY),
    requirement=Requirement.ISOLATION,
    why="The search domain and the account are shared: only the prefix in the path keeps customers' code apart.",
    remedy="name the keep in the resource (its prefix, see components.identity.grants) or in a condition on its tag",
    frameworks={"SOC 2": ("CC6.1", "CC6.3", "C1.1"), "ISO 27001": ("A.5.15", "A.5.23", "A.8.3")},
    scope=Scope.STACK,
)


@RULE.check
def reach_their_own(node: Node, case: Case) -> Iterator[Finding]:
    if is_pooled(case.facts) and not is_boundary(node, case.graph):
        yield from judge_allowed(RULE, node, (Kind.IDENTITY,), lambda statement: _reach(node, statement, case))


def _reach(node: Node, statement: Statement, case: Case) -> Iterator[Finding]:
    if _condition_names(statement, case.facts.tenant):
        return
    for resource in statement.resources:
        if not _is_own(resource, case):
            yield RULE.violation(
                node, f"{statement.path}.Resource", f"reaches {resource}, which names not {case.facts.tenant}"
            )


def _condition_names(statement: Statement, tenant: str) -> bool:
    """A binding condition on the keep's tag or metric namespace narrows any resource."""
    for keys in statement.conditions.values():
        for key in keys:
            if key.lower().endswith(("/codekeep:tenant", ":namespace")):
                values = statement.bound_values(key)
                if values and all(_names(value, tenant) for value in values):
                    return True
    return False


def _names(text: str, tenant: str) -> bool:
    return re.search(rf"(?:^|[:/_-]){re.escape(tenant)}(?:[:/_-]|$)", text) is not None


def _is_own(resource: str, case: Case) -> bool:
    reference = next(references_in(resource), None)
    if reference is not None:
        if case.graph.get(reference.urn) is not None:
            return True
        return _names(resource.partition("}")[2], case.facts.tenant)
    if resource in case.graph.derived(_arns) or account_of(resource) in case.facts.customer_key_accounts:
        return True
    return _names(resource, case.facts.tenant)


def _arns(graph: ResourceGraph) -> Mapping[str, str]:
    """ARN → URN of what the stack holds, as far as the ARNs are known."""
    return {str(node.outputs["arn"]): node.urn for node in graph.resources if isinstance(node.outputs.get("arn"), str)}
