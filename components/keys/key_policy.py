"""Key policies of a keep's KMS keys.

The account's root and the deployer administer a key. Its use is a statement apart: only through the services that store
the class's data, in the key's region, and only by principals whose own IAM policy allows it (identity/grants.py). AWS
services that act by themselves (CloudWatch Logs, CloudTrail, ...) use it for resources of this account alone, where
they say for whom they act: EventBridge does not. Foreign accounts are denied everything, grants included.

Which condition works with which service, and where AWS says so: policies/rules/identity/key_conditions.toml.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from components.arns import (
    account_of_key,
    arn,
    region_of_key,
    role_arn,
    root_arn,
    service_host,
    via_service,
)
from components.iam_policy import ANYONE, Conditions, Principals, Statement, deny, document, from_account, rendered
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
SEE_ACTIONS: Final = ("kms:DescribeKey", "kms:ListGrants", "kms:RevokeGrant")
GRANT_ACTIONS: Final = ("kms:CreateGrant", "kms:ListGrants", "kms:RetireGrant", "kms:RevokeGrant")
# What a grant allows Auto Scaling's role, as its guide lists it.
NODE_OPERATIONS: Final = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
PUBLISH_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")  # needed to publish to an encrypted topic or queue

# No cryptographic operation and no grant: an administrator of keys cannot read data.
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

# The services through which the account's principals reach a class's data (the `service` in kms:ViaService).
VIA_SERVICES: Final[Mapping[DataClass, tuple[str, ...]]] = {
    DataClass.CODE: ("s3", "sqs", "ec2", "ecr"),
    DataClass.INDEX: ("es", "s3", "ec2"),
    DataClass.MODEL: ("s3", "ec2", "ecr"),
    DataClass.EVAL: ("s3",),
    DataClass.PROMPT: ("s3", "es"),
    DataClass.AUDIT: ("s3", "sqs"),
    DataClass.LOG: ("sns", "sqs", "s3", "network-firewall"),
    DataClass.SECRET: ("secretsmanager", "ssm", "eks"),
}
# Of these, the ones that use keys by grants, which the principal that creates the resource gives through the service.
GRANT_SERVICES: Final = ("ec2", "ecr", "eks", "es")
FIREWALL_CLASSES: Final = (DataClass.LOG,)  # of AWS Network Firewall, whose guide binds grants by another condition
VOLUME_CLASSES: Final = (DataClass.CODE, DataClass.INDEX, DataClass.MODEL)  # on EBS volumes of Auto Scaling groups
NODE_CLASSES: Final = (DataClass.CODE, DataClass.MODEL)  # on the volumes from which nodes boot
LOG_GROUP_CLASSES: Final = (DataClass.AUDIT, DataClass.LOG)
TOPIC_CLASSES: Final = (DataClass.LOG,)
SCHEDULED_QUEUE_CLASSES: Final = (DataClass.CODE,)  # in queues that EventBridge rules write to

THIS_KEY: Final = ("*",)
THIS_KEY_REASON: Final = "in a key policy the resource * is the key the policy belongs to"


def key_policy(keep: Keep, data_class: DataClass, *, region: str) -> pulumi.Output[str]:
    """Policy of the key of a data class in a region: the keep's own, or its recovery region.

    Raises:
        KeyError: the class has no key (CONFIG).
    """
    return document(
        _administration(keep, region),
        *_use_and_grants(keep, data_class, region),
        _no_foreign_accounts(keep),
        *(_auto_scaling(keep, region) if data_class in VOLUME_CLASSES else ()),
        *_services(keep, data_class, region),
    )


def held_key_policy(keep: Keep, data_class: DataClass, key_arn: str) -> dict[str, Any]:
    """Policy that a customer writes for a key of theirs: they administer it, and the keep uses it as it would its own.

    Auto Scaling's role gets a grant from the keep, since a key in another account cannot reach it by policy alone.
    """
    region, holder = region_of_key(key_arn), account_of_key(key_arn)
    return rendered(
        _this_key("HolderAdministers", _account_of(holder, region), ADMINISTRATION_ACTIONS),
        *_use_and_grants(keep, data_class, region),
        _no_foreign_accounts(keep, accounts=(holder,)),
        _this_key("KeepSeesGrants", _account(keep, region, keep.deployer_role_arn), SEE_ACTIONS),
        *((_grant_to_nodes(keep, region),) if data_class in NODE_CLASSES else ()),
        *_services(keep, data_class, region),
    )


def _use_and_grants(keep: Keep, data_class: DataClass, region: str) -> list[Statement]:
    services = VIA_SERVICES[data_class]
    return [
        _use_through_services(keep, region, services),
        *_grants_to_services(keep, region, services),
        *((_grants_to_firewalls(keep, region),) if data_class in FIREWALL_CLASSES else ()),
    ]


def _services(keep: Keep, data_class: DataClass, region: str) -> list[Statement]:
    """What services of AWS may do by themselves."""
    statements = []
    if data_class in LOG_GROUP_CLASSES:
        statements.append(_log_groups(keep, region))
    if data_class is DataClass.AUDIT:
        statements += _trail(keep, region)
    if data_class in TOPIC_CLASSES:
        statements += [
            _this_key(publishing_sid(service), _service(service), PUBLISH_ACTIONS, conditions)
            for service, conditions in topic_publishers(keep, region).items()
        ]
    if data_class in SCHEDULED_QUEUE_CLASSES:
        rules = keep.arn("events", f"rule/{keep.physical()}-*", region=region)
        from_rules: Conditions = {"ArnLike": {"aws:SourceArn": rules}}
        statements.append(_this_key("EventsFillQueues", _service("events"), PUBLISH_ACTIONS, from_rules))
    return statements


def signing_policy(keep: Keep, signer_role_arns: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Policy of the key that signs audit records: the named roles sign, and the account verifies."""
    from_inside: Conditions = {"StringEquals": {"kms:CallerAccount": keep.account_id}}
    return document(
        _administration(keep, keep.region),
        _this_key("RolesSign", {"AWS": tuple(signer_role_arns)}, SIGN_ACTIONS, from_inside),
        _this_key("AccountVerifies", _account(keep, keep.region), VERIFY_ACTIONS, from_inside),
        _no_foreign_accounts(keep, (*SIGN_ACTIONS, "kms:CreateGrant")),
    )


def topic_publishers(keep: Keep, region: str) -> dict[str, Conditions]:
    """Services that publish to the keep's encrypted topics, and under which conditions, for topic and key.

    EventBridge sends no source, neither to a topic nor to its key: with a condition, findings vanish without an error.
    """
    alarms = keep.arn("cloudwatch", f"alarm:{keep.physical()}-*", region=region)
    budgets = arn("budgets", "*", region=region, account_id=keep.account_id, regional=False)
    links = [keep.arn("ec2", f"{kind}/*", region=region) for kind in ("vpc-endpoint-service", "vpc-endpoint")]
    return {
        "cloudwatch": from_account(keep.account_id, [alarms]),
        "events": {},
        "budgets": from_account(keep.account_id, [budgets]),
        "vpce": from_account(keep.account_id, links),
    }


def publishing_sid(service: str) -> str:
    """`CloudwatchPublishes`: id of the statement in a topic's policy and in its key's."""
    return f"{service.capitalize()}Publishes"


def auto_scaling_role_arn(keep: Keep, region: str) -> str:
    """The role under which EC2 Auto Scaling boots nodes. AWS makes it with the account's first Auto Scaling group."""
    name = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    return role_arn(name, keep.account_id, region)


def trail_arns(keep: Keep, region: str) -> list[str]:
    """Patterns of the ARNs of the keep's trails, which keys and buckets name before the trail exists."""
    return [keep.arn("cloudtrail", f"trail/{keep.physical()}{rest}", region=region) for rest in ("", "-*")]


def _this_key(
    sid: str,
    principals: Principals,
    actions: Sequence[str],
    conditions: Conditions | None = None,
    reason: str = THIS_KEY_REASON,
) -> Statement:
    return Statement(
        sid=sid,
        principals=principals,
        actions=actions,
        resources=THIS_KEY,
        conditions=conditions or {},
        wildcard_reason=reason,
    )


def _account(keep: Keep, region: str, *others: str) -> Principals:
    return _account_of(keep.account_id, region, *others)


def _account_of(account_id: str, region: str, *others: str) -> Principals:
    return {"AWS": (root_arn(account_id, region), *others)}


def _administration(keep: Keep, region: str) -> Statement:
    """The account's root is included: if the deployer's role is lost, IAM can still give the key to another role."""
    return _this_key("AccountAdministers", _account(keep, region, keep.deployer_role_arn), ADMINISTRATION_ACTIONS)


def _use_through_services(keep: Keep, region: str, services: tuple[str, ...]) -> Statement:
    hosts = [via_service(service, region) for service in services]
    through: Conditions = {"StringEquals": {"kms:CallerAccount": keep.account_id, "kms:ViaService": hosts}}
    return _this_key("AccountUsesThroughServices", _account(keep, region), USE_ACTIONS, through)


def _grants_to_services(keep: Keep, region: str, services: tuple[str, ...]) -> list[Statement]:
    """EBS, OpenSearch, ECR and EKS use keys by grants, which the principal that creates the resource gives them.

    Bound by kms:ViaService: EKS does not support kms:GrantIsForAWSResource for CreateCluster.
    """
    hosts = [via_service(service, region) for service in services if service in GRANT_SERVICES]
    through: Conditions = {"StringEquals": {"kms:ViaService": hosts}}
    principals = _account(keep, region, keep.deployer_role_arn)
    return [_this_key("AccountGrantsToServices", principals, GRANT_ACTIONS, through)] if hosts else []


def _grants_to_firewalls(keep: Keep, region: str) -> Statement:
    to_aws: Conditions = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    principals = _account(keep, region, keep.deployer_role_arn)
    actions = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
    return _this_key("AccountGrantsToFirewalls", principals, actions, to_aws)


def _grant_to_nodes(keep: Keep, region: str) -> Statement:
    to_role: Conditions = {"StringEquals": {"kms:GranteePrincipal": auto_scaling_role_arn(keep, region)}}
    return _this_key("KeepGrantsNodes", _account(keep, region, keep.deployer_role_arn), ("kms:CreateGrant",), to_role)


def _no_foreign_accounts(
    keep: Keep, actions: tuple[str, ...] = (*USE_ACTIONS, "kms:CreateGrant"), *, accounts: tuple[str, ...] = ()
) -> Statement:
    """A Deny, since a grant works without any Allow. AWS services have no caller account; they have their own rules."""
    deployers_account = keep.deployer_role_arn.split(":")[4]  # a platform's account may deploy into a tenant's
    foreign: Conditions = {
        "StringNotEquals": {"kms:CallerAccount": sorted({keep.account_id, deployers_account, *accounts})},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    return deny("DenyForeignAccounts", actions, THIS_KEY, foreign)


def _auto_scaling(keep: Keep, region: str) -> list[Statement]:
    """Nodes boot from encrypted volumes, which the Auto Scaling service creates under its own role."""
    # In a condition and not as principal: KMS refuses principals that do not exist, and a new account lacks the role.
    reason = f"{THIS_KEY_REASON}; the principal is named in the condition"
    role = {"aws:PrincipalArn": auto_scaling_role_arn(keep, region)}
    using: Conditions = {
        "ArnEquals": role,
        "StringEquals": {"kms:CallerAccount": keep.account_id, "kms:ViaService": via_service("ec2", region)},
    }
    describing: Conditions = {"ArnEquals": role, "StringEquals": {"kms:CallerAccount": keep.account_id}}
    granting: Conditions = {
        "ArnEquals": role,
        "StringEquals": {"kms:CallerAccount": keep.account_id},
        "Bool": {"kms:GrantIsForAWSResource": "true"},
    }
    return [
        _this_key("AutoScalingUsesVolumes", ANYONE, USE_ACTIONS, using, reason),
        _this_key("AutoScalingDescribesTheKey", ANYONE, ("kms:DescribeKey",), describing, reason),
        _this_key("AutoScalingGrantsVolumes", ANYONE, ("kms:CreateGrant",), granting, reason),
    ]


def _log_groups(keep: Keep, region: str) -> Statement:
    name = keep.physical()
    # EKS names the control plane's group after the cluster.
    groups = (f"/codekeep/{keep.tenant}/*", f"/aws/*/{name}/*", f"/aws/*/{name}-*")
    arns = [keep.arn("logs", f"log-group:{group}", region=region) for group in groups]
    return _this_key(
        "LogGroupsOfTheKeep",
        {"Service": (service_host("logs", region),)},
        (*USE_ACTIONS, "kms:DescribeKey"),
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns}},
    )


def _trail(keep: Keep, region: str) -> list[Statement]:
    trails, service = trail_arns(keep, region), _service("cloudtrail")
    writing: Conditions = {"ArnLike": {"aws:SourceArn": trails, "kms:EncryptionContext:aws:cloudtrail:arn": trails}}
    for_trails: Conditions = {"ArnLike": {"aws:SourceArn": trails}}
    return [
        _this_key("TrailOfTheKeep", service, ("kms:GenerateDataKey",), writing),
        # S3 may encrypt with a bucket key, whose encryption context is the bucket and not the trail.
        _this_key("TrailReadsBucketKeys", service, ("kms:Decrypt",), for_trails),
        _this_key("TrailDescribesTheKey", service, ("kms:DescribeKey",), for_trails),
    ]


def _service(service: str) -> Principals:
    """Service principals such as `cloudtrail.amazonaws.com` have the same host in every partition."""
    return {"Service": (f"{service}.amazonaws.com",)}
