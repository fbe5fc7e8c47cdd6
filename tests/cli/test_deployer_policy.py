"""`codekeep deployer-policy` prints what `up`, `refresh` and `destroy` need, and not less."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from awsread.iam import Policies, Request, may, parsed
from policies.graph import ResourceGraph
from stacks.project import Project
from stacks.sessions.deployer.policy import MANAGED_POLICY_CHARACTERS, DeployerRole, deployer_role, text_of
from stacks.sessions.deployer.tables import actions_for, by_type
from tests.cli.conftest import Keep
from tests.stacks.documents import ROOT
from tests.stacks.programs import graph_of

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
NEW = ("kms:CreateKey", "kms:TagResource")  # of a key that has no policy yet
STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
OWNER = "123456789012"  # of the sandbox: it assumes the role, as a CI's role would
ACCOUNT = "111122223333"
KNOWN = (
    "access-analyzer:ListAnalyzers",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:DescribeInstanceTypeOfferings",
    "guardduty:ListDetectors",
    "iam:CreateServiceLinkedRole",
    "iam:ListRoles",
    "iam:PassRole",
    "kms:CreateKey",
    "s3:GetLifecycleConfiguration",
    "servicequotas:GetServiceQuota",
)


@cache
def role_of(stack: str) -> DeployerRole:
    return deployer_role(Project.find(ROOT), stack)


def types_of(graph: ResourceGraph) -> set[str]:
    return {node.type for node in graph.resources if node.package == "aws"}


def statements(role: DeployerRole) -> list[dict[str, Any]]:
    return [statement for policy in (*role.policies, role.founding) for statement in policy["Statement"]]


@pytest.mark.parametrize("stack", STACKS)
def test_the_tables_have_every_type_and_the_policies_fit(stack: str) -> None:
    types = types_of(graph_of(stack))
    assert len(types) > 20
    assert types <= by_type().keys()
    role = role_of(stack)
    assert all(len(text_of(policy)) <= MANAGED_POLICY_CHARACTERS for policy in (*role.policies, role.founding))
    given = {action for each in statements(role) for action in each["Action"]}
    assert {each for each in actions_for(types) - given if not each.startswith("kms:")} == set()
    assert not any("*" in action for action in given)


def test_a_role_takes_the_policies_of_its_stacks_with_the_founding_ones() -> None:
    """The platform and its pooled keep have one role, which takes 10 policies (IAM's default quota)."""
    attached = Counter[str]()
    for stack in STACKS:
        attached[role_of(stack).arn] += len(role_of(stack).policies) + 1
    assert len(attached) == len(STACKS) - 1
    assert max(attached.values()) <= 10


@pytest.mark.parametrize("stack", STACKS)
def test_what_the_policies_leave_out_of_keys_each_keys_own_policy_gives(stack: str) -> None:
    graph, role = graph_of(stack), role_of(stack)
    account = role.arn.split(":")[4]
    keys = {f"arn:aws:kms:eu-central-1:{account}:key/{key.name}": key for key in graph.of_type(KEY)}
    assert len(keys) > 5
    known = Policies(
        identity={role.arn: [parsed(policy) for policy in role.policies]},
        resources={arn: parsed(json.loads(key.inputs["policy"])) for arn, key in keys.items()},
    )
    needed = {each for each in actions_for({KEY, ALIAS}) if each.startswith("kms:")} - {*NEW, "kms:ListAliases"}
    assert len(needed) > 8
    asked = [Request(principal=role.arn, action=action, resource=arn) for action in needed for arn in keys]
    assert [each for each in asked if not may(known, each).allowed] == []
    foreign = f"arn:aws:kms:eu-central-1:{account}:key/foreign"
    owned = Policies(identity=known.identity, resources={foreign: parsed(delegating(account))})
    asked = [Request(principal=role.arn, action=action, resource=foreign) for action in needed]
    assert [each for each in asked if may(owned, each).allowed] == []


def delegating(account: str) -> dict[str, Any]:
    """The policy that KMS gives a key made without one: the account's IAM policies decide."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Statement": [{"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}]}


def test_what_is_allowed_everywhere_reads_or_has_a_reason() -> None:
    everywhere = {
        action
        for stack in STACKS
        for each in statements(role_of(stack))
        if each["Resource"] == ["*"] and "codekeep:tenant" not in json.dumps(each.get("Condition", {}))
        for action in each["Action"]
    }
    changing = {each for each in everywhere if not each.partition(":")[2].startswith(("Describe", "Get", "List"))}
    assert len(everywhere - changing) > 50
    reasons = tomllib.loads((ROOT / "stacks/sessions/deployer/unbound.toml").read_text())
    assert all(len(reason) > 10 for reason in reasons.values())
    assert changing == reasons.keys()


def test_the_needs_known_beforehand_are_in_and_roles_are_passed_to_named_services_only() -> None:
    role = deployer_role(Project.find(ROOT), "demo", "arn:aws:iam::999988887777:role/ci")
    assert role.trust["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::999988887777:role/ci"}
    given = {action: each for each in statements(role) for action in each["Action"]}
    assert [action for action in KNOWN if action not in given] == []
    assert "ec2.amazonaws.com" in given["iam:PassRole"]["Condition"]["StringEquals"]["iam:PassedToService"]
    assert f"arn:aws:iam::{ACCOUNT}:role/codekeep-demo-node" in given["iam:PassRole"]["Resource"]
    for action in ("iam:CreateRole", "s3:DeleteBucket", "secretsmanager:DeleteSecret", "sqs:DeleteQueue"):
        assert all("demo" in each or "aws-service-role" in each for each in given[action]["Resource"]), action
    assert "kms:Sign" not in given
    models = f"arn:aws:s3:::codekeep-demo-models-{ACCOUNT}-eu-central-1/*"
    assert given["s3:GetObject"]["Resource"] == given["s3:PutObject"]["Resource"] == [models]


ROLE = f"arn:aws:iam::{ACCOUNT}:role"
DEPLOYER = f"{ROLE}/codekeep-deployer"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/codekeep-demo-boundary"
EC2 = f"arn:aws:ec2:eu-central-1:{ACCOUNT}"
KMS = f"arn:aws:kms:eu-central-1:{ACCOUNT}"
DETECTOR = f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/12abc34d"
RESOLVER = f"arn:aws:route53resolver:eu-central-1:{ACCOUNT}:firewall-rule-group"
ALARM = f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm"
TRAIL = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail"
BALANCING = f"arn:aws:elasticloadbalancing:eu-central-1:{ACCOUNT}"
BALANCER = f"{BALANCING}:loadbalancer"
ZONE = "arn:aws:route53:::hostedzone/Z1D633PJN98FT9"
RECORDS = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
HERE = {"aws:RequestedRegion": "eu-central-1"}
RESOURCE_TAG = "aws:ResourceTag/codekeep:tenant"
REQUEST_TAG = "aws:RequestTag/codekeep:tenant"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
CNI = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
SEARCH = f"{ROLE}/aws-service-role/opensearchservice.amazonaws.com/x"


@pytest.mark.parametrize(
    ("action", "resource", "context", "allowed"),
    [
        ("iam:CreateRole", f"{ROLE}/codekeep-demo-gateway", {"iam:PermissionsBoundary": BOUNDARY}, True),
        ("iam:CreateRole", f"{ROLE}/codekeep-demo-gateway", {}, False),
        ("iam:CreateRole", f"{ROLE}/codekeep-demo-gateway", {"iam:PermissionsBoundary": ADMINISTRATOR}, False),
        ("iam:CreateRole", f"{ROLE}/codekeep-demo-pwn", {"iam:PermissionsBoundary": BOUNDARY}, False),
        ("iam:CreateRole", f"{ROLE}/codekeep-demo-node", {}, False),
        ("iam:PutRolePolicy", f"{ROLE}/codekeep-demo-node", {}, False),
        ("iam:UpdateAssumeRolePolicy", f"{ROLE}/codekeep-demo-node", {}, False),
        ("iam:UpdateAssumeRolePolicy", f"{ROLE}/codekeep-demo-gateway", {}, True),
        ("iam:GetPolicyVersion", BOUNDARY, {}, True),
        ("iam:CreatePolicy", BOUNDARY, {}, False),
        ("iam:CreatePolicyVersion", BOUNDARY, {}, False),
        ("iam:DeletePolicy", BOUNDARY, {}, False),
        ("iam:DeletePolicyVersion", BOUNDARY, {}, False),
        ("iam:SetDefaultPolicyVersion", BOUNDARY, {}, False),
        ("iam:PutRolePolicy", f"{ROLE}/codekeep-demo-gateway", {}, False),
        (
            "iam:PutRolePermissionsBoundary",
            f"{ROLE}/codekeep-demo-gateway",
            {"iam:PermissionsBoundary": ADMINISTRATOR},
            False,
        ),
        ("iam:AttachRolePolicy", f"{ROLE}/codekeep-demo-node", {"iam:PolicyARN": CNI}, True),
        ("iam:AttachRolePolicy", f"{ROLE}/codekeep-demo-node", {"iam:PolicyARN": ADMINISTRATOR}, False),
        ("iam:CreateServiceLinkedRole", SEARCH, {"iam:AWSServiceName": "opensearchservice.amazonaws.com"}, True),
        ("iam:CreateServiceLinkedRole", SEARCH, {"iam:AWSServiceName": "organizations.amazonaws.com"}, False),
        ("iam:DeleteServiceLinkedRole", SEARCH, {}, False),
        ("iam:DeleteRole", f"{ROLE}/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", {}, False),
        ("servicequotas:GetServiceQuota", "*", HERE, True),
        ("servicequotas:GetServiceQuota", "*", {"aws:RequestedRegion": "us-east-1"}, True),  # of IAM
        ("guardduty:ListDetectors", "*", {"aws:RequestedRegion": "us-east-1"}, False),
        ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "demo"}, True),
        ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", {"aws:RequestedRegion": "us-east-1", RESOURCE_TAG: "demo"}, False),
        ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "acme"}, False),
        ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", HERE, False),
        ("ec2:CreateVpc", f"{EC2}:vpc/*", {**HERE, REQUEST_TAG: "demo"}, True),
        ("ec2:CreateVpc", f"{EC2}:vpc/*", HERE, False),
        ("ec2:CreateSubnet", f"{EC2}:subnet/*", {**HERE, REQUEST_TAG: "demo"}, True),
        ("ec2:CreateSubnet", f"{EC2}:vpc/vpc-1", {**HERE, REQUEST_TAG: "demo", RESOURCE_TAG: "acme"}, False),
        ("ec2:CreateSubnet", f"{EC2}:vpc/vpc-1", {**HERE, REQUEST_TAG: "demo", RESOURCE_TAG: "demo"}, True),
        ("ec2:RevokeSecurityGroupIngress", f"{EC2}:security-group/sg-1", {**HERE, RESOURCE_TAG: "acme"}, False),
        ("ec2:RevokeSecurityGroupIngress", f"{EC2}:security-group/sg-1", HERE, False),  # of a new VPC: founding
        ("ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group/sg-1", HERE, False),
        ("ec2:CreateTags", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "acme", REQUEST_TAG: "demo"}, False),
        ("ec2:CreateTags", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "demo", REQUEST_TAG: "acme"}, False),
        ("ec2:CreateTags", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "demo", "aws:RequestTag/team": "x"}, True),
        ("ec2:CreateTags", f"{EC2}:instance/i-1", {**HERE, REQUEST_TAG: "demo"}, False),
        ("ec2:DeleteTags", f"{EC2}:vpc/vpc-1", {**HERE, RESOURCE_TAG: "demo", "aws:TagKeys": ("team",)}, True),
        (
            "ec2:DeleteTags",
            f"{EC2}:vpc/vpc-1",
            {**HERE, RESOURCE_TAG: "demo", "aws:TagKeys": ("codekeep:tenant",)},
            False,
        ),
        ("kms:CreateKey", "*", {**HERE, REQUEST_TAG: "demo"}, True),
        ("kms:CreateKey", "*", {**HERE, REQUEST_TAG: "acme"}, False),
        ("kms:TagResource", f"{KMS}:key/1", {**HERE, REQUEST_TAG: "acme"}, False),
        ("kms:UntagResource", f"{KMS}:key/1", HERE, False),
        ("kms:PutKeyPolicy", f"{KMS}:key/1", HERE, False),
        ("kms:ScheduleKeyDeletion", f"{KMS}:key/1", {**HERE, RESOURCE_TAG: "demo"}, False),
        ("kms:Decrypt", f"{KMS}:key/1", {**HERE, "kms:ViaService": "s3.eu-central-1.amazonaws.com"}, True),
        ("kms:Decrypt", f"{KMS}:key/1", HERE, False),
        ("kms:UpdateAlias", f"{KMS}:alias/codekeep-demo-code", HERE, True),
        ("kms:UpdateAlias", f"{KMS}:alias/codekeep-demo-eu-code", HERE, False),
        ("guardduty:CreateDetector", "*", {**HERE, REQUEST_TAG: "demo"}, False),  # founding
        ("guardduty:TagResource", DETECTOR, {**HERE, REQUEST_TAG: "demo"}, False),  # founding
        ("guardduty:TagResource", DETECTOR, {**HERE, RESOURCE_TAG: "demo", REQUEST_TAG: "acme"}, False),
        ("guardduty:TagResource", DETECTOR, {**HERE, RESOURCE_TAG: "demo", "aws:RequestTag/team": "x"}, True),
        ("route53resolver:TagResource", f"{RESOLVER}/1", {**HERE, REQUEST_TAG: "demo"}, False),
        ("elasticloadbalancing:DeleteTargetGroup", f"{BALANCING}:targetgroup/demo-entry/1", HERE, True),
        ("elasticloadbalancing:DeleteTargetGroup", f"{BALANCING}:targetgroup/demo-eu-entry/1", HERE, False),
        ("elasticloadbalancing:DeleteListener", f"{BALANCING}:listener/net/demo-eu-entry/1/2", HERE, False),
        ("sns:SetTopicAttributes", f"arn:aws:sns:eu-central-1:{ACCOUNT}:codekeep-acme-alerts", HERE, False),
        ("cloudwatch:DeleteDashboards", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/codekeep-acme", HERE, False),
        ("guardduty:DeleteDetector", DETECTOR, {**HERE, RESOURCE_TAG: "demo"}, True),
        ("guardduty:DeleteDetector", DETECTOR, {**HERE, RESOURCE_TAG: "acme"}, False),
        ("guardduty:UpdateDetector", DETECTOR, HERE, False),
        ("guardduty:TagResource", DETECTOR, {**HERE, RESOURCE_TAG: "acme", REQUEST_TAG: "demo"}, False),
        (
            "guardduty:UntagResource",
            DETECTOR,
            {**HERE, RESOURCE_TAG: "demo", "aws:TagKeys": ("codekeep:tenant",)},
            False,
        ),
        ("route53resolver:DeleteFirewallRuleGroup", f"{RESOLVER}/1", {**HERE, RESOURCE_TAG: "demo"}, True),
        ("route53resolver:DeleteFirewallRuleGroup", f"{RESOLVER}/1", {**HERE, RESOURCE_TAG: "acme"}, False),
        ("cloudwatch:DeleteAlarms", f"{ALARM}:codekeep-demo-trail-acls", HERE, True),
        ("cloudwatch:DeleteAlarms", f"{ALARM}:codekeep-demo-eu-trail-acls", HERE, False),
        ("cloudtrail:StopLogging", f"{TRAIL}/codekeep-demo", HERE, True),
        ("cloudtrail:StopLogging", f"{TRAIL}/codekeep-acme", HERE, False),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCER}/net/demo-entry/50dc6c495c0c9188", HERE, True),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCER}/net/acme-entry/50dc6c495c0c9188", HERE, False),
        ("events:DeleteRule", f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/codekeep-acme-refresh", HERE, False),
        ("ssm:PutParameter", f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/codekeep/demo/spec-digest", HERE, True),
        ("ssm:PutParameter", f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/codekeep/acme/spec-digest", HERE, False),
        ("budgets:ModifyBudget", f"arn:aws:budgets::{ACCOUNT}:budget/codekeep-demo-monthly", {}, True),
        ("budgets:ModifyBudget", f"arn:aws:budgets::{ACCOUNT}:budget/everything", {}, False),
        (
            "route53:ChangeResourceRecordSets",
            "arn:aws:route53:::hostedzone/Z1",
            {RECORDS: ("github.demo.example",)},
            True,
        ),
        ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", {RECORDS: ("demo.example",)}, False),
    ],
)
def test_the_deployer_gives_nobody_more_than_the_boundary(
    action: str, resource: str, context: dict[str, Any], allowed: bool
) -> None:
    role = role_of("demo")
    own = {resource: parsed(delegating(ACCOUNT))} if action.startswith("kms:") else {}
    known = Policies(identity={DEPLOYER: [parsed(policy) for policy in role.policies]}, resources=own)
    request = Request(principal=DEPLOYER, action=action, resource=resource, context=context)
    assert may(known, request).allowed is allowed


def test_the_command_writes_files(keep: Keep, tmp_path: Path) -> None:
    found = Keep(ROOT, keep.environment).run("deployer-policy", "pico", "--output", str(tmp_path / "role"))
    assert "role/codekeep-deployer: trust, 3 policies and the founding one" in found.out
    assert sorted(each.name for each in (tmp_path / "role").iterdir()) == [
        "founding.json",
        "policy-1.json",
        "policy-2.json",
        "policy-3.json",
        "trust.json",
    ]


@pytest.fixture
def demo(keep: Keep, tmp_path: Path) -> Iterator[Keep]:
    found = Keep(ROOT, {**keep.environment, "CODEKEEP_HOME": str(tmp_path / "home")})
    yield found
    found.run("sandbox", "stop", code=None)


def owners_iam(demo: Keep, account: str) -> Any:
    """The client with which the owner of an account of the sandbox works."""
    demo.run("sandbox", "start")
    url = json.loads(demo.run("sandbox", "status", "--json").out)["url"]
    place = {"endpoint_url": url, "region_name": "eu-central-1"}
    sts = boto3.client("sts", **place, aws_access_key_id="x", aws_secret_access_key="x")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/owner", RoleSessionName="owner")["Credentials"]
    return boto3.client(
        "iam",
        **place,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def make_role(demo: Keep, role: DeployerRole) -> Any:
    """Makes the deployer's role in the sandbox's account; gives the owner's client."""
    iam, place = owners_iam(demo, role.arn.split(":")[4]), role.arn.partition(":role")[2]
    path, _, name = place.rpartition("/")
    iam.create_role(Path=f"{path}/", RoleName=name, AssumeRolePolicyDocument=json.dumps(role.trust))
    return iam


def put_policies(iam: Any, role: DeployerRole, stack: str, without: str = "") -> None:
    for index, policy in enumerate((*role.policies, role.founding)):
        text = json.dumps(policy).replace(f'"{without}"', '"sts:GetCallerIdentity"')
        iam.put_role_policy(RoleName=name_of(role), PolicyName=f"{stack}-{index}", PolicyDocument=text)


def name_of(role: DeployerRole) -> str:
    return role.arn.rpartition("/")[2]


@pytest.mark.whole
def test_the_printed_role_deploys_a_keep_and_no_less_does(demo: Keep) -> None:
    """Brought up, refreshed and removed by a role with these permissions, but not with one action less."""
    role = deployer_role(Project.find(ROOT), "demo", f"arn:aws:iam::{OWNER}:root")
    iam = make_role(demo, role)
    put_policies(iam, role, "demo", without="kms:CreateKey")
    refused = demo.sandbox("up", "demo", "--yes", code=None)
    assert refused.code != 0
    assert "codekeep-demo-deploy is not authorized to perform: kms:CreateKey" in refused.out + refused.err
    put_policies(iam, role, "demo")
    for command in ("up", "refresh"):
        assert f"{command} of demo succeeded" in demo.sandbox(command, "demo", "--yes").out, command
    founding = f"demo-{len(role.policies)}"
    iam.delete_role_policy(RoleName=name_of(role), PolicyName=founding)
    assert "up of demo succeeded" in demo.sandbox("up", "demo", "--yes").out
    iam.put_role_policy(RoleName=name_of(role), PolicyName=founding, PolicyDocument=json.dumps(role.founding))
    assert "destroy of demo succeeded" in demo.sandbox("destroy", "demo", "--yes").out


@pytest.mark.whole
@pytest.mark.parametrize("stacks", [("acme",), ("platform-eu-central-1", "pico")])
def test_the_printed_roles_deploy_keeps_of_the_other_tiers(demo: Keep, stacks: tuple[str, ...]) -> None:
    """A pooled keep has the role of its platform, which is up before it."""
    made: dict[str, Any] = {}
    for stack in stacks:
        role = deployer_role(Project.find(ROOT), stack, f"arn:aws:iam::{OWNER}:root")
        iam = made.get(role.arn) or make_role(demo, role)
        made[role.arn] = iam
        put_policies(iam, role, stack)
        assert f"up of {stack} succeeded" in demo.sandbox("up", stack, "--yes").out
        iam.delete_role_policy(RoleName=name_of(role), PolicyName=f"{stack}-{len(role.policies)}")
        again = demo.sandbox("up", stack, "--yes").out
        assert f"up of {stack} succeeded" in again
        assert "created" not in again
