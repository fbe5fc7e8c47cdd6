"""AWS Budgets: a service of the account, not of a region."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from awsread.answers import int_if_whole, pick, same_number
from awsread.errors import code_of, or_none
from awsread.reader import Aws, Props, reads
from awsread.spelling import Spelling

TIME_FORMAT = "%Y-%m-%d_%H:%M"
SPELLING = Spelling()
SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}


@reads("budgets", "aws:budgets/budget:Budget", fixed="timePeriodStart timePeriodEnd costFilters")
def budget(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `account:name`."""
    account, _, name = id.partition(":")
    budgets = aws.client("budgets")
    answer = or_none(budgets.describe_budget, AccountId=account, BudgetName=name)
    if answer is None:
        return None
    found = answer["Budget"]
    limit, filters = found.get("BudgetLimit") or {}, found.get("CostFilters") or {}
    notifications = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    return {
        "accountId": account,
        "arn": f"arn:{aws.partition}:budgets::{account}:budget/{name}",
        **pick(found, "BudgetType", "TimeUnit"),
        "costFilters": [{"name": key, "values": value} for key, value in filters.items()],
        "costTypes": SPELLING.to_props(found.get("CostTypes")),
        "limitAmount": same_number(known.get("limitAmount"), limit.get("Amount")),
        "limitUnit": limit.get("Unit"),
        "name": name,
        "notifications": _with_subscribers(budgets, account, name, notifications),
        "plannedLimits": _planned(found.get("PlannedBudgetLimits")),
        "timePeriodEnd": found["TimePeriod"]["End"].astimezone(UTC).strftime(TIME_FORMAT),
        "timePeriodStart": found["TimePeriod"]["Start"].astimezone(UTC).strftime(TIME_FORMAT),
    }


def _with_subscribers(budgets: Any, account: str, name: str, found: list[Props]) -> list[Props] | None:
    """The notifications with subscribers; None (unread) if AWS does not list the subscribers."""
    try:
        return [_notification(budgets, account, name, each) for each in found]
    except Exception as error:
        if not code_of(error):
            raise
        return None


def _notification(budgets: Any, account: str, name: str, found: Mapping[str, Any]) -> Props:
    call = budgets.describe_subscribers_for_notification
    subscribers = call(AccountId=account, BudgetName=name, Notification=found)["Subscribers"]
    addresses = {
        ours: [each["Address"] for each in subscribers if each["SubscriptionType"] == kind]
        for ours, kind in SUBSCRIBERS.items()
    }
    read = {key: int_if_whole(value) for key, value in SPELLING.to_props(found).items()}
    return {**read, **{ours: listed for ours, listed in addresses.items() if listed}}


def _planned(limits: Mapping[str, Any] | None) -> list[Props]:
    return [
        {
            "startTime": datetime.fromtimestamp(int(seconds), UTC).strftime(TIME_FORMAT),
            "amount": spend["Amount"],
            "unit": spend["Unit"],
        }
        for seconds, spend in sorted((limits or {}).items())
    ]
