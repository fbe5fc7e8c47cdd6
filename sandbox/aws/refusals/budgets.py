"""What AWS Budgets refuses."""

from collections import Counter

from sandbox.aws.refusals.refusal import Call, Words, refusal

NOTIFICATIONS, EMAILS, TOPICS = 5, 10, 1
TEXT = "botocore 1.44.5, budgets CreateBudgetRequest.NotificationsWithSubscribers: "


@refusal(
    "budgets",
    "CreateBudget",
    code="CreationLimitExceededException",
    source=TEXT + "A budget can have up to five notifications",
)
def notifications_of_budget(call: Call) -> Words:
    found = len(call.items("NotificationsWithSubscribers"))
    return f"A budget can have at most {NOTIFICATIONS} notifications, got {found}." if found > NOTIFICATIONS else None


@refusal(
    "budgets",
    "CreateBudget",
    code="CreationLimitExceededException",
    source=TEXT + "each notification can have one SNS subscriber and up to 10 email subscribers",
)
def subscribers_of_notification(call: Call) -> Words:
    for each in call.items("NotificationsWithSubscribers"):
        kinds = Counter(subscriber.get("SubscriptionType") for subscriber in each.get("Subscribers", ()))
        if kinds["EMAIL"] > EMAILS or kinds["SNS"] > TOPICS:
            return f"A notification can have {EMAILS} email subscribers and {TOPICS} SNS subscriber, got {dict(kinds)}."
    return None


@refusal(
    "budgets",
    "CreateBudget",
    "UpdateBudget",
    code="InvalidParameterException",
    source="botocore 1.44.5, budgets CreateBudget: Only one of BudgetLimit or PlannedBudgetLimits can be present",
)
def one_limit(call: Call) -> Words:
    budget = call.get("Budget") or call.get("NewBudget") or {}
    if "BudgetLimit" in budget and "PlannedBudgetLimits" in budget:
        return "Only one of BudgetLimit or PlannedBudgetLimits can be present."
    return None


@refusal(
    "budgets",
    "CreateBudget",
    "UpdateBudget",
    code="InvalidParameterException",
    source=(
        "botocore 1.44.5, budgets CreateBudget: Either FilterExpression and Metrics or CostFilters and CostTypes, "
        "not both"
    ),
)
def one_kind_of_filter(call: Call) -> Words:
    budget = call.get("Budget") or call.get("NewBudget") or {}
    if {"FilterExpression", "Metrics"} & set(budget) and {"CostFilters", "CostTypes"} & set(budget):
        return "Either FilterExpression and Metrics or CostFilters and CostTypes can be present, not both."
    return None
