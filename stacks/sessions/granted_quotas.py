"""Asks the account, before `up` creates anything, whether its quotas are as high as the stack needs.

What other stacks of the account use is not counted. Service Quotas answers for IAM in N. Virginia only (AWS General
Reference, IAM endpoints and quotas).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.faults import UsageFault

from policies.facts import Facts
from policies.graph import ResourceGraph
from policies.quotas import Usage, usages
from stacks.engines.engine import Engine
from stacks.sessions.account import account_of
from stacks.spec import Spec
from stacks.spec.regions import REGIONS

ACTION = "servicequotas:GetServiceQuota"
HOMES = {"iam": "us-east-1"}
"""Regions of services that are in one only."""
NOT_KNOWN = "NoSuchResourceException"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What the account has of a quota; None where Service Quotas does not know it."""

    usage: Usage
    region: str
    applied: float | None

    @property
    def is_short(self) -> bool:
        return self.applied is not None and self.usage.used > self.applied

    def __str__(self) -> str:
        quota, used = self.usage.quota, self.usage.used
        return (
            f"{quota.name} ({quota.code} of {quota.service}): {used} needed in {self.usage.whose}, the account has "
            f"{self.applied:g}; aws service-quotas request-service-quota-increase --service-code {quota.service} "
            f"--quota-code {quota.code} --desired-value {used} --region {self.region}"
        )


def require_quotas(engine: Engine, spec: Spec, graph: ResourceGraph, facts: Facts) -> str | None:
    """Compares what the graph needs with the account's own quotas, which win over AWS's defaults.

    Returns:
        A warning about quotas that the account did not tell; None where it told all.

    Raises:
        UsageFault: it needs more than the account has; the message has the command that asks for more.
        Fault: the account did not answer.
    """
    wanted = [usage for usage in usages(graph, facts) if usage.quota.code and usage.used]
    with account_of(engine, spec, "did not say how high its quotas are", ACTION) as account:
        answers = list(_answers(account, wanted, spec.regions.primary))
    if short := [answer for answer in answers if answer.is_short]:
        lines = [f"account {spec.account.id} has lower quotas than {spec.name} needs, nothing was done"]
        lines += [f"  {answer}" for answer in short]
        raise UsageFault("\n".join([*lines, "ask AWS for more, or lower `max` of the pools, and run `up` again"]))
    untold = {
        f"{answer.usage.quota.code} ({answer.usage.used} of {answer.usage.quota.default} by default)"
        for answer in answers
        if answer.applied is None
    }
    names = ", ".join(sorted(untold))
    return f"the account did not tell these quotas, which `up` may exceed: {names}" if untold else None


def _answers(account: Any, wanted: list[Usage], primary: str) -> Iterator[_Answer]:
    known: dict[tuple[str, str], float | None] = {}
    for usage in wanted:
        region = HOMES.get(usage.quota.service, usage.whose if usage.whose in REGIONS else primary)
        key = (usage.quota.code, region)
        if key not in known:
            known[key] = _applied(account.client("service-quotas", region), usage)
        yield _Answer(usage=usage, region=region, applied=known[key])


def _applied(quotas: Any, usage: Usage) -> float | None:
    from botocore.exceptions import ClientError

    try:
        found = quotas.get_service_quota(ServiceCode=usage.quota.service, QuotaCode=usage.quota.code)
    except ClientError as error:
        if error.response["Error"]["Code"] == NOT_KNOWN:
            return None
        raise
    return float(found["Quota"]["Value"])
