"""What the deployer may do where AWS makes the names, and tags tell whose a resource is: GuardDuty, Route 53 Resolver.

Neither service can tell a tag that comes with a creation from one that is given later, as EC2 can (ec2.py): who may
give the keep's tag to what has none could take what is another's. So creations are apart: `making_statements`.
Sources: Service Authorization Reference, "Amazon GuardDuty" and "Amazon Route 53 Resolver".
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from stacks.sessions.deployer.statements import UNOWNED, Statement, given, own, retagging

MAKING: Final[Mapping[str, tuple[str, ...]]] = {
    "guardduty": ("CreateDetector",),
    "route53resolver": (
        "AssociateFirewallRuleGroup",
        "CreateFirewallDomainList",
        "CreateFirewallRuleGroup",
        "CreateResolverQueryLogConfig",
    ),
}
# Without resources, or on a network's settings, which have no tags.
UNTAGGED: Final = frozenset(
    {
        "guardduty:ListDetectors",
        "route53resolver:GetFirewallConfig",
        "route53resolver:GetResolverQueryLogConfigAssociation",
        "route53resolver:ListFirewallConfigs",
        "route53resolver:UpdateFirewallConfig",
    }
)


def is_by_own_tag(action: str) -> bool:
    """Whether an action is limited by tags here."""
    return action.partition(":")[0] in MAKING and action not in UNTAGGED


def tagged_statements(actions: Collection[str], *, account: str, partition: str, tenant: str) -> Iterator[Statement]:
    """Statements to read, change and delete what has the tag `tenant`, of the actions that are limited by tags."""
    limited = sorted(each for each in actions if is_by_own_tag(each))
    tagging, untagging = _ending(limited, ":TagResource"), _ending(limited, ":UntagResource")
    changing = [each for each in limited if each not in {*_making(limited), *tagging, *untagging}]
    owned = sorted({f"arn:{partition}:{each.partition(':')[0]}:*:{account}:*" for each in limited})
    if limited:
        yield from retagging(tagging, untagging, owned, tenant)
        yield changing, owned, {"StringEquals": own(tenant)}


def making_statements(actions: Collection[str], *, tenant: str) -> Iterator[Statement]:
    """Statements to create what the actions are about, with the tag `tenant`."""
    limited = sorted(each for each in actions if is_by_own_tag(each))
    if limited:
        yield _making(limited), ["*"], {"StringEquals": given(tenant)}
        yield _ending(limited, ":TagResource"), ["*"], {**UNOWNED, "StringEquals": given(tenant)}


def _making(actions: Collection[str]) -> list[str]:
    return [each for each in actions if each.partition(":")[2] in MAKING[each.partition(":")[0]]]


def _ending(actions: Collection[str], end: str) -> list[str]:
    return [each for each in actions if each.endswith(end)]
