"""Key policies, tested by the decisions that they lead to."""

import json
from dataclasses import replace

import pytest

from awsread.iam import Decision, Request, decide
from components.keys.key_policy import (
    ADMINISTRATION_ACTIONS,
    GRANT_ACTIONS,
    GRANT_SERVICES,
    USE_ACTIONS,
    VIA_SERVICES,
    held_key_policy,
    key_policy,
    signing_policy,
)
from components.keys.key_ring import STORED_CLASSES
from components.naming import DataClass, Keep
from tests.components.recording import ACCOUNT, REGION, record

ROLE = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-ingest"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/codekeep-deployer"
FOREIGN = "arn:aws:iam::999999999999:role/codekeep-acme-ingest"
KEY_POLICY_MAX = 32_768


def policy_of(keep: Keep, data_class: DataClass, region: str = REGION) -> str:
    recording = record(lambda: key_policy(keep, data_class, region=region))
    return str(recording.value(recording.result))


def use(action: str, principal: str = ROLE, **context: str) -> Request:
    return Request(principal=principal, action=action, context={k.replace("__", ":"): v for k, v in context.items()})


def via(service: str, region: str = REGION) -> dict[str, str]:
    return {"kms__ViaService": f"{service}.{region}.amazonaws.com"}


@pytest.fixture(params=STORED_CLASSES, ids=str)
def policy(request: pytest.FixtureRequest, keep: Keep) -> str:
    return policy_of(keep, request.param)


def test_every_stored_class_has_a_policy_and_config_has_none(keep: Keep) -> None:
    assert len(STORED_CLASSES) == len(VIA_SERVICES) == len(DataClass) - 1
    with pytest.raises(KeyError):
        key_policy(keep, DataClass.CONFIG, region=REGION)


def test_key_policies_are_within_the_size_limit(policy: str) -> None:
    assert 500 < len(policy) < KEY_POLICY_MAX


def test_the_account_can_always_recover_the_key(policy: str) -> None:
    for action in ("kms:PutKeyPolicy", "kms:DescribeKey", "kms:CancelKeyDeletion"):
        assert decide(policy, use(action)) is Decision.DELEGATED
        assert decide(policy, use(action, DEPLOYER)) is Decision.ALLOW


@pytest.mark.parametrize("action", USE_ACTIONS)
def test_nobody_uses_a_key_directly(policy: str, action: str) -> None:
    assert decide(policy, use(action)) is Decision.NONE
    assert decide(policy, use(action, DEPLOYER)) is Decision.NONE


def test_administrators_have_no_cryptographic_operation() -> None:
    assert not set(ADMINISTRATION_ACTIONS) & {*USE_ACTIONS, "kms:CreateGrant", "kms:Sign", "kms:GenerateMac"}
    assert not [action for action in ADMINISTRATION_ACTIONS if "*" in action]


@pytest.mark.parametrize("data_class", STORED_CLASSES)
def test_principals_of_the_account_use_a_key_through_its_services_and_no_others(
    keep: Keep, data_class: DataClass
) -> None:
    policy = policy_of(keep, data_class)
    everything = {service for services in VIA_SERVICES.values() for service in services}
    assert VIA_SERVICES[data_class]
    for service in everything:
        expected = Decision.DELEGATED if service in VIA_SERVICES[data_class] else Decision.NONE
        assert decide(policy, use("kms:Decrypt", **via(service))) is expected, service
        assert decide(policy, use("kms:Decrypt", **via(service, "us-east-1"))) is Decision.NONE, service


def test_foreign_accounts_are_denied_through_every_service(policy: str) -> None:
    for action in (*USE_ACTIONS, "kms:CreateGrant"):
        assert decide(policy, use(action, FOREIGN, **via("s3"))) is Decision.DENY
        assert decide(policy, use(action, FOREIGN, kms__GrantIsForAWSResource="true")) is Decision.DENY
        assert decide(policy, use(action, FOREIGN, **via("eks"))) is Decision.DENY


@pytest.mark.parametrize("data_class", STORED_CLASSES)
def test_grants_go_through_the_services_that_need_them_and_no_others(keep: Keep, data_class: DataClass) -> None:
    policy = policy_of(keep, data_class)
    for service in ("s3", *GRANT_SERVICES):
        takes_grants = service in GRANT_SERVICES and service in VIA_SERVICES[data_class]
        for action in GRANT_ACTIONS:
            decision = decide(policy, use(action, DEPLOYER, **via(service)))
            administers = action in ADMINISTRATION_ACTIONS
            assert (decision is Decision.ALLOW) is (takes_grants or administers), (service, action)
    assert decide(policy, use("kms:CreateGrant", DEPLOYER)) is Decision.NONE
    assert decide(policy, use("kms:CreateGrant", DEPLOYER, kms__GrantIsForAWSResource="false")) is Decision.NONE


def test_eks_is_given_its_grant_without_the_condition_that_it_does_not_support(keep: Keep) -> None:
    """EKS User Guide: kms:GrantIsForAWSResource is not supported for CreateCluster, so the request has no such key."""
    policy = policy_of(keep, DataClass.SECRET)
    for action in ("kms:CreateGrant", "kms:DescribeKey"):
        assert decide(policy, use(action, DEPLOYER, **via("eks"))) is Decision.ALLOW, action
    assert "GrantIsForAWSResource" not in policy


def test_firewalls_are_given_grants_as_their_guide_says(keep: Keep) -> None:
    for data_class in STORED_CLASSES:
        wanted = Decision.ALLOW if data_class is DataClass.LOG else Decision.NONE
        request = use("kms:CreateGrant", DEPLOYER, kms__GrantIsForAWSResource="true")
        assert decide(policy_of(keep, data_class), request) is wanted, data_class


def test_a_deployer_of_another_account_administers_the_keys(keep: Keep) -> None:
    deployer = "arn:aws:iam::777777777777:role/platform-deployer"
    policy = policy_of(replace(keep, deployer_role_arn=deployer), DataClass.INDEX)
    assert decide(policy, use("kms:PutKeyPolicy", deployer)) is Decision.ALLOW
    assert decide(policy, use("kms:CreateGrant", deployer, **via("es"))) is Decision.ALLOW
    assert decide(policy, use("kms:Decrypt", deployer, **via("es"))) is Decision.NONE
    assert decide(policy, use("kms:Decrypt", FOREIGN, **via("es"))) is Decision.DENY


def log_group(name: str, account: str = ACCOUNT) -> dict[str, str]:
    return {"kms__EncryptionContext__aws__logs__arn": f"arn:aws:logs:{REGION}:{account}:log-group:{name}"}


@pytest.mark.parametrize("data_class", [DataClass.LOG, DataClass.AUDIT])
def test_only_log_groups_of_the_keep_use_a_key(keep: Keep, data_class: DataClass) -> None:
    policy, logs = policy_of(keep, data_class), f"logs.{REGION}.amazonaws.com"
    for name in ("/codekeep/acme/dns", "/aws/eks/codekeep-acme-cluster/cluster", "/aws/eks/codekeep-acme/cluster"):
        assert decide(policy, use("kms:GenerateDataKey", logs, **log_group(name))) is Decision.ALLOW, name
    for other in ("/codekeep/other/dns", "/codekeep/acmecorp/dns", "/aws/eks/codekeep-other/cluster"):
        assert decide(policy, use("kms:GenerateDataKey", logs, **log_group(other))) is Decision.NONE, other
    foreign = log_group("/codekeep/acme/dns", account="999999999999")
    assert decide(policy, use("kms:GenerateDataKey", logs, **foreign)) is Decision.NONE
    assert decide(policy, use("kms:Decrypt", "logs.us-east-1.amazonaws.com", **log_group("/codekeep/acme/dns"))) is (
        Decision.NONE
    )


def test_log_services_can_never_use_keys_of_customer_data(keep: Keep) -> None:
    for data_class in set(STORED_CLASSES) - {DataClass.LOG, DataClass.AUDIT}:
        policy = policy_of(keep, data_class)
        context = log_group("/codekeep/acme/dns")
        assert decide(policy, use("kms:GenerateDataKey", f"logs.{REGION}.amazonaws.com", **context)) is Decision.NONE


def trail(name: str, account: str = ACCOUNT) -> dict[str, str]:
    arn = f"arn:aws:cloudtrail:{REGION}:{account}:trail/{name}"
    return {"aws__SourceArn": arn, "kms__EncryptionContext__aws__cloudtrail__arn": arn}


def test_only_the_keeps_trails_write_under_the_audit_key(keep: Keep) -> None:
    policy, service = policy_of(keep, DataClass.AUDIT), "cloudtrail.amazonaws.com"
    assert decide(policy, use("kms:GenerateDataKey", service, **trail("codekeep-acme-trail"))) is Decision.ALLOW
    assert decide(policy, use("kms:GenerateDataKey", service, **trail("other"))) is Decision.NONE
    assert decide(policy, use("kms:GenerateDataKey", service, **trail("codekeep-acme-trail", "999999999999"))) is (
        Decision.NONE
    )
    assert decide(policy, use("kms:GenerateDataKey", service)) is Decision.NONE
    for action in ("kms:DescribeKey", "kms:Decrypt"):  # with a bucket key the encryption context is the bucket's
        own = {"aws__SourceArn": trail("codekeep-acme-trail")["aws__SourceArn"]}
        assert decide(policy, use(action, service, **own)) is Decision.ALLOW
        assert decide(policy, use(action, service)) is Decision.NONE
    assert decide(policy_of(keep, DataClass.CODE), use("kms:Decrypt", service, **trail("codekeep-acme-trail"))) is (
        Decision.NONE
    )


@pytest.mark.parametrize(
    ("service", "source"),
    [
        ("cloudwatch", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:codekeep-acme-chat-latency"),
        ("budgets", f"arn:aws:budgets::{ACCOUNT}:budget/codekeep-acme"),
        ("vpce", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint-service/vpce-svc-0123"),
    ],
)
def test_services_publish_to_the_keeps_topics_for_its_own_resources(keep: Keep, service: str, source: str) -> None:
    policy, principal = policy_of(keep, DataClass.LOG), f"{service}.amazonaws.com"
    ours = {"aws__SourceAccount": ACCOUNT, "aws__SourceArn": source}
    theirs = {"aws__SourceAccount": "999999999999", "aws__SourceArn": source.replace(ACCOUNT, "999999999999")}
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert decide(policy, use(action, principal, **ours)) is Decision.ALLOW
        assert decide(policy, use(action, principal, **theirs)) is Decision.NONE
        assert decide(policy, use(action, principal)) is Decision.NONE
    assert decide(policy_of(keep, DataClass.MODEL), use("kms:Decrypt", principal, **ours)) is Decision.NONE


def test_events_reach_encrypted_topics_without_a_source(keep: Keep) -> None:
    """SNS Developer Guide: sources in a KMS policy are not supported for EventBridge-to-encrypted topics."""
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert decide(policy_of(keep, DataClass.LOG), use(action, "events.amazonaws.com")) is Decision.ALLOW
    assert decide(policy_of(keep, DataClass.LOG), use("kms:Encrypt", "events.amazonaws.com")) is Decision.NONE
    assert decide(policy_of(keep, DataClass.MODEL), use("kms:Decrypt", "events.amazonaws.com")) is Decision.NONE


def test_event_rules_write_to_encrypted_queues(keep: Keep) -> None:
    policy = policy_of(keep, DataClass.CODE)
    for account, wanted in ((ACCOUNT, Decision.ALLOW), ("999999999999", Decision.NONE)):
        source = {"aws__SourceArn": f"arn:aws:events:{REGION}:{account}:rule/codekeep-acme-nightly"}
        assert decide(policy, use("kms:GenerateDataKey", "events.amazonaws.com", **source)) is wanted


@pytest.mark.parametrize("data_class", [DataClass.CODE, DataClass.INDEX, DataClass.MODEL])
def test_auto_scaling_boots_nodes_from_encrypted_volumes(keep: Keep, data_class: DataClass) -> None:
    policy = policy_of(keep, data_class)
    path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    role, foreign = f"arn:aws:iam::{ACCOUNT}:{path}", f"arn:aws:iam::999999999999:{path}"
    assert decide(policy, use("kms:Decrypt", role, **via("ec2"))) is Decision.ALLOW
    assert decide(policy, use("kms:DescribeKey", role)) is Decision.ALLOW
    assert decide(policy, use("kms:DescribeKey", foreign)) is Decision.NONE
    assert decide(policy, use("kms:CreateGrant", role, kms__GrantIsForAWSResource="true")) is Decision.ALLOW
    assert decide(policy, use("kms:Decrypt", role, **via("secretsmanager"))) is Decision.NONE
    assert decide(policy, use("kms:Decrypt", foreign, **via("ec2"))) is Decision.DENY
    assert decide(policy, use("kms:CreateGrant", foreign, kms__GrantIsForAWSResource="true")) is Decision.DENY
    assert decide(policy_of(keep, DataClass.PROMPT), use("kms:Decrypt", role, **via("ec2"))) is Decision.NONE


HOLDER = "210987654321"
HELD = f"arn:aws:kms:{REGION}:{HOLDER}:key/mrk-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("data_class", STORED_CLASSES)
def test_a_customer_administers_their_key_and_the_keep_uses_it_as_its_own(keep: Keep, data_class: DataClass) -> None:
    held, own = held_key_policy(keep, data_class, HELD), policy_of(keep, data_class)
    assert len(json.dumps(held)) < KEY_POLICY_MAX
    holder = f"arn:aws:iam::{HOLDER}:role/admin"
    assert decide(held, use("kms:PutKeyPolicy", holder)) is Decision.DELEGATED
    assert decide(held, use("kms:PutKeyPolicy", DEPLOYER)) is Decision.NONE
    assert decide(held, use("kms:Decrypt", holder)) is Decision.NONE  # they may add a statement of their own
    for service in VIA_SERVICES[data_class]:
        for request in (use("kms:Decrypt", **via(service)), use("kms:CreateGrant", **via(service))):
            assert decide(held, request) is decide(own, request), (service, request.action)
    for action in ("kms:DescribeKey", "kms:ListGrants", "kms:RevokeGrant"):
        assert decide(held, use(action, DEPLOYER)) is Decision.ALLOW
    assert decide(held, use("kms:Decrypt", FOREIGN, **via("s3"))) is Decision.DENY
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    wanted = Decision.ALLOW if data_class in (DataClass.CODE, DataClass.MODEL) else Decision.NONE
    assert decide(held, use("kms:CreateGrant", DEPLOYER, kms__GranteePrincipal=role)) is wanted
    assert decide(held, use("kms:CreateGrant", DEPLOYER, kms__GranteePrincipal=DEPLOYER)) is Decision.NONE


def test_a_replica_is_bound_to_its_own_region(keep: Keep) -> None:
    policy = policy_of(keep, DataClass.INDEX, region="eu-west-1")
    assert decide(policy, use("kms:Decrypt", **via("s3", "eu-west-1"))) is Decision.DELEGATED
    assert decide(policy, use("kms:Decrypt", **via("s3", REGION))) is Decision.NONE


def test_other_partitions_get_their_own_names(keep: Keep) -> None:
    china = replace(keep, region="cn-north-1", deployer_role_arn=f"arn:aws-cn:iam::{ACCOUNT}:role/d")
    policy = policy_of(china, DataClass.LOG, region="cn-north-1")
    assert f"arn:aws-cn:iam::{ACCOUNT}:root" in policy
    assert "logs.cn-north-1.amazonaws.com.cn" in policy
    assert decide(policy, use("kms:Decrypt", f"arn:aws-cn:iam::{ACCOUNT}:role/r", **via("sns", "cn-north-1"))) is (
        Decision.DELEGATED
    )
    assert "arn:aws:" not in policy


def test_named_roles_sign_and_only_the_account_verifies(keep: Keep) -> None:
    recording = record(lambda: signing_policy(keep, [ROLE]))
    policy, here = str(recording.value(recording.result)), {"kms__CallerAccount": ACCOUNT}
    other = ROLE.replace("ingest", "evals")
    assert decide(policy, use("kms:Sign", **here)) is Decision.ALLOW
    for action in ("kms:Verify", "kms:GetPublicKey"):
        assert decide(policy, use(action, other, **here)) is Decision.DELEGATED
    for principal in (other, DEPLOYER):
        assert decide(policy, use("kms:Sign", principal, **here)) is Decision.NONE
    assert decide(policy, use("kms:Sign", FOREIGN, kms__CallerAccount="999999999999")) is Decision.DENY
    assert decide(policy, use("kms:PutKeyPolicy", DEPLOYER)) is Decision.ALLOW
    for action in (*USE_ACTIONS, *GRANT_ACTIONS[:1]):
        assert decide(policy, use(action, **here)) in (Decision.NONE, Decision.DENY), action
