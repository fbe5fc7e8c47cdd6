"""IAM roles of pods: trust, permissions, and limits of permissions."""

import fnmatch
import json
from typing import Any

import pytest
from codekeep_contracts.roles import OUTBOX_FOLDER

from components.identity import grants, operator_grants
from components.identity.boundary import BOUNDARY_CHARACTERS_MAX, boundary_statements
from components.identity.identity import IdentityArgs
from components.identity.workload import BOUND_BY_ADDON, OPERATOR_ACCOUNTS, Operator, Workload, workload_account
from components.naming import Keep
from tests.components.conftest import make_keep
from tests.components.environments import dedicated, premium, shared
from tests.components.recording import ACCOUNT, Node, Recording, listed

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
DESCRIBING = (
    *operator_grants.DESCRIBE_GROUPS,
    *operator_grants.DESCRIBE_TARGETS,
    *operator_grants.DESCRIBE_VOLUMES,
    *grants.EMIT_METRICS,
)
LABELS = [*(each.value for each in Workload), *(each.value for each in Operator)]


def statements(recording: Recording[Any], label: str, tenant: str = "acme") -> list[dict[str, Any]]:
    return list(recording.one(POLICY, f"{tenant}-role-{label}").policy()["Statement"])


def pod_roles(recording: Recording[Any], tenant: str = "acme") -> list[Node]:
    return [node for node in recording.of_type(ROLE) if node.name.startswith(f"{tenant}-role-")]


def allowed(recording: Recording[Any], label: str, action: str, resource: str, tenant: str = "acme") -> bool:
    return any(
        statement["Effect"] == "Allow"
        and action in listed(statement["Action"])
        and any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        for statement in statements(recording, label, tenant)
    )


def test_every_workload_and_operator_has_a_role_under_the_boundary() -> None:
    recording = dedicated()
    boundary = recording.one("aws:iam/policy:Policy")
    assert {node.name for node in pod_roles(recording)} == {f"acme-role-{label}" for label in LABELS}
    for node in pod_roles(recording):
        assert node.inputs["permissionsBoundary"] == boundary.outputs["arn"]
        assert node.inputs["name"] == node.name.replace("acme-role-", "codekeep-acme-")


@pytest.mark.parametrize("label", LABELS)
def test_a_role_is_for_pods_of_one_account_in_one_cluster(keep: Keep, label: str) -> None:
    account = (
        OPERATOR_ACCOUNTS[Operator(label)]
        if label in {each.value for each in Operator}
        else workload_account(keep, Workload(label))
    )
    [statement] = dedicated().one(ROLE, f"acme-role-{label}").policy("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert listed(statement["Action"]) == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/codekeep-acme",
            "aws:RequestTag/kubernetes-namespace": account.namespace,
            "aws:RequestTag/kubernetes-service-account": account.name,
        },
    }


def test_every_role_is_assigned_to_its_pods() -> None:
    recording = dedicated()
    bound = {
        (node.inputs["namespace"], node.inputs["serviceAccount"]): node.inputs["roleArn"]
        for node in recording.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    }
    assert len(bound) == len(Workload) + len(Operator) - len(BOUND_BY_ADDON)
    assert bound["codekeep-acme", "gateway"].endswith(":role/codekeep-acme-gateway")
    assert len(set(bound.values())) == len(bound)


@pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
def test_no_policy_allows_all_actions_and_all_resources_only_where_there_is_no_other(environment: Any) -> None:
    policies = environment().of_type(POLICY)
    assert len(policies) > len(LABELS)
    for node in policies:
        for statement in node.policy()["Statement"]:
            if statement["Effect"] != "Allow":
                continue
            assert not [action for action in listed(statement["Action"]) if "*" in action], node.name
            if "*" in listed(statement["Resource"]):
                assert set(listed(statement["Action"])) <= set(DESCRIBING), node.name
                assert statement["Condition"]["StringEquals"]["aws:RequestedRegion"] == "eu-central-1", node.name


@pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
def test_every_granted_action_is_within_the_boundary(environment: Any) -> None:
    recording = environment()
    boundaries = recording.of_type("aws:iam/policy:Policy")
    assert boundaries
    for boundary in boundaries:
        tenant = boundary.name.removesuffix("-boundary")
        most = {action for statement in boundary.policy()["Statement"] for action in listed(statement["Action"])}
        role_policies = [node for node in recording.of_type(POLICY) if node.name.startswith(f"{tenant}-role-")]
        assert role_policies
        for node in role_policies:
            wanted = {action for statement in node.policy()["Statement"] for action in listed(statement["Action"])}
            assert wanted <= most, f"{node.name}: {sorted(wanted - most)}"
        assert set(operator_grants.CNI) <= most


def test_the_boundary_is_within_iams_size_limit() -> None:
    keep = make_keep(tenant="a" * 20)
    text = json.dumps([statement.render() for statement in boundary_statements(keep)], separators=(",", ":"))
    assert len(text) < BOUNDARY_CHARACTERS_MAX * 0.8


@pytest.mark.parametrize("label", [each.value for each in Workload])
def test_no_workload_has_access_beyond_its_keeps_resources(label: str) -> None:
    """Every resource names this keep: its buckets, queues, keys, secrets, indexes, log groups."""
    for statement in statements(dedicated(), label):
        for resource in listed(statement["Resource"]):
            assert resource == "*" or "acme" in resource, (label, resource)


BUCKETS = "arn:aws:s3:::codekeep-acme-{}-" + f"{ACCOUNT}-eu-central-1/acme/x"


@pytest.mark.parametrize(
    ("label", "may_read", "may_write"),
    [
        ("gateway", set(), {"audit"}),
        ("ingest", {"code"}, {"code"}),
        ("indexer", {"code"}, {"snapshots", "audit"}),
        ("reviewer", {"code"}, set()),
        ("finetune", {"code", "models"}, {"models", "artifacts"}),
        ("evals", {"models", "artifacts"}, {"artifacts"}),
        ("webhook", set(), set()),
        ("model-server", {"models"}, set()),
        ("telemetry", set(), set()),
    ],
)
def test_each_workload_reads_and_writes_the_buckets_it_needs(
    label: str, may_read: set[str], may_write: set[str]
) -> None:
    recording = dedicated()
    roles = ("code", "snapshots", "models", "artifacts", "audit", "access-logs")
    assert {role for role in roles if allowed(recording, label, "s3:GetObject", BUCKETS.format(role))} == may_read
    assert {role for role in roles if allowed(recording, label, "s3:PutObject", BUCKETS.format(role))} == may_write


def test_the_indexer_deletes_from_the_outbox_and_nowhere_else() -> None:
    code = BUCKETS.format("code").removesuffix("x")
    assert allowed(dedicated(), "indexer", "s3:DeleteObject", f"{code}{OUTBOX_FOLDER}steps/1")
    for other in ("mirrors/x", "outboxes/x", ""):
        assert not allowed(dedicated(), "indexer", "s3:DeleteObject", code + other)
    assert not allowed(dedicated(), "indexer", "s3:PutObject", f"{code}{OUTBOX_FOLDER}steps/1")


def test_prompts_are_written_by_the_gateway_alone_and_only_with_opt_in() -> None:
    prompts = BUCKETS.format("prompts")
    assert [label for label in LABELS if label != "vpc-cni" and allowed(premium(), label, "s3:PutObject", prompts)] == [
        "gateway"
    ]
    assert not any("prompts" in json.dumps(node.inputs) for node in dedicated().of_type(POLICY))


@pytest.mark.parametrize(
    ("label", "may_search", "may_write"),
    [("gateway", True, False), ("reviewer", True, False), ("evals", True, False), ("indexer", True, True)],
)
def test_searchers_search_and_the_indexer_writes(label: str, may_search: bool, may_write: bool) -> None:
    index = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/acme-index/acme_chunks/_search"
    assert allowed(dedicated(), label, "es:ESHttpPost", index) == may_search
    assert allowed(dedicated(), label, "es:ESHttpPut", index) == may_write
    for path in ("acme_access/_doc/access.accounts.json", "acme_code/_bulk", "acme_code/_update_by_query"):
        document = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/acme-index/{path}"
        assert allowed(dedicated(), label, "es:ESHttpPost", document) == may_write, path


def test_a_pooled_keeps_roles_stay_in_their_own_indexes() -> None:
    domain = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/platform-euc1-index"
    assert allowed(shared(), "indexer", "es:ESHttpPut", f"{domain}/pico_chunks", "pico")
    for foreign in ("pico-eu_chunks", "picoeu_chunks", "acme_chunks", "_all", "_bulk", "_search"):
        assert not allowed(shared(), "indexer", "es:ESHttpPut", f"{domain}/{foreign}", "pico"), foreign


@pytest.mark.parametrize(("label", "queues"), [("ingest", {"ingest"}), ("reviewer", {"review"}), ("webhook", set())])
def test_queues_are_emptied_by_their_workers_alone(label: str, queues: set[str]) -> None:
    arns = {role: f"arn:aws:sqs:eu-central-1:{ACCOUNT}:codekeep-acme-{role}" for role in ("ingest", "review")}
    found = {role for role, arn in arns.items() if allowed(dedicated(), label, "sqs:ReceiveMessage", arn)}
    assert found == queues


def test_only_named_workloads_read_the_token_secrets() -> None:
    recording = dedicated()
    readers: dict[str, set[str]] = {}
    for label in (each.value for each in Workload):
        for statement in statements(recording, label):
            if "secretsmanager:GetSecretValue" in listed(statement["Action"]):
                readers[label] = {resource.split(":secret:")[1] for resource in listed(statement["Resource"])}
    assert readers.keys() == {"gateway", "ingest", "reviewer", "webhook"}
    assert readers["gateway"] == {"acme-gateway-certificate-AbCdEf"}
    assert readers["webhook"] == {"acme-git-ghe-webhook-AbCdEf"}
    assert readers["reviewer"] == {"acme-git-ghe-token-AbCdEf"}
    assert readers["ingest"] == {"acme-git-ghe-token-AbCdEf", "acme-registry-nexus-token-AbCdEf"}


def test_keys_are_used_through_services_only() -> None:
    using = [
        (label, statement)
        for label in LABELS
        if label != "vpc-cni"
        for statement in statements(dedicated(), label)
        if any(action.startswith("kms:") for action in listed(statement["Action"])) and statement["Sid"] != "Sign"
    ]
    assert using
    for label, statement in using:
        assert statement["Condition"]["StringEquals"]["kms:ViaService"].endswith(".eu-central-1.amazonaws.com"), label


def test_the_volume_driver_may_do_with_its_key_what_its_guide_lists() -> None:
    [using] = [each for each in statements(dedicated(), "aws-ebs-csi-driver") if each["Sid"] == "VolumeKeys"]
    wanted = {
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    }
    assert set(listed(using["Action"])) == {f"kms:{action}" for action in wanted}
    [boundary] = dedicated().of_type("aws:iam/policy:Policy")
    assert all(f"kms:{action}" in boundary.inputs["policy"] for action in wanted)


def test_workloads_that_write_audit_records_sign_them_and_nobody_deletes_any() -> None:
    key = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/acme-audit-signing"
    assert [label for label in LABELS if label != "vpc-cni" and allowed(dedicated(), label, "kms:Sign", key)] == [
        "gateway",
        "indexer",
    ]
    for label in LABELS:
        for action in ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectRetention"):
            assert label == "vpc-cni" or not allowed(dedicated(), label, action, BUCKETS.format("audit")), label


def test_the_indexer_deletes_prompts_but_cannot_read_them() -> None:
    prompts = BUCKETS.format("prompts")
    assert allowed(premium(), "indexer", "s3:DeleteObjectVersion", prompts)
    assert not allowed(premium(), "indexer", "s3:GetObject", prompts)
    assert not allowed(premium(), "gateway", "s3:GetObject", prompts)


def test_the_autoscaler_scales_this_cluster_alone() -> None:
    scale = next(each for each in statements(dedicated(), "cluster-autoscaler") if each["Sid"] == "ScaleGroups")
    assert scale["Condition"] == {"StringEquals": {"aws:ResourceTag/eks:cluster-name": "codekeep-acme"}}


def test_a_role_name_longer_than_iam_accepts_is_refused(keep: Keep) -> None:
    account = workload_account(keep, Workload.GATEWAY)
    with pytest.raises(ValueError, match="shorten the label"):
        IdentityArgs(keep=keep, cluster_arn="c", boundary_arn="b", accounts={"x" * 60: account})
    with pytest.raises(ValueError, match="at least one"):
        IdentityArgs(keep=keep, cluster_arn="c", boundary_arn="b", accounts={})
