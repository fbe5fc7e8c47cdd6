"""AWS Budgets: a service of the account, not of a region.

moto cannot change a budget, so it is deleted and created again under its name.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from awsread.answers import int_if_whole
from awsread.services.budgets import SPELLING, SUBSCRIBERS, TIME_FORMAT
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import args_of


class Budget(EchoedResource):
    """Its id is `account:name`."""

    token = "aws:budgets/budget:Budget"
    auto_name = "name"
    auto_name_max = 100
    partly = frozenset({"notifications", "costFilters"})
    in_ledger = frozenset({"autoAdjustData", "billingViewArn", "filterExpression", "metrics", "tags"})
    moto_omits = {"tags": {}}

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        amount = inputs.get("limitAmount")
        if not amount and not inputs.get("plannedLimits") and not inputs.get("autoAdjustData"):
            yield "limitAmount", "give limitAmount, plannedLimits or autoAdjustData"
        if isinstance(amount, str) and not _is_number(amount):
            yield "limitAmount", f"expected a number as text, got {amount!r}"
        for name in ("timePeriodStart", "timePeriodEnd"):
            if isinstance(inputs.get(name), str) and _time(inputs[name]) is None:
                yield name, f"expected a time such as 2026-01-01_00:00, got {inputs[name]!r}"

    def make(self, api: Api, inputs: Props) -> str:
        account = inputs.get("accountId", api.account_id)
        self._put(api, account, inputs)
        return f"{account}:{inputs['name']}"

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found is None:
            return None
        account, _, name = id.partition(":")  # moto does not return the subscribers
        call = api.client("budgets").describe_notifications_for_budget
        live = [SPELLING.to_props(item) for item in call(AccountId=account, BudgetName=name)["Notifications"]]
        return {**found, "notifications": [{key: int_if_whole(value) for key, value in item.items()} for item in live]}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - self.in_ledger:
            account, _, name = id.partition(":")
            api.client("budgets").delete_budget(AccountId=account, BudgetName=name)
            self._put(api, account, {**new, "timePeriodStart": new.get("timePeriodStart", old.get("timePeriodStart"))})

    def remove(self, api: Api, id: str, state: Props) -> None:
        account, _, name = id.partition(":")
        api.client("budgets").delete_budget(AccountId=account, BudgetName=name)

    def _put(self, api: Api, account: str, inputs: Props) -> None:
        start = _time(inputs.get("timePeriodStart") or "") or datetime.now(UTC).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        budget = {
            **args_of(inputs, BudgetName="name", BudgetType="budgetType", TimeUnit="timeUnit"),
            "TimePeriod": {"Start": start, "End": _time(inputs["timePeriodEnd"])},
        }
        if inputs.get("limitAmount"):
            budget["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs.get("limitUnit", "USD")}
        if inputs.get("plannedLimits"):
            budget["PlannedBudgetLimits"] = {
                str(int(_time(item["startTime"]).timestamp())): {"Amount": item["amount"], "Unit": item["unit"]}  # type: ignore[union-attr]
                for item in inputs["plannedLimits"]
            }
        if inputs.get("costFilters"):
            budget["CostFilters"] = {item["name"]: item["values"] for item in inputs["costFilters"]}
        if inputs.get("costTypes"):
            budget["CostTypes"] = SPELLING.to_api(inputs["costTypes"])
        api.client("budgets").create_budget(
            AccountId=account,
            Budget=budget,
            NotificationsWithSubscribers=[_with_subscribers(item) for item in inputs.get("notifications") or []],
        )


def _with_subscribers(notification: Props) -> Props:
    subscribers = [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in SUBSCRIBERS.items()
        for address in notification.get(name) or []
    ]
    return {
        "Notification": SPELLING.to_api({key: value for key, value in notification.items() if key not in SUBSCRIBERS}),
        "Subscribers": subscribers,
    }


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
