"""Who may do what with a key of a keep.

Three rings: the account and the deployer administer but cannot use; principals of the account use a key only through
the services that store the class's data, in the key's region, and only if their own IAM policy lets them; AWS services
that act by themselves (CloudWatch Logs, CloudTrail, ...) use it for resources of this account and no other. Foreign
accounts are denied outright, grants included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.arns import arn, dns_suffix, role_arn, root_arn, service_host
from components.iam_policy import ANYONE, Conditions, Statement, document
from components.naming import DataClass, Keep

USE_ACTIONS: Final = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
)
SIGN_ACTIONS: Final = ("kms:Sign",)
VERIFY_ACTIONS: Final = ("kms:GetPublicKey", "kms:Verify")
GRANT_ACTIONS: Final = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
PUBLISH_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")  # what a publisher to an encrypted topic or queue needs

# No cryptographic operation and no grant: an administrator of keys is no reader of data.
ADMINISTRATION_ACTIONS: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
)

# Through which services the account's principals reach a class's data (the `service` in kms:ViaService).
VIA_SERVICES: Final[Mapping[DataClass, tuple[str, ...]]] = {
    DataClass.CODE: ("s3", "sqs", "ec2", "ecr"),
    DataClass.INDEX: ("es", "s3", "ec2"),
    DataClass.MODEL: ("s3", "ec2", "ecr"),
    DataClass.EVAL: ("s3",),
    DataClass.PROMPT: ("s3", "es"),
    DataClass.AUDIT: ("s3", "logs", "cloudtrail", "sqs"),
    DataClass.LOG: ("logs", "sns", "sqs", "s3", "network-firewall"),
    DataClass.SECRET: ("secretsmanager", "ssm", "eks"),
}
VOLUME_CLASSES: Final = (
    DataClass.CODE,
    DataClass.INDEX,
    DataClass.MODEL,
)  # EBS volumes of nodes that an Auto Scaling group starts
LOG_GROUP_CLASSES: Final = (DataClass.AUDIT, DataClass.LOG)
TOPIC_CLASSES: Final = (DataClass.LOG,)
SCHEDULED_QUEUE_CLASSES: Final = (DataClass.CODE,)  # queues that EventBridge rules write to

THIS_KEY: Final = ("*",)
THIS_KEY_REASON: Final = "in a key policy the resource * is the key the policy belongs to"


@dataclass(frozen=True)
class _Place:
    """The key's owner and region, from which every ARN in its policy follows."""

    keep: Keep
    region: str

    def arn(self, service: str, resource: str) -> str:
        return arn(service, resource, region=self.region, account_id=self.keep.account_id)

    def principal(self, service: str) -> str:
        """Global service principal, e.g. `cloudtrail.amazonaws.com` (the same host in every partition)."""
        return f"{service}.amazonaws.com"


def key_policy(keep: Keep, data_class: DataClass, *, region: str) -> pulumi.Output[str]:
    """Policy of the key that holds a class's data in a region (the keep's own, or its recovery region).

    Raises:
        KeyError: the class has no key (CONFIG).
    """
    place = _Place(keep, region)
    statements = [
        _administration(place),
        _use_through_services(place, VIA_SERVICES[data_class]),
        _grants_to_services(place),
        _no_foreign_accounts(place),
    ]
    if data_class in VOLUME_CLASSES:
        statements += _auto_scaling(place)
    if data_class in LOG_GROUP_CLASSES:
        statements.append(_log_groups(place))
    if data_class is DataClass.AUDIT:
        statements += _trail(place)
    if data_class in TOPIC_CLASSES:
        statements += _topics(place)
    if data_class in SCHEDULED_QUEUE_CLASSES:
        statements.append(_scheduled_queue(place))
    return document(*statements)


def signing_policy(keep: Keep, signer_role_arns: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Policy of the key that seals audit records: the named roles sign, and the account verifies what they signed."""
    place = _Place(keep, keep.region)
    return document(
        _administration(place),
        Statement(
            sid="RolesSign",
            principals={"AWS": tuple(signer_role_arns)},
            actions=SIGN_ACTIONS,
            resources=THIS_KEY,
            conditions={"StringEquals": {"kms:CallerAccount": keep.account_id}},
            wildcard_reason=THIS_KEY_REASON,
        ),
        Statement(
            sid="AccountVerifies",
            principals={"AWS": (root_arn(keep.account_id, keep.region),)},
            actions=VERIFY_ACTIONS,
            resources=THIS_KEY,
            conditions={"StringEquals": {"kms:CallerAccount": keep.account_id}},
            wildcard_reason=THIS_KEY_REASON,
        ),
        _no_foreign_accounts(place, (*SIGN_ACTIONS, "kms:CreateGrant")),
    )


def _administration(place: _Place) -> Statement:
    """The account's root stays in: whatever happens to the deployer's role, IAM can still hand the key to somebody."""
    return Statement(
        sid="AccountAdministers",
        principals={"AWS": (root_arn(place.keep.account_id, place.region), place.keep.deployer_role_arn)},
        actions=ADMINISTRATION_ACTIONS,
        resources=THIS_KEY,
        wildcard_reason=THIS_KEY_REASON,
    )


def _use_through_services(place: _Place, services: tuple[str, ...]) -> Statement:
    hosts = [service_host(service, place.region) for service in services]
    return Statement(
        sid="AccountUsesThroughServices",
        principals={"AWS": (root_arn(place.keep.account_id, place.region),)},
        actions=USE_ACTIONS,
        resources=THIS_KEY,
        conditions={"StringEquals": {"kms:CallerAccount": place.keep.account_id, "kms:ViaService": hosts}},
        wildcard_reason=THIS_KEY_REASON,
    )


def _grants_to_services(place: _Place) -> Statement:
    """EBS, OpenSearch, ECR and EKS work by grants, which the principal that creates the resource hands them."""
    return Statement(
        sid="AccountGrantsToServices",
        principals={"AWS": (root_arn(place.keep.account_id, place.region), place.keep.deployer_role_arn)},
        actions=GRANT_ACTIONS,
        resources=THIS_KEY,
        conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        wildcard_reason=THIS_KEY_REASON,
    )


def _no_foreign_accounts(place: _Place, actions: tuple[str, ...] = (*USE_ACTIONS, "kms:CreateGrant")) -> Statement:
    """A Deny, since a grant would outdo a missing Allow. Service principals have no caller account, but own rules."""
    return Statement(
        sid="DenyForeignAccounts",
        effect="Deny",
        principals=ANYONE,
        actions=actions,
        resources=THIS_KEY,
        conditions={
            "StringNotEquals": {"kms:CallerAccount": sorted({place.keep.account_id, _account_of(place.keep)})},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        },
    )


def _account_of(keep: Keep) -> str:
    """Where the deployer's role lives: a platform account may deploy into a tenant's."""
    return keep.deployer_role_arn.split(":")[4]


def _auto_scaling(place: _Place) -> list[Statement]:
    """Nodes boot from encrypted volumes; the Auto Scaling service's own role asks for them."""
    linked_role = role_arn(
        "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", place.keep.account_id, place.region
    )
    # By condition and not as principal: KMS refuses principals that do not exist, and a new account has no such role.
    reason = f"{THIS_KEY_REASON}; the principal is named in the condition"
    return [
        Statement(
            sid="AutoScalingUsesVolumes",
            principals=ANYONE,
            actions=USE_ACTIONS,
            resources=THIS_KEY,
            conditions={
                "ArnEquals": {"aws:PrincipalArn": linked_role},
                "StringEquals": {
                    "kms:CallerAccount": place.keep.account_id,
                    "kms:ViaService": service_host("ec2", place.region),
                },
            },
            wildcard_reason=reason,
        ),
        Statement(
            sid="AutoScalingGrantsVolumes",
            principals=ANYONE,
            actions=("kms:CreateGrant",),
            resources=THIS_KEY,
            conditions={
                "ArnEquals": {"aws:PrincipalArn": linked_role},
                "StringEquals": {"kms:CallerAccount": place.keep.account_id},
                "Bool": {"kms:GrantIsForAWSResource": "true"},
            },
            wildcard_reason=reason,
        ),
    ]


def _log_groups(place: _Place) -> Statement:
    tenant = place.keep.physical()
    groups = (
        f"log-group:/codekeep/{place.keep.tenant}/*",
        f"log-group:/aws/*/{tenant}/*",  # EKS names its control plane's group after the cluster
        f"log-group:/aws/*/{tenant}-*",
    )
    return Statement(
        sid="LogGroupsOfTheKeep",
        principals={"Service": (f"logs.{place.region}.{dns_suffix(place.region)}",)},
        actions=(*USE_ACTIONS, "kms:DescribeKey"),
        resources=THIS_KEY,
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": [place.arn("logs", group) for group in groups]}},
        wildcard_reason=THIS_KEY_REASON,
    )


def _trail(place: _Place) -> list[Statement]:
    trails = [place.arn("cloudtrail", f"trail/{place.keep.physical()}{rest}") for rest in ("", "-*")]
    return [
        Statement(
            sid="TrailOfTheKeep",
            principals={"Service": (place.principal("cloudtrail"),)},
            actions=("kms:GenerateDataKey", "kms:Decrypt"),
            resources=THIS_KEY,
            conditions={
                "ArnLike": {"aws:SourceArn": trails, "kms:EncryptionContext:aws:cloudtrail:arn": trails},
            },
            wildcard_reason=THIS_KEY_REASON,
        ),
        Statement(
            sid="TrailDescribesTheKey",
            principals={"Service": (place.principal("cloudtrail"),)},
            actions=("kms:DescribeKey",),
            resources=THIS_KEY,
            conditions={"ArnLike": {"aws:SourceArn": trails}},
            wildcard_reason=THIS_KEY_REASON,
        ),
    ]


def _topics(place: _Place) -> list[Statement]:
    """Services that publish to the keep's encrypted topics: alarms, rules, budgets, endpoint connections."""
    sources = {
        "cloudwatch": [place.arn("cloudwatch", f"alarm:{place.keep.physical()}-*")],
        "events": [place.arn("events", f"rule/{place.keep.physical()}-*")],
        "budgets": [arn("budgets", "*", region=place.region, account_id=place.keep.account_id, regional=False)],
        "vpce": [place.arn("ec2", "vpc-endpoint-service/*"), place.arn("ec2", "vpc-endpoint/*")],
    }
    return [
        Statement(
            sid=f"{service.capitalize()}Publishes",
            principals={"Service": (place.principal(service),)},
            actions=PUBLISH_ACTIONS,
            resources=THIS_KEY,
            conditions=_of_the_account(place, source_arns),
            wildcard_reason=THIS_KEY_REASON,
        )
        for service, source_arns in sources.items()
    ]


def _scheduled_queue(place: _Place) -> Statement:
    return Statement(
        sid="EventsFillQueues",
        principals={"Service": (place.principal("events"),)},
        actions=PUBLISH_ACTIONS,
        resources=THIS_KEY,
        conditions=_of_the_account(place, [place.arn("events", f"rule/{place.keep.physical()}-*")]),
        wildcard_reason=THIS_KEY_REASON,
    )


def _of_the_account(place: _Place, source_arns: list[str]) -> Conditions:
    return {
        "StringEquals": {"aws:SourceAccount": place.keep.account_id},
        "ArnLike": {"aws:SourceArn": source_arns},
    }
