"""The budget of a keep, and who is notified."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BudgetPlan:
    """Monthly cost in US dollars, the percentages of it that notify, and the e-mail addresses."""

    monthly_usd: int
    alert_percents: tuple[int, ...]
    notify: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.monthly_usd < 1:
            raise ValueError(f"monthly_usd must be 1 or more, got {self.monthly_usd}")
        if not self.alert_percents or any(not 1 <= percent <= 1000 for percent in self.alert_percents):
            raise ValueError(f"alert_percents must be percentages from 1 to 1000, got {list(self.alert_percents)}")
        if not self.notify:
            raise ValueError("notify must have at least one e-mail address; a budget nobody reads limits nothing")
