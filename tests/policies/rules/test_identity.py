"""Identity rules: each on a resource that is right, one that is wrong, and one that is not known."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from policies.graph import SECRET, UNKNOWN, Node
from policies.graph.references import Reference
from policies.rule import Rule
from policies.rules.identity import (
    access_analyzer,
    admin_policies,
    cluster_admins,
    cluster_authentication,
    confused_deputy,
    environment_secrets,
    federation_binding,
    foreign_principals,
    inverted_grants,
    key_administration,
    long_lived_keys,
    metadata_service,
    pass_role,
    permissions_boundary,
    privilege_escalation,
    public_principals,
    search_roles,
    session_duration,
    wildcard_actions,
    wildcard_resources,
)
from tests.policies.rules.policy_nodes import (
    ACCOUNT,
    DEPLOYER,
    FACTS,
    SILENT,
    STACK,
    STRANGER,
    allow,
    document,
    judged,
    node,
)

ROLE, ROLE_POLICY, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"
BUCKET_POLICY, KEY, QUEUE = "aws:s3/bucketPolicy:BucketPolicy", "aws:kms/key:Key", "aws:sqs/queue:Queue"
TEMPLATE, NODE_GROUP = "aws:ec2/launchTemplate:LaunchTemplate", "aws:eks/nodeGroup:NodeGroup"
CLUSTER, ANALYZER = "aws:eks/cluster:Cluster", "aws:accessanalyzer/analyzer:Analyzer"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
OBJECTS = "arn:aws:s3:::codekeep-demo-code/demo/*"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
FROM_HERE = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
FEDERATED = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
PODS = {"Service": "pods.eks.amazonaws.com"}
CLUSTER_ARN = f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/codekeep-demo"
DOMAIN = "aws:opensearch/domain:Domain"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def granting(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": "r", "policy": document(*statements)}


def guarding(principal: Any, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"bucket": "b", "policy": document(allow("s3:GetObject", OBJECTS, principal, condition))}


def trusting(principal: Any, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"assumeRolePolicy": document(allow("sts:AssumeRole", None, principal, condition))}


def handing(**equals: str) -> dict[str, Any]:
    return trusting(FEDERATED, {"StringEquals": {f"{ISSUER}:{key}": value for key, value in equals.items()}})


def keyed(*statements: Mapping[str, Any]) -> dict[str, Any]:
    administration = allow(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], "*", {"AWS": [ROOT["AWS"], DEPLOYER]})
    return {"policy": document(administration, *statements)}


def running(**variable: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "main", "env": [variable]}]}}}}


def instance(tokens: str = "required", hops: int = 1) -> dict[str, Any]:
    return {"metadataOptions": {"httpTokens": tokens, "httpPutResponseHopLimit": hops}}


def access(mode: Any = "API", creator: Any = False) -> dict[str, Any]:
    return {"accessConfig": {"authenticationMode": mode, "bootstrapClusterCreatorAdminPermissions": creator}}


RIGHT: list[tuple[Any, str, dict[str, Any]]] = [
    (search_roles, DOMAIN, {"advancedOptions": {search_roles.NAMED_IN_BODIES: "false"}}),
    (search_roles, ROLE_POLICY, granting(allow("es:ESHttp*", "*"))),  # no domain with roles of its own
    (wildcard_actions, ROLE_POLICY, granting(allow(["s3:GetObject", "ec2:Describe*"], OBJECTS))),
    (wildcard_actions, ROLE_POLICY, granting({"Effect": "Deny", "Action": "*", "Resource": "*"})),
    (wildcard_resources, ROLE_POLICY, granting(allow(["ec2:DescribeVpcs", "ecr:GetAuthorizationToken"], "*"))),
    (
        wildcard_resources,
        ROLE_POLICY,
        granting(
            allow(
                "ec2:DeleteVolume",
                f"arn:aws:ec2:eu-central-1:{ACCOUNT}:volume/*",
                None,
                {"StringEquals": {"aws:ResourceTag/codekeep:tenant": "demo"}},
            )
        ),
    ),
    (inverted_grants, ROLE_POLICY, granting({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})),
    (foreign_principals, BUCKET_POLICY, guarding(ROOT)),
    (
        foreign_principals,
        ROLE,
        trusting({"AWS": str(Reference("urn:pulumi:demo::codekeep::aws:iam/role:Role::r", "arn"))}),
    ),
    (public_principals, BUCKET_POLICY, guarding("*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
    (public_principals, "aws:lambda/permission:Permission", {"principal": "events.amazonaws.com"}),
    (confused_deputy, ROLE, trusting({"Service": "eks.amazonaws.com"}, FROM_HERE)),
    (confused_deputy, ROLE, trusting({"Service": "ec2.amazonaws.com"})),
    (confused_deputy, ROLE, trusting({"Service": "cloudtrail.amazonaws.com"})),
    (
        confused_deputy,
        ROLE,
        trusting(PODS, {"StringEquals": {"aws:RequestTag/eks-cluster-arn": CLUSTER_ARN}}),
    ),
    (
        confused_deputy,
        "aws:sns/topicPolicy:TopicPolicy",
        {"policy": document(allow("sns:Publish", "*", {"Service": "events.amazonaws.com"}))},
    ),
    (
        confused_deputy,
        BUCKET_POLICY,
        guarding({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::codekeep-demo-*"}}),
    ),
    (
        pass_role,
        ROLE_POLICY,
        granting(allow("iam:PassRole", DEPLOYER, None, {"StringEquals": {"iam:PassedToService": "es.amazonaws.com"}})),
    ),
    (permissions_boundary, ROLE, trusting({"Service": "eks.amazonaws.com"}, FROM_HERE)),
    (permissions_boundary, ROLE, {**trusting(PODS), "permissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/b"}),
    (metadata_service, TEMPLATE, instance()),
    (metadata_service, TEMPLATE, {"metadataOptions": {"httpEndpoint": "disabled"}}),
    (long_lived_keys, TEMPLATE, {}),
    (environment_secrets, DEPLOYMENT, running(name="GIT_TOKEN_FILE", value="/run/secrets/git")),
    (
        environment_secrets,
        DEPLOYMENT,
        running(name="GIT_TOKEN", value="arn:aws:secretsmanager:eu-central-1:1:secret:t"),
    ),
    (admin_policies, ROLE, {"managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"]}),
    (session_duration, ROLE, {}),
    (session_duration, ROLE, {"maxSessionDuration": 3600}),
    (federation_binding, ROLE, handing(sub="system:serviceaccount:codekeep-demo:gateway", aud="sts.amazonaws.com")),
    (cluster_authentication, CLUSTER, access()),
    (cluster_admins, ASSOCIATION, {"principalArn": DEPLOYER, "policyArn": ADMIN, "accessScope": {"type": "cluster"}}),
    (
        key_administration,
        KEY,
        keyed(allow("kms:Decrypt", "*", ROOT, {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}})),
    ),
    (privilege_escalation, ROLE_POLICY, granting(allow("sts:AssumeRole", DEPLOYER))),
]

WRONG: list[tuple[Any, str, dict[str, Any], str]] = [
    (search_roles, DOMAIN, {"advancedOptions": {}}, "advancedOptions"),
    (wildcard_actions, ROLE_POLICY, granting(allow("s3:*", OBJECTS)), "policy|Statement[0].Action"),
    (
        wildcard_actions,
        ROLE,
        {"inlinePolicies": [{"policy": document(allow("*", "*"))}]},
        "inlinePolicies[0].policy|Statement[0].Action",
    ),
    (
        wildcard_resources,
        ROLE_POLICY,
        granting(allow("s3:GetObject", "arn:aws:s3:::*")),
        "policy|Statement[0].Resource",
    ),
    (
        wildcard_resources,
        POLICY,
        granting(allow("kms:Decrypt", f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/*")),
        "policy|Statement[0].Resource",
    ),
    (
        inverted_grants,
        ROLE_POLICY,
        granting({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        "policy|Statement[0].NotAction",
    ),
    (foreign_principals, BUCKET_POLICY, guarding({"AWS": STRANGER}), "policy|Statement[0].Principal"),
    (foreign_principals, BUCKET_POLICY, guarding({"CanonicalUser": "79a59df9"}), "policy|Statement[0].Principal"),
    (
        foreign_principals,
        BUCKET_POLICY,
        guarding("*", {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, STRANGER]}}),
        "policy|Statement[0].Condition",
    ),
    (
        public_principals,
        BUCKET_POLICY,
        guarding("*", {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}),
        "policy|Statement[0].Principal",
    ),
    (public_principals, "aws:s3/bucketAcl:BucketAcl", {"acl": "public-read"}, "acl"),
    (confused_deputy, ROLE, trusting({"Service": "eks.amazonaws.com"}), "assumeRolePolicy|Statement[0].Condition"),
    (confused_deputy, "aws:lambda/permission:Permission", {"principal": "s3.amazonaws.com"}, "sourceArn"),
    (pass_role, ROLE_POLICY, granting(allow("iam:Pass*", DEPLOYER)), "policy|Statement[0].Condition"),
    (permissions_boundary, ROLE, trusting(PODS), "permissionsBoundary"),
    (
        permissions_boundary,
        ROLE,
        {"permissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "permissionsBoundary",
    ),
    (metadata_service, TEMPLATE, {}, "metadataOptions"),
    (metadata_service, TEMPLATE, instance(hops=2), "metadataOptions.httpPutResponseHopLimit"),
    (metadata_service, NODE_GROUP, {}, "launchTemplate"),
    (long_lived_keys, "aws:iam/accessKey:AccessKey", {"user": "robot"}, ""),
    (long_lived_keys, TEMPLATE, {"keyName": UNKNOWN}, "keyName"),
    (
        environment_secrets,
        DEPLOYMENT,
        running(name="GIT_TOKEN", value="x"),
        "spec.template.spec.containers[0].env[0].value",
    ),
    (environment_secrets, DEPLOYMENT, running(name="A", value=SECRET), "spec.template.spec.containers[0].env[0].value"),
    (
        environment_secrets,
        TEMPLATE,
        {"userData": base64.b64encode(b"-----BEGIN RSA PRIVATE KEY-----").decode()},
        "userData",
    ),
    (
        admin_policies,
        ROLE,
        {"managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]},
        "managedPolicyArns[0]",
    ),
    (session_duration, ROLE, {"maxSessionDuration": 43_200}, "maxSessionDuration"),
    (
        federation_binding,
        ROLE,
        handing(sub="system:serviceaccount:codekeep-demo:*", aud="sts.amazonaws.com"),
        "assumeRolePolicy|Statement[0].Condition",
    ),
    (
        federation_binding,
        ROLE,
        handing(sub="system:serviceaccount:codekeep-demo:gateway"),
        "assumeRolePolicy|Statement[0].Condition",
    ),
    (cluster_authentication, CLUSTER, access("API_AND_CONFIG_MAP"), "accessConfig.authenticationMode"),
    (cluster_authentication, "kubernetes:core/v1:ConfigMap", {"metadata": {"name": "aws-auth"}}, "metadata.name"),
    (
        cluster_admins,
        ASSOCIATION,
        {"principalArn": f"arn:aws:iam::{ACCOUNT}:role/dev", "policyArn": ADMIN, "accessScope": {"type": "cluster"}},
        "principalArn",
    ),
    (cluster_admins, "aws:eks/accessEntry:AccessEntry", {"principalArn": ROOT["AWS"]}, "principalArn"),
    (key_administration, KEY, {}, "policy"),
    (key_administration, KEY, keyed(allow("kms:Decrypt", "*", {"AWS": DEPLOYER})), "policy|Statement[1].Action"),
    (
        key_administration,
        KEY,
        keyed(allow("kms:Put*", "*", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/dev"})),
        "policy|Statement[1].Principal",
    ),
    (privilege_escalation, ROLE_POLICY, granting(allow("iam:CreatePolicyVersion", "*")), "policy|Statement[0].Action"),
]

OPEN: list[tuple[Any, str, dict[str, Any], str]] = [
    (search_roles, DOMAIN, {"advancedOptions": UNKNOWN}, "advancedOptions"),
    *(
        (rule, ROLE_POLICY, {"policy": UNKNOWN}, "policy")
        for rule in (wildcard_actions, wildcard_resources, inverted_grants, pass_role, privilege_escalation)
    ),
    *(
        (rule, BUCKET_POLICY, {"policy": UNKNOWN}, "policy")
        for rule in (foreign_principals, public_principals, confused_deputy)
    ),
    (federation_binding, ROLE, {"assumeRolePolicy": UNKNOWN}, "assumeRolePolicy"),
    (permissions_boundary, ROLE, {"permissionsBoundary": UNKNOWN}, "permissionsBoundary"),
    (key_administration, KEY, {"policy": UNKNOWN}, "policy"),
    (metadata_service, TEMPLATE, {"metadataOptions": UNKNOWN}, "metadataOptions"),
    (environment_secrets, TEMPLATE, {"userData": UNKNOWN}, "userData"),
    (admin_policies, ROLE, {"managedPolicyArns": [UNKNOWN]}, "managedPolicyArns[0]"),
    (session_duration, ROLE, {"maxSessionDuration": UNKNOWN}, "maxSessionDuration"),
    (cluster_authentication, CLUSTER, {"accessConfig": UNKNOWN}, "accessConfig"),
    (cluster_admins, ASSOCIATION, {"principalArn": DEPLOYER, "policyArn": UNKNOWN}, "policyArn"),
]


def named(case: tuple[Any, ...]) -> str:
    return f"{case[0].RULE.id}-{case[-1] if isinstance(case[-1], str) else case[1]}"


@pytest.mark.parametrize("case", RIGHT, ids=named)
def test_what_is_right_passes(case: tuple[Any, str, dict[str, Any]]) -> None:
    rule, token, inputs = case
    assert judged(rule.RULE, node(token, inputs)) == []


@pytest.mark.parametrize("case", WRONG, ids=named)
def test_what_is_wrong_is_named_with_its_property(case: tuple[Any, str, dict[str, Any], str]) -> None:
    rule, token, inputs, path = case
    assert ("violation", "it", path) in judged(rule.RULE, node(token, inputs))


@pytest.mark.parametrize("case", OPEN, ids=named)
def test_what_is_not_known_is_undecided(case: tuple[Any, str, dict[str, Any], str]) -> None:
    rule, token, inputs, path = case
    found = judged(rule.RULE, node(token, inputs))
    assert found
    assert {each[0] for each in found} == {"undecided"}
    assert all(each[2].startswith(path) for each in found)


def boundary_and(role: Mapping[str, Any] | None) -> list[Node]:
    policy = node(POLICY, granting(allow("s3:GetObject", "*")), "most")
    bound = {"permissionsBoundary": str(Reference(policy.urn, "arn"))}
    depends = {"permissionsBoundary": (policy.urn,)}
    return [policy, *([] if role is None else [node(ROLE, {**role, **bound}, "r", property_dependencies=depends)])]


def test_a_boundary_may_name_all_resources_and_a_policy_may_not() -> None:
    assert judged(wildcard_resources.RULE, *boundary_and(trusting(PODS))) == []
    assert judged(wildcard_resources.RULE, *boundary_and(None)) == [
        ("violation", "most", "policy|Statement[0].Resource")
    ]


def test_passing_and_starting_by_two_policies_of_one_role_is_escalation() -> None:
    role = node(ROLE, {"name": "r"}, "r")
    of_role = {"role": (role.urn,)}
    passing = node(ROLE_POLICY, granting(allow("iam:PassRole", "*")), "passing", property_dependencies=of_role)
    starting = node(ROLE_POLICY, granting(allow("ec2:RunInstances", "*")), "starting", property_dependencies=of_role)
    assert judged(privilege_escalation.RULE, role, passing) == []
    assert judged(privilege_escalation.RULE, role, passing, starting) == [("violation", "r", "")]


def test_a_key_policy_may_be_a_resource_of_its_own() -> None:
    key = node(KEY, {}, "key")
    policy = node(
        "aws:kms/keyPolicy:KeyPolicy",
        {"keyId": str(Reference(key.urn, "id")), **keyed()},
        property_dependencies={"keyId": (key.urn,)},
    )
    assert judged(key_administration.RULE, key, policy) == []


def test_a_keep_needs_an_analyzer_unless_the_account_has_one() -> None:
    queue, analyzer = node(QUEUE, {}), node(ANALYZER, {"type": "ACCOUNT"}, "analyzer")
    assert judged(access_analyzer.RULE, queue) == [("violation", STACK.name, "")]
    assert judged(access_analyzer.RULE, queue, analyzer) == []
    recovery = node(QUEUE, {"region": "eu-west-1"}, "recovery")
    assert judged(access_analyzer.RULE, queue, recovery, analyzer) == [("violation", STACK.name, "")]
    assert judged(access_analyzer.RULE, queue, facts=replace(FACTS, has_detectors=True)) == []
    assert judged(access_analyzer.RULE, queue, facts=replace(FACTS, tier="pooled")) == []


def test_where_no_account_is_agreed_the_providers_is_meant() -> None:
    theirs = node(BUCKET_POLICY, guarding({"AWS": STRANGER}))
    assert judged(foreign_principals.RULE, theirs, facts=SILENT) == [
        ("violation", "it", "policy|Statement[0].Principal")
    ]
    assert judged(foreign_principals.RULE, node(BUCKET_POLICY, guarding({"AWS": ACCOUNT})), facts=SILENT) == []
    unbound = node(BUCKET_POLICY, guarding({"AWS": STRANGER}), provider=None)
    assert judged(foreign_principals.RULE, unbound, facts=SILENT) == []


def test_accounts_of_customer_keys_and_entry_principals_are_trusted() -> None:
    principal = f"arn:aws:iam::{STRANGER}:role/developers"
    entry = replace(FACTS, entry_principals=frozenset({principal}))
    held = replace(FACTS, customer_key_accounts=frozenset({STRANGER}))
    policy = node(BUCKET_POLICY, guarding({"AWS": principal}))
    assert judged(foreign_principals.RULE, policy, facts=entry) == []
    assert judged(foreign_principals.RULE, policy, facts=held) == []


def test_a_job_maps_the_roles_that_it_is_given_and_the_domain_knows_its_master() -> None:
    master = node(ROLE, {"name": "admin"}, "admin")
    security = {"enabled": True, "masterUserOptions": {"masterUserArn": UNKNOWN}}
    domain = node(
        DOMAIN,
        {"advancedSecurityOptions": security, "advancedOptions": {search_roles.NAMED_IN_BODIES: "false"}},
        "domain",
        property_dependencies={"advancedSecurityOptions": (master.urn,)},
    )
    mapped, other, own = (
        node(ROLE_POLICY, {**granting(allow("es:ESHttpGet", "*")), "role": role}, role)
        for role in ("gateway", "other", "admin")
    )
    metadata = {"namespace": "n", "name": "roles"}
    roles = node(search_roles.CONFIG_MAP, {"metadata": metadata, "data": {"x": '["arn:aws:iam::1:role/p/gateway"]'}})
    volumes = [{"configMap": {"name": "roles"}}]
    job = node(search_roles.JOB, {"metadata": {"namespace": "n"}, "spec": {"template": {"spec": {"volumes": volumes}}}})
    rule = search_roles.RULE
    assert judged(rule, domain, master, mapped, own, roles, job) == []
    assert judged(rule, domain, master, mapped, other, roles, job) == [("violation", "other", "role")]
    assert judged(rule, domain, master, mapped, roles) == [("violation", "gateway", "role")]  # nothing mounts it
    live = node(DOMAIN, {**domain.inputs, "advancedSecurityOptions": {"enabled": True}}, "domain")  # as AWS tells it
    assert judged(rule, live, mapped, roles, job) == []
    assert judged(rule, live, other, roles, job) == [("undecided", "other", "role")]
    hidden = node(search_roles.JOB, {"metadata": {"namespace": "n"}, "spec": UNKNOWN})
    assert judged(rule, domain, master, mapped, roles, hidden) == [("undecided", "gateway", "role")]
    assert judged(rule, mapped, facts=replace(FACTS, tier="pooled")) == [("violation", "gateway", "role")]


def test_every_rule_of_the_family_is_tried_both_ways() -> None:
    def ids(cases: list[Any]) -> set[str]:
        return {case[0].RULE.id for case in cases}

    rules: tuple[Rule, ...] = (access_analyzer.RULE,)
    assert ids(RIGHT) == ids(WRONG)
    assert len(ids(RIGHT) | {rule.id for rule in rules}) == 20
