"""Roles, policies and identity providers, through the provider over moto."""

import json

import pytest

from tests.sandbox.aws.harness import Deployed, Plugin, ProviderError

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def trust(service: str = "ec2") -> str:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str = "s3:GetObject", sid: str = "A") -> str:
    statement = {"Sid": sid, "Effect": "Allow", "Action": [action], "Resource": "arn:aws:s3:::b/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def role(plugin: Plugin, unique: str) -> Deployed:
    return plugin.create(ROLE, f"{unique}-role", {"assumeRolePolicy": trust()})


def test_a_role_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        ROLE,
        {
            "name": "codekeep-acme-ingest",
            "assumeRolePolicy": trust(),
            "description": "ingests",
            "maxSessionDuration": 7200,
            "permissionsBoundary": READ_ONLY,
            "tags": {"a": "b"},
        },
        {
            "name": "codekeep-acme-ingest",
            "assumeRolePolicy": trust("eks"),
            "tags": {"a": "c", "d": "e"},
        },
        drift=lambda api, made: api.client("iam").update_assume_role_policy(
            RoleName=made.id, PolicyDocument=trust("lambda")
        ),
    )
    assert made.id == "codekeep-acme-ingest"
    assert made.outputs["arn"] == "arn:aws:iam::123456789012:role/codekeep-acme-ingest"
    assert made.outputs["uniqueId"].startswith("AROA")


def test_another_path_replaces_a_role(lifecycle):
    lifecycle(
        ROLE, {"assumeRolePolicy": trust()}, {"assumeRolePolicy": trust(), "path": "/keep/"}, expect_replace={"path"}
    )


def test_a_role_with_listed_policies_owns_them(lifecycle, plugin, unique):
    policy = plugin.create(POLICY, unique, {"policy": allow()})
    lifecycle(
        ROLE,
        {
            "assumeRolePolicy": trust(),
            "managedPolicyArns": [policy.id, READ_ONLY],
            "inlinePolicies": [{"name": "a", "policy": allow()}],
        },
        {
            "assumeRolePolicy": trust(),
            "managedPolicyArns": [READ_ONLY],
            "inlinePolicies": [{"name": "a", "policy": allow("s3:PutObject")}, {"name": "b", "policy": allow()}],
        },
        drift=lambda api, made: api.client("iam").detach_role_policy(RoleName=made.id, PolicyArn=policy.id),
        unreadable={"managedPolicyArns", "inlinePolicies"},
    )


def test_a_role_with_attachments_is_deleted_only_with_force(plugin, unique, role):
    plugin.create(ROLE_POLICY, unique, {"role": role.id, "policy": allow()})
    with pytest.raises(ProviderError, match="DeleteConflict"):
        plugin.delete(role)
    forced = plugin.update(role, {**role.inputs, "forceDetachPolicies": True})
    plugin.delete(forced)
    assert plugin.read(forced) is None


def test_deleting_a_role_removes_it_from_instance_profiles(plugin, unique, role):
    profile = plugin.create("aws:iam/instanceProfile:InstanceProfile", unique, {"role": role.id})
    plugin.delete(role)
    assert "role" not in plugin.read(profile).outputs


def test_a_separate_attachment_is_no_drift_of_the_role(plugin, unique, role):
    plugin.create(ROLE_POLICY, unique, {"role": role.id, "policy": allow()})
    plugin.create(ATTACHMENT, unique, {"role": role.id, "policyArn": READ_ONLY})
    assert not plugin.diff(plugin.read(role), role.inputs).changes


def test_a_role_policy_passes_the_lifecycle(lifecycle, role):
    made = lifecycle(
        ROLE_POLICY,
        {"role": role.id, "name": "reads", "policy": allow()},
        {"role": role.id, "name": "reads", "policy": allow("s3:PutObject")},
        drift=lambda api, made: api.client("iam").put_role_policy(
            RoleName=role.id, PolicyName="reads", PolicyDocument=allow("s3:DeleteObject")
        ),
    )
    assert made.id == f"{role.id}:reads"


def test_a_policy_of_aws_can_be_attached(lifecycle, role):
    cluster = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    config = "arn:aws:iam::aws:policy/service-role/AWSConfigRulesExecutionRole"
    made = lifecycle(ATTACHMENT, {"role": role.id, "policyArn": cluster}, {"role": role.id, "policyArn": config}, True)
    assert made.id == f"{role.id}/{cluster}"


def test_a_policy_that_aws_does_not_have_is_refused(plugin, unique, role):
    with pytest.raises(ProviderError, match="NoSuchEntity"):
        plugin.create(ATTACHMENT, unique, {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/NoSuchThing"})


def test_an_attachment_removed_outside_pulumi_reads_as_gone(plugin, unique, role):
    policy = plugin.create(POLICY, unique, {"policy": allow()})
    made = plugin.create(ATTACHMENT, unique, {"role": role.id, "policyArn": policy.id})
    plugin.api().client("iam").detach_role_policy(RoleName=role.id, PolicyArn=policy.id)
    assert plugin.read(made) is None


def test_a_policy_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        POLICY,
        {"name": "codekeep-acme", "policy": allow(), "tags": {"a": "b"}},
        {"name": "codekeep-acme", "policy": allow("s3:PutObject"), "tags": {"c": "d"}},
        drift=lambda api, made: api.client("iam").create_policy_version(
            PolicyArn=made.id, PolicyDocument=allow("s3:DeleteObject"), SetAsDefault=True
        ),
    )
    assert made.id == made.outputs["arn"] == "arn:aws:iam::123456789012:policy/codekeep-acme"


def test_a_policy_can_change_more_often_than_aws_allows_versions(plugin, unique):
    made = plugin.create(POLICY, unique, {"policy": allow()})
    for number in range(7):
        made = plugin.update(made, {"policy": allow(f"s3:Get{number}")})
    assert "s3:Get6" in plugin.read(made).outputs["policy"]
    versions = plugin.api().client("iam").list_policy_versions(PolicyArn=made.id)["Versions"]
    assert len(versions) == 5
    plugin.delete(made)
    assert plugin.read(made) is None


def test_another_description_replaces_a_policy(lifecycle):
    lifecycle(POLICY, {"policy": allow(), "description": "a"}, {"policy": allow(), "description": "b"}, {"description"})


def test_an_instance_profile_passes_the_lifecycle(lifecycle, plugin, unique, role):
    other = plugin.create(ROLE, f"{unique}-other", {"assumeRolePolicy": trust()})
    lifecycle(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": role.id, "tags": {"a": "b"}},
        {"role": other.id, "tags": {"a": "c"}},
        drift=lambda api, made: api.client("iam").remove_role_from_instance_profile(
            InstanceProfileName=made.id, RoleName=role.id
        ),
    )


def test_a_service_linked_role_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        {"awsServiceName": "autoscaling.amazonaws.com", "customSuffix": "acme", "description": "a", "tags": {"a": "b"}},
        {"awsServiceName": "autoscaling.amazonaws.com", "customSuffix": "acme", "description": "b"},
    )
    assert made.outputs["name"] == "AWSServiceRoleForAutoScaling_acme"


def test_an_identity_provider_passes_the_lifecycle(lifecycle):
    url = "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"
    made = lifecycle(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        {"url": url, "clientIdLists": ["sts.amazonaws.com"], "tags": {"a": "b"}},
        {"url": url, "clientIdLists": ["sts.amazonaws.com", "other"], "thumbprintLists": ["a" * 40], "tags": {}},
        drift=lambda api, made: api.client("iam").tag_open_id_connect_provider(
            OpenIDConnectProviderArn=made.id, Tags=[{"Key": "x", "Value": "y"}]
        ),
    )
    assert made.id.endswith(":oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC")


def test_a_role_is_found(plugin, role):
    found = plugin.invoke("aws:iam/getRole:getRole", {"name": role.id})
    assert found["arn"] == role.outputs["arn"]
    assert json.loads(found["assumeRolePolicy"]) == json.loads(trust())


def test_a_document_is_rendered_as_the_official_provider_does(plugin):
    found = plugin.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {
            "policyId": "keep",
            "statements": [
                {
                    "sid": "Read",
                    "actions": ["s3:GetObject", "s3:ListBucket"],
                    "resources": ["arn:aws:s3:::b/&{aws:username}"],
                    "principals": [
                        {"type": "AWS", "identifiers": ["a", "b"]},
                        {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
                    ],
                    "conditions": [
                        {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]},
                        {"test": "StringEquals", "variable": "aws:SourceArn", "values": ["x", "y"]},
                    ],
                },
                {
                    "effect": "Deny",
                    "notActions": ["iam:*"],
                    "notResources": ["*"],
                    "principals": [{"type": "*", "identifiers": ["*"]}],
                },
            ],
        },
    )
    document = json.loads(found["json"])
    assert document == json.loads(found["minifiedJson"])
    assert document == {
        "Version": "2012-10-17",
        "Id": "keep",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/${aws:username}",
                "Principal": {"AWS": ["b", "a"], "Service": "ec2.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": ["x", "y"]}},
            },
            {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*", "Principal": "*"},
        ],
    }


def test_documents_are_merged_by_statement_id(plugin):
    found = plugin.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {
            "sourcePolicyDocuments": [allow("s3:A", "A"), allow("s3:B", "B")],
            "statements": [{"sid": "B", "actions": ["s3:C"], "resources": ["*"]}],
            "overridePolicyDocuments": [allow("s3:D", "A")],
        },
    )
    statements = {item["Sid"]: item["Action"] for item in json.loads(found["json"])["Statement"]}
    assert statements == {"A": ["s3:D"], "B": "s3:C"}
    with pytest.raises(ProviderError, match="'A' twice"):
        plugin.invoke("aws:iam/getPolicyDocument:getPolicyDocument", {"sourcePolicyDocuments": [allow(), allow()]})
