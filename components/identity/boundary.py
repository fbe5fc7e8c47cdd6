"""The permissions boundary: the most that any pod of a keep can ever do, whatever its role's policies say."""

from typing import Final

import pulumi
from pulumi_aws import iam

from components.iam_policy import Conditions, Statement, document
from components.identity import grants, operator_grants
from components.naming import DataClass, Keep

# Keys may be the customer's, in the customer's account; everything else belongs to this account.
KEY_ACTIONS: Final = tuple(sorted({*grants.READ_KEY, *grants.WRITE_KEY, *operator_grants.VOLUME_KEY}))
REGIONAL_ACTIONS: Final = tuple(
    sorted(
        {
            *grants.READ_OBJECTS,
            *grants.LIST_OBJECTS,
            *grants.WRITE_OBJECTS,
            *grants.DELETE_OBJECTS,
            *grants.DELETE_VERSIONS,
            *grants.LIST_VERSIONS,
            *grants.SIGN,
            *grants.CONSUME,
            *grants.SEND,
            *grants.COUNT_MESSAGES,
            *grants.READ_SECRET,
            *grants.ADMINISTER_INDEX,
            *grants.EMIT_METRICS,
            *grants.WRITE_LOGS,
            *operator_grants.ACTIONS,
        }
    )
)
BOUNDARY_CHARACTERS_MAX: Final = 6_144  # IAM's limit, white space not counted


class Boundary(pulumi.ComponentResource):
    """One managed policy, set as the boundary of every role that a pod assumes."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, keep: Keep, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:boundary:Boundary", name, None, opts)
        policy = iam.Policy(
            name,
            name=keep.physical("boundary"),
            description=f"The most that a pod of {keep.tenant} can be allowed",
            policy=document(*boundary_statements(keep)),
            tags=keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})


def boundary_statements(keep: Keep) -> list[Statement]:
    """A boundary grants nothing by itself: it forbids what is not listed here, whatever a role's policy says."""
    region = {"aws:RequestedRegion": keep.region}
    account = {"aws:ResourceAccount": keep.account_id}
    return [
        _allow("OwnAccountAndRegion", REGIONAL_ACTIONS, {"StringEquals": region, "StringEqualsIfExists": account}),
        _allow("KeysThroughServices", KEY_ACTIONS, {"StringEquals": region}),
        _allow("SnapshotRole", grants.PASS_ROLE, {"StringEquals": {"iam:PassedToService": "es.amazonaws.com"}}),
    ]


def _allow(sid: str, actions: tuple[str, ...], conditions: Conditions) -> Statement:
    reason = "a boundary grants nothing; the roles' own policies name the resources"
    return Statement(sid=sid, actions=actions, resources=("*",), conditions=conditions, wildcard_reason=reason)
