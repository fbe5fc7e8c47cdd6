"""The permissions boundary: the most a pod of a keep can ever be allowed, whatever its role's policies come to say."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam

from components.iam_policy import Statement, document
from components.identity import grants, operator_grants
from components.naming import DataClass, Keep

# Keys may be the customer's, in the customer's account; everything else is this account's.
KEY_ACTIONS: Final = tuple(sorted({*grants.READ_KEY, *grants.WRITE_KEY, *operator_grants.VOLUME_KEY}))
REGIONAL_ACTIONS: Final = tuple(
    sorted(
        {
            *grants.READ_OBJECTS,
            *grants.LIST_OBJECTS,
            *grants.WRITE_OBJECTS,
            *grants.DELETE_OBJECTS,
            *grants.FORGET_OBJECTS,
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
BOUNDARY_CHARACTERS_MAX: Final = 6_144  # IAM's limit, white space apart


@dataclass(frozen=True, kw_only=True)
class BoundaryArgs:
    """Whose pods."""

    keep: Keep


class Boundary(pulumi.ComponentResource):
    """One managed policy, set as boundary on every role that a pod assumes."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: BoundaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:boundary:Boundary", name, None, opts)
        keep = args.keep
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
    """A boundary allows nothing by itself: what is not in here stays forbidden whatever a role's policy says."""
    reason = "a boundary grants nothing; the roles' own policies name the resources"
    return [
        Statement(
            sid="OwnAccountAndRegion",
            actions=REGIONAL_ACTIONS,
            resources=("*",),
            conditions={
                "StringEquals": {"aws:RequestedRegion": keep.region},
                "StringEqualsIfExists": {"aws:ResourceAccount": keep.account_id},
            },
            wildcard_reason=reason,
        ),
        Statement(
            sid="KeysThroughServices",
            actions=KEY_ACTIONS,
            resources=("*",),
            conditions={"StringEquals": {"aws:RequestedRegion": keep.region}},
            wildcard_reason=reason,
        ),
        Statement(
            sid="SnapshotRole",
            actions=grants.PASS_ROLE,
            resources=("*",),
            conditions={"StringEquals": {"iam:PassedToService": "es.amazonaws.com"}},
            wildcard_reason=reason,
        ),
    ]
