"""What AWS Backup refuses of plans and vault locks."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.aws.refusals.refusal import Call, Words, refusal

PLANS, LOCK = ("CreateBackupPlan", "UpdateBackupPlan"), "PutBackupVaultLockConfiguration"
CODE = "InvalidParameterValueException"
COLD_DAYS, LONGEST_DAYS, CONTINUOUS_DAYS = 90, 36_500, 35
START_MINUTES, START_MAX_MINUTES = 60, 52_560_000
COOLING_OFF_DAYS = 3
TEXT = "botocore 1.44.5, backup PutBackupVaultLockConfigurationInput."


@refusal(
    "backup",
    *PLANS,
    code=CODE,
    source=(
        "hashicorp/terraform-provider-aws pull request 7350, 2019-03-21; botocore 1.44.5, backup "
        "Lifecycle.DeleteAfterDays"
    ),
    reported=True,
)
def days_in_cold_storage(call: Call) -> Words:
    for rule, cycle in _lifecycles(call):
        cold, delete = cycle.get("MoveToColdStorageAfterDays"), cycle.get("DeleteAfterDays")
        if cold and delete is not None and delete < cold + COLD_DAYS:
            return (
                f"Error in rule {rule.get('RuleName')} : Invalid lifecycle. DeleteAfterDays cannot be less than "
                f"{COLD_DAYS} days apart from MoveToColdStorageAfterDays"
            )
    return None


@refusal(
    "backup",
    *PLANS,
    code=CODE,
    source="hashicorp/terraform-provider-aws issue 24960, 2022-05-24",
    reported=True,
)
def days_of_recovery_points(call: Call) -> Words:
    for rule, cycle in _lifecycles(call):
        delete = cycle.get("DeleteAfterDays")
        if delete is not None and not 1 <= delete <= LONGEST_DAYS:
            return (
                f"Error in rule {rule.get('RuleName')} : Invalid lifecycle. DeleteAfterDays cannot be less than 1 or "
                f"more than {LONGEST_DAYS} days"
            )
    return None


@refusal("backup", *PLANS, code=CODE, source="lgallard/terraform-aws-backup issue 40, 2021-06-06", reported=True)
def cold_storage_of_continuous_backups(call: Call) -> Words:
    for rule in _rules(call):
        if rule.get("EnableContinuousBackup") and rule.get("Lifecycle", {}).get("MoveToColdStorageAfterDays"):
            return (
                f"Error in rule {rule.get('RuleName')} : Invalid lifecycle. MoveToColdStorageAfterDays is unavailable"
            )
    return None


@refusal(
    "backup",
    *PLANS,
    code=CODE,
    source=(
        "AWS Backup developer guide, Point-in-time recovery: continuous backups are kept at most 35 days; "
        "aws/aws-cdk pull request 17602"
    ),
)
def days_of_continuous_backups(call: Call) -> Words:
    for rule in _rules(call):
        days = rule.get("Lifecycle", {}).get("DeleteAfterDays")
        if rule.get("EnableContinuousBackup") and days is not None and days > CONTINUOUS_DAYS:
            return (
                f"Error in rule {rule.get('RuleName')} : DeleteAfterDays must be 1 to {CONTINUOUS_DAYS} for "
                "continuous backups"
            )
    return None


@refusal(
    "backup",
    *PLANS,
    code=CODE,
    source="botocore 1.44.5, backup BackupRuleInput.StartWindowMinutes: it must be at least 60 minutes to avoid errors",
)
def start_window(call: Call) -> Words:
    for rule in _rules(call):
        found = rule.get("StartWindowMinutes")
        if found is not None and not START_MINUTES <= found <= START_MAX_MINUTES:
            return (
                f"Error in rule {rule.get('RuleName')} : Start window must be at least {START_MINUTES} minutes, got "
                f"{found}"
            )
    return None


@refusal(
    "backup",
    *PLANS,
    code=CODE,
    source="AWS Backup developer guide, Create a backup plan: the completion window is longer than the start window",
)
def completion_window(call: Call) -> Words:
    for rule in _rules(call):
        start, end = rule.get("StartWindowMinutes"), rule.get("CompletionWindowMinutes")
        if start is not None and end is not None and end < start + START_MINUTES:
            return (
                f"Error in rule {rule.get('RuleName')} : Completion window must be at least 60 minutes more than the "
                "start window"
            )
    return None


@refusal("backup", LOCK, code=CODE, source=TEXT + "MinRetentionDays: 1 day; MaxRetentionDays: 36500 days")
def days_of_lock(call: Call) -> Words:
    low, high = call.get("MinRetentionDays"), call.get("MaxRetentionDays")
    for name, value in (("MinRetentionDays", low), ("MaxRetentionDays", high)):
        if value is not None and not 1 <= value <= LONGEST_DAYS:
            return f"{name} must be 1 to {LONGEST_DAYS}, got {value}"
    if low is not None and high is not None and low > high:
        return f"MinRetentionDays {low} must not be greater than MaxRetentionDays {high}"
    return None


@refusal("backup", LOCK, code=CODE, source=TEXT + "ChangeableForDays: you must set ChangeableForDays to 3 or greater")
def cooling_off(call: Call) -> Words:
    found = call.get("ChangeableForDays")
    if found is None or COOLING_OFF_DAYS <= found <= LONGEST_DAYS:
        return None
    return f"ChangeableForDays must be {COOLING_OFF_DAYS} to {LONGEST_DAYS}, got {found}"


def _rules(call: Call) -> list[Mapping[str, Any]]:
    return call.items("BackupPlan.Rules")


def _lifecycles(call: Call) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """(rule, lifecycle) of each rule and of its copies."""
    for rule in _rules(call):
        for holder in (rule, *rule.get("CopyActions", ())):
            yield rule, holder.get("Lifecycle", {})
