"""Without a budget the first to notice a runaway pool is whoever pays the bill."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.cost._common import FRAMEWORKS

BUDGET = "aws:budgets/budget:Budget"

RULE = Rule(
    id="budget-exists",
    title="A keep with an agreed budget has one in its account",
    severity=Severity.MEDIUM,
    family=Family.COST,
    applies_to=(STACK_TYPE,),
    requirement=Requirement.COST_CONTROL,
    why="A GPU node costs more in a night than a month of everything else: somebody must hear of it the same day.",
    remedy="create it with components.observe.observability",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def there(node: Node, case: Case) -> Iterator[Finding]:
    if case.facts.monthly_budget_usd is None:
        return  # nothing was agreed
    if not any(budget.inputs.get("budgetType") == "COST" for budget in case.graph.of_type(BUDGET)):
        agreed = case.facts.monthly_budget_usd
        yield RULE.violation(node, "", f"holds no budget of type COST, though {agreed} USD a month were agreed")
