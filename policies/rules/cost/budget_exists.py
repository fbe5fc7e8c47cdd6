"""Without a budget the first to notice a runaway pool is whoever pays the bill."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Finding, Requirement, Scope, Severity, cost_rule
from policies.rules._types import BUDGET
from policies.rules.cost._common import FRAMEWORKS

RULE = cost_rule(
    id="budget-exists",
    title="A keep with an agreed budget has one in its account",
    severity=Severity.MEDIUM,
    applies_to=(STACK_TYPE,),
    requirement=Requirement.COST_CONTROL,
    why="A GPU node costs more in a night than a month of everything else: somebody must hear of it the same day.",
    remedy="create it with components.observe.observability",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def has_a_budget(node: Node, case: Case) -> Iterator[Finding]:
    agreed = case.facts.monthly_budget_usd
    types = [budget.inputs.get("budgetType") for budget in case.graph.of_type(BUDGET)]
    if agreed is None or "COST" in types:
        return
    if UNKNOWN in types:
        yield RULE.undecided(node, "", "the type of a budget is not known yet")
    else:
        yield RULE.violation(node, "", f"has no budget of type COST, though {agreed} USD a month were agreed")
