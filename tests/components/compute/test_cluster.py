"""The EKS cluster: access, encryption, logs, security groups and add-ons."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.compute.addons import ADDON_VERSIONS, NODE_ADDONS, SERVICE_ACCOUNTS, WORKLOAD_ADDONS, AddonsArgs
from components.compute.cluster import KUBERNETES_VERSION, Cluster, ClusterArgs, cluster_arn, service_range
from components.compute.cluster_access import AccessLevel, ClusterAccess
from components.compute.pool import PoolRole
from components.naming import DataClass, Keep
from components.network.cluster_firewall import ClusterFirewall, ClusterFirewallArgs
from tests.components.builders import fake_network, key_arn
from tests.components.contract import assert_contract
from tests.components.environments import dedicated
from tests.components.recording import ACCOUNT, Recording, listed, record

CLUSTER = "aws:eks/cluster:Cluster"
ON_CALL = ClusterAccess(label="on-call", principal_arn=f"arn:aws:iam::{ACCOUNT}:role/on-call")
NARROW = ClusterAccess(
    label="support",
    principal_arn=f"arn:aws:iam::{ACCOUNT}:role/support",
    level=AccessLevel.EDIT,
    namespaces=("codekeep-acme",),
)


def build(keep: Keep, **changes: Any) -> Recording[Cluster]:
    def program() -> Cluster:
        network = fake_network()
        all_args: dict[str, Any] = {
            "vpc_cidr": network.cidr,
            "subnet_ids": list(network.private_subnet_ids),
            "security_group_id": "sg-control-plane",
            "secret_key_arn": key_arn(DataClass.SECRET),
            "audit_key_arn": key_arn(DataClass.AUDIT),
            "log_retention_days": 400,
            **changes,
        }
        return Cluster("acme-cluster", ClusterArgs(keep=keep, **all_args))

    return record(program)


def test_only_the_network_reaches_the_api(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    inputs = recording.one(CLUSTER).inputs
    assert inputs["vpcConfig"]["endpointPrivateAccess"] is True
    assert inputs["vpcConfig"]["endpointPublicAccess"] is False
    assert inputs["vpcConfig"]["securityGroupIds"] == ["sg-control-plane"]
    assert len(inputs["vpcConfig"]["subnetIds"]) == 3
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert inputs["version"] == KUBERNETES_VERSION
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert inputs["zonalShiftConfig"] == {"enabled": True}
    assert recording.one(CLUSTER).outputs["arn"] == cluster_arn(keep)


def test_secrets_are_under_the_keeps_key(keep: Keep) -> None:
    recording = build(keep)
    key = key_arn(DataClass.SECRET)
    assert recording.one(CLUSTER).inputs["encryptionConfig"] == {"provider": {"keyArn": key}, "resources": ["secrets"]}
    [statement] = recording.one("aws:iam/rolePolicy:RolePolicy").policy()["Statement"]
    assert listed(statement["Resource"]) == [key]


def test_all_logs_of_the_control_plane_are_enabled(keep: Keep) -> None:
    recording = build(keep)
    cluster, group = recording.one(CLUSTER), recording.one("aws:cloudwatch/logGroup:LogGroup")
    assert set(cluster.inputs["enabledClusterLogTypes"]) == {
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    }
    assert group.inputs["name"] == "/aws/eks/codekeep-acme/cluster"
    assert group.inputs["kmsKeyId"] == key_arn(DataClass.AUDIT)
    assert group.inputs["retentionInDays"] == 400
    assert recording.depends_on(cluster, group)


def test_access_is_by_entries_and_only_the_deployer_is_administrator(keep: Keep) -> None:
    recording = build(keep, access=(ON_CALL, NARROW))
    assert recording.one(CLUSTER).inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    entries = recording.of_type("aws:eks/accessEntry:AccessEntry")
    assert {entry.inputs["principalArn"] for entry in entries} == {
        keep.deployer_role_arn,
        ON_CALL.principal_arn,
        NARROW.principal_arn,
    }
    granted = {
        node.inputs["principalArn"]: (node.inputs["policyArn"], node.inputs["accessScope"])
        for node in recording.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    }
    policy = "arn:aws:eks::aws:cluster-access-policy/"
    assert granted == {
        keep.deployer_role_arn: (policy + "AmazonEKSClusterAdminPolicy", {"type": "cluster"}),
        ON_CALL.principal_arn: (policy + "AmazonEKSViewPolicy", {"type": "cluster"}),
        NARROW.principal_arn: (
            policy + "AmazonEKSEditPolicy",
            {"type": "namespace", "namespaces": ["codekeep-acme"]},
        ),
    }


def test_protection_can_be_disabled(keep: Keep) -> None:
    assert build(keep).one(CLUSTER).inputs["deletionProtection"] is False
    assert not build(keep).one(CLUSTER).protect
    protected = build(keep, protect=True).one(CLUSTER)
    assert protected.inputs["deletionProtection"] is True
    assert protected.protect


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subnet_ids": []}, "two zones or more"),
        ({"kubernetes_version": "latest"}, "kubernetes_version must be like"),
        ({"access": (ON_CALL, ON_CALL)}, "different labels"),
    ],
)
def test_wrong_args_are_refused(keep: Keep, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": "On Call"}, "label"),
        ({"principal_arn": f"arn:aws:iam::{ACCOUNT}:root"}, "one role or user"),
        ({"principal_arn": "*"}, "one role or user"),
        ({"level": AccessLevel.CLUSTER_ADMIN, "namespaces": ("x",)}, "choose ADMIN"),
    ],
)
def test_wrong_access_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClusterAccess(**{**vars(ON_CALL), **changes})


@given(st.ip_addresses(v=4), st.integers(16, 22))
def test_the_service_range_never_overlaps_the_network(address: Any, prefix: int) -> None:
    network = IPv4Network((int(address) >> (32 - prefix) << (32 - prefix), prefix))
    assert not IPv4Network(service_range(str(network))).overlaps(network)


def test_a_network_that_overlaps_both_service_ranges_is_refused() -> None:
    with pytest.raises(ValueError, match="overlaps both"):
        service_range("0.0.0.0/0")


def test_the_security_groups_allow_nothing_from_or_to_the_internet(keep: Keep) -> None:
    recording = record(lambda: ClusterFirewall("acme-firewall", ClusterFirewallArgs(keep=keep, network=fake_network())))
    assert_contract(recording, keep)
    ingress = recording.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    egress = recording.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert len(ingress) == 5
    assert len(egress) == 7
    assert not any("cidrIpv4" in rule.inputs or "cidrIpv6" in rule.inputs for rule in (*ingress, *egress))


def test_the_security_groups_admit_named_ranges_and_allow_egress(keep: Keep) -> None:
    args = ClusterFirewallArgs(keep=keep, network=fake_network(), internet=True, api_client_cidrs=("10.9.0.0/24",))
    recording = record(lambda: ClusterFirewall("acme-firewall", args))
    api = recording.one(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "acme-firewall-api-client-10.9.0.0-24"
    )
    assert (api.inputs["cidrIpv4"], api.inputs["fromPort"], api.inputs["toPort"]) == ("10.9.0.0/24", 443, 443)
    out = recording.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "acme-firewall-internet")
    assert (out.inputs["cidrIpv4"], out.inputs["fromPort"]) == ("0.0.0.0/0", 443)


def test_every_add_on_is_pinned_and_created_when_it_can_run() -> None:
    recording = dedicated()
    addons = {node.inputs["addonName"]: node for node in recording.of_type("aws:eks/addon:Addon")}
    assert set(addons) == {*NODE_ADDONS, *WORKLOAD_ADDONS}
    assert {name: node.inputs["addonVersion"] for name, node in addons.items()} == ADDON_VERSIONS[KUBERNETES_VERSION]
    groups = recording.of_type("aws:eks/nodeGroup:NodeGroup")
    assert groups
    for group in groups:
        assert all(recording.depends_on(group, addons[name]) for name in NODE_ADDONS)
        waited_for = group.inputs["labels"]["codekeep.dev/role"] == PoolRole.SYSTEM
        for name in WORKLOAD_ADDONS:  # a pool that cannot come (no GPU capacity) must not hold up the others' names
            assert recording.depends_on(addons[name], group) == waited_for, (name, group.name)


def test_add_ons_that_call_aws_have_their_own_role() -> None:
    recording = dedicated()
    calling = {
        node.inputs["addonName"]: node.inputs["podIdentityAssociations"]
        for node in recording.of_type("aws:eks/addon:Addon")
        if node.inputs.get("podIdentityAssociations")
    }
    assert calling == {
        addon: [{"serviceAccount": account, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-{addon}"}]
        for addon, account in SERVICE_ACCOUNTS.items()
    }


def test_network_policies_are_enforced() -> None:
    cni = dedicated().one("aws:eks/addon:Addon", "acme-node-addons-vpc-cni")
    assert '"enableNetworkPolicy": "true"' in cni.inputs["configurationValues"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kubernetes_version": "1.20"}, "add its row"),
        ({"addons": ("no-such",)}, "no-such"),
        ({"addons": ("vpc-cni",)}, "role_arns"),
    ],
)
def test_wrong_add_ons_are_refused(keep: Keep, changes: dict[str, Any], message: str) -> None:
    all_args: dict[str, Any] = {"kubernetes_version": "1.34", "addons": ("coredns",), **changes}
    with pytest.raises(ValueError, match=message):
        AddonsArgs(keep=keep, cluster_name="c", **all_args)
