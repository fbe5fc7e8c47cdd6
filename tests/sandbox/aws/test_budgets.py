"""Budgets through the provider."""

import pytest

from tests.sandbox.aws.harness import CheckError, ProviderError

BUDGET = "aws:budgets/budget:Budget"
BASE = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitUnit": "USD"}


def notification(threshold: float) -> dict:
    return {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "FORECASTED",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberSnsTopicArns": ["arn:aws:sns:eu-central-1:123456789012:t"],
    }


def test_a_budget_passes_the_lifecycle(lifecycle, unique):
    def drift(api, made):
        account, _, name = made.id.partition(":")
        found = api.client("budgets").describe_budget(AccountId=account, BudgetName=name)["Budget"]
        api.client("budgets").delete_budget(AccountId=account, BudgetName=name)
        found["BudgetLimit"]["Amount"] = "999"
        del found["CalculatedSpend"]
        api.client("budgets").create_budget(AccountId=account, Budget=found)

    filters = [{"name": "TagKeyValue", "values": ["codekeep:tenant$acme"]}]
    made = lifecycle(
        BUDGET,
        {**BASE, "limitAmount": "1000", "costFilters": filters, "notifications": [notification(80), notification(100)]},
        {**BASE, "limitAmount": "2500.50", "costFilters": filters, "notifications": [notification(90)]},
        drift=drift,
        unreadable={"notifications"},
    )
    assert made.outputs["arn"] == f"arn:aws:budgets::123456789012:budget/{made.outputs['name']}"
    assert "region" not in made.outputs
    named = {**BASE, "limitAmount": "1"}
    lifecycle(BUDGET, {**named, "name": f"{unique}a"}, {**named, "name": f"{unique}b"}, expect_replace={"name"})


def test_a_budget_that_aws_would_refuse_is_refused(plugin, unique):
    with pytest.raises(CheckError) as error:
        plugin.check(BUDGET, unique, {**BASE, "limitAmount": "much", "timePeriodStart": "yesterday"})
    assert {path for path, _ in error.value.failures} == {"limitAmount", "timePeriodStart"}
    with pytest.raises(ProviderError, match="TimeUnit is 'HOURLY'; allowed: DAILY"):
        plugin.create(BUDGET, unique, {**BASE, "timeUnit": "HOURLY", "limitAmount": "1"})
