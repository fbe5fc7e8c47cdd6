"""Clusters, node groups, and children of a cluster such as access entries and add-ons."""

import base64

import pytest

from tests.sandbox.aws.harness import CheckError, Deployed, Plugin, ProviderError

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ROLE = "arn:aws:iam::123456789012:role/cluster"
USER_ROLE = "arn:aws:iam::123456789012:role/platform/deployer"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


@pytest.fixture(scope="module")
def subnets(plugin: Plugin) -> list[str]:
    ec2 = plugin.api().client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]


@pytest.fixture
def cluster(plugin: Plugin, unique: str, subnets: list[str]) -> Deployed:
    return plugin.create(CLUSTER, f"{unique}-cluster", {"roleArn": ROLE, "vpcConfig": {"subnetIds": subnets}})


def full(subnets, **more):
    return {
        "name": "codekeep-acme",
        "version": "1.34",
        "roleArn": ROLE,
        "vpcConfig": {"subnetIds": subnets, "endpointPrivateAccess": True, "endpointPublicAccess": False},
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "10.100.0.0/16"},
        "encryptionConfig": {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "bootstrapSelfManagedAddons": False,
        "enabledClusterLogTypes": ["api", "audit"],
        "upgradePolicy": {"supportType": "STANDARD"},
        "zonalShiftConfig": {"enabled": True},
        "deletionProtection": False,
        "tags": {"a": "b"},
        **more,
    }


def test_a_cluster_passes_the_lifecycle(lifecycle, subnets):
    changed = full(
        subnets,
        version="1.35",
        enabledClusterLogTypes=["audit", "api", "scheduler"],
        upgradePolicy={"supportType": "EXTENDED"},
        tags={"a": "c", "d": "e"},
    )
    made = lifecycle(
        CLUSTER,
        full(subnets),
        changed,
        drift=lambda api, made: api.client("eks").update_cluster_config(
            name=made.id, logging={"clusterLogging": [{"types": ["api"], "enabled": True}]}
        ),
        unreadable={"vpcConfig", "kubernetesNetworkConfig"},
    )
    assert made.id == "codekeep-acme"
    assert made.outputs["endpoint"].endswith(".eu-central-1.eks.amazonaws.com")
    base64.b64decode(made.outputs["certificateAuthority"]["data"], validate=True)
    assert made.outputs["identities"][0]["oidcs"][0]["issuer"].startswith("https://oidc.eks.eu-central-1.")
    assert made.outputs["vpcConfig"]["vpcId"].startswith("vpc-")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"roleArn": f"{ROLE}2"}, "roleArn"),
        (
            {"kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}},
            "kubernetesNetworkConfig",
        ),
        ({"encryptionConfig": {"provider": {"keyArn": f"{KEY}2"}, "resources": ["secrets"]}}, "encryptionConfig"),
        (
            {"accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}},
            "accessConfig",
        ),
    ],
)
def test_some_properties_replace_a_cluster(plugin, unique, subnets, change, path):
    made = plugin.create(CLUSTER, unique, full(subnets, name=unique))
    assert plugin.diff(made, full(subnets, name=unique, **change)).replaces == [path]


def test_an_endpoint_opened_outside_pulumi_is_drift(plugin, unique, subnets):
    inputs = full(subnets, name=unique)
    made = plugin.create(CLUSTER, unique, inputs)
    opened = {"subnetIds": subnets, "endpointPublicAccess": True, "endpointPrivateAccess": True}
    plugin.api().client("eks").update_cluster_config(name=made.id, resourcesVpcConfig=opened)
    drifted = plugin.read(made)
    assert list(plugin.diff(drifted, inputs).detailed) == ["vpcConfig.endpointPublicAccess"]
    mended = plugin.update(drifted, inputs)
    assert not plugin.diff(plugin.read(mended), inputs).changes


def test_a_clusters_security_group_is_created_and_deleted_with_it(plugin, cluster):
    group = cluster.outputs["vpcConfig"]["clusterSecurityGroupId"]
    ec2 = plugin.api().client("ec2")
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    plugin.delete(cluster)
    names = {found["GroupId"] for found in ec2.describe_security_groups()["SecurityGroups"]}
    assert group not in names


def test_a_protected_cluster_is_not_deleted(plugin, unique, subnets):
    made = plugin.create(CLUSTER, unique, full(subnets, name=unique, deletionProtection=True))
    with pytest.raises(ProviderError, match="deletionProtection"):
        plugin.delete(made)
    plugin.delete(plugin.update(made, full(subnets, name=unique)))


@pytest.mark.parametrize(
    ("change", "message"),
    [({"version": "1.36"}, "one minor version at a time"), ({"version": "1.33"}, "never down")],
)
def test_a_version_that_eks_cannot_upgrade_to_is_refused(plugin, unique, subnets, change, message):
    made = plugin.create(CLUSTER, unique, full(subnets, name=unique))
    with pytest.raises(ProviderError, match=message):
        plugin.update(made, full(subnets, name=unique, **change))


def test_a_cluster_in_one_subnet_is_refused(plugin, unique, subnets):
    with pytest.raises(CheckError, match=r"vpcConfig\.subnetIds"):
        plugin.create(CLUSTER, unique, full(subnets[:1]))


def test_two_clusters_have_different_issuers(plugin, unique, cluster, subnets):
    other = plugin.create(CLUSTER, unique, full(subnets, name=f"{unique}-other"))
    assert other.outputs["identities"] != cluster.outputs["identities"]
    assert other.outputs["endpoint"] != cluster.outputs["endpoint"]


def nodes(cluster, subnets, **more):
    return {
        "clusterName": cluster.id,
        "nodeGroupName": "gpu-serve",
        "nodeRoleArn": ROLE,
        "subnetIds": subnets,
        "instanceTypes": ["g6e.12xlarge"],
        "amiType": "AL2023_x86_64_NVIDIA",
        "capacityType": "ON_DEMAND",
        "scalingConfig": {"minSize": 1, "maxSize": 4, "desiredSize": 2},
        "labels": {"pool": "gpu-serve"},
        "taints": [{"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailable": 1},
        "nodeRepairConfig": {"enabled": True},
        "tags": {"a": "b"},
        **more,
    }


def test_a_node_group_passes_the_lifecycle(lifecycle, cluster, subnets):
    made = lifecycle(
        NODE_GROUP,
        nodes(cluster, subnets),
        nodes(
            cluster,
            subnets,
            scalingConfig={"minSize": 2, "maxSize": 6, "desiredSize": 2},
            labels={"pool": "gpu-serve", "new": "label"},
            taints=[{"key": "nvidia.com/gpu", "value": "yes", "effect": "NO_SCHEDULE"}],
            updateConfig={"maxUnavailable": 2},
            nodeRepairConfig={"enabled": False},
            tags={"a": "c"},
        ),
        drift=lambda api, made: api.client("eks").update_nodegroup_config(
            clusterName=cluster.id,
            nodegroupName="gpu-serve",
            scalingConfig={"minSize": 0, "maxSize": 1, "desiredSize": 1},
        ),
        unreadable={"version", "releaseVersion", "diskSize"},
    )
    assert made.id == f"{cluster.id}:gpu-serve"
    assert made.outputs["resources"][0]["autoscalingGroups"][0]["name"].startswith("eks-")


def test_other_instance_types_replace_a_node_group(lifecycle, cluster, subnets):
    lifecycle(
        NODE_GROUP,
        nodes(cluster, subnets, nodeGroupName="a"),
        nodes(cluster, subnets, nodeGroupName="b", instanceTypes=["g5.48xlarge"]),
        expect_replace={"instanceTypes", "nodeGroupName"},
        unreadable={"version", "releaseVersion", "diskSize"},
    )


def test_a_node_group_follows_its_launch_template(plugin, unique, cluster, subnets):
    ec2 = plugin.api().client("ec2")
    image = "ami-0123456789abcdef0"
    made = ec2.create_launch_template(LaunchTemplateName=unique, LaunchTemplateData={"ImageId": image})
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData={"ImageId": f"{image[:-1]}1"})
    inputs = nodes(cluster, subnets, launchTemplate={"id": template, "version": "1"})
    del inputs["amiType"]
    made = plugin.create(NODE_GROUP, unique, inputs)
    assert made.outputs["amiType"] == "CUSTOM"
    assert made.outputs["releaseVersion"] == image
    assert "diskSize" not in made.outputs
    assert not plugin.diff(plugin.read(made), inputs).changes

    newer = {**inputs, "launchTemplate": {"id": template, "version": "2"}}
    found = plugin.diff(made, newer)
    assert (found.changes, found.replaces) == (True, [])
    rolled = plugin.read(plugin.update(made, newer))
    assert rolled.outputs["launchTemplate"]["version"] == "2"
    assert rolled.outputs["releaseVersion"].endswith("1")
    assert not plugin.diff(rolled, newer).changes

    other = {**inputs, "launchTemplate": {"id": "lt-0123456789abcdef0", "version": "1"}}
    assert plugin.diff(made, other).replaces == ["launchTemplate"]


def test_a_cluster_with_nodes_is_not_deleted(plugin, unique, cluster, subnets):
    group = plugin.create(NODE_GROUP, unique, nodes(cluster, subnets))
    with pytest.raises(ProviderError, match="nodegroups attached"):
        plugin.delete(cluster)
    plugin.delete(group)
    plugin.delete(cluster)
    assert plugin.read(cluster) is None


def test_an_access_entry_passes_the_lifecycle(lifecycle, cluster):
    inputs = {"clusterName": cluster.id, "principalArn": USER_ROLE, "tags": {"a": "b"}}
    made = lifecycle(ENTRY, inputs, {**inputs, "kubernetesGroups": ["viewers"]}, unreadable={"userName"})
    assert made.id == f"{cluster.id}:{USER_ROLE}"
    assert made.outputs["userName"] == "arn:aws:sts::123456789012:assumed-role/deployer/{{SessionName}}"
    assert f":access-entry/{cluster.id}/role/123456789012/deployer/" in made.outputs["accessEntryArn"]
    assert made.outputs["createdAt"]


def test_an_access_policy_needs_its_entry(lifecycle, plugin, unique, cluster):
    token = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
    scope = {"type": "namespace", "namespaces": ["keep"]}
    inputs = {"clusterName": cluster.id, "principalArn": USER_ROLE, "policyArn": VIEW, "accessScope": scope}
    with pytest.raises(ProviderError, match="no access entry"):
        plugin.create(token, unique, inputs)
    plugin.create(ENTRY, unique, {"clusterName": cluster.id, "principalArn": USER_ROLE})
    other = VIEW.replace("View", "Edit")
    made = lifecycle(token, inputs, {**inputs, "policyArn": other}, expect_replace={"policyArn"})
    assert made.id == f"{cluster.id}#{USER_ROLE}#{VIEW}"
    assert made.outputs["associatedAt"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, "policyArn"),
        ({"accessScope": {"type": "namespace"}}, r"accessScope\.namespaces"),
    ],
)
def test_a_wrong_access_policy_is_refused(plugin, unique, cluster, change, path):
    inputs = {
        "clusterName": cluster.id,
        "principalArn": USER_ROLE,
        "policyArn": VIEW,
        "accessScope": {"type": "cluster"},
    }
    with pytest.raises(CheckError, match=path):
        plugin.create("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", unique, {**inputs, **change})


def test_an_add_on_passes_the_lifecycle(lifecycle, cluster):
    inputs = {"clusterName": cluster.id, "addonName": "vpc-cni", "addonVersion": "v1.20.4-eksbuild.1"}
    made = lifecycle(
        "aws:eks/addon:Addon",
        inputs,
        {**inputs, "configurationValues": '{"enableNetworkPolicy": "true"}', "tags": {"a": "b"}},
    )
    assert made.id == f"{cluster.id}:vpc-cni"
    assert f":addon/{cluster.id}/vpc-cni/" in made.outputs["arn"]


def test_a_pod_identity_passes_the_lifecycle(lifecycle, plugin, unique, cluster):
    token = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    inputs = {"clusterName": cluster.id, "namespace": "keep", "serviceAccount": "ingest", "roleArn": ROLE}
    made = lifecycle(token, inputs, {**inputs, "roleArn": f"{ROLE}2", "targetRoleArn": ROLE})
    assert made.id == made.outputs["associationId"]
    assert made.id.startswith("a-")
    plugin.create(token, unique, inputs)
    with pytest.raises(ProviderError, match="already has a role"):
        plugin.create(token, f"{unique}2", inputs)


def test_an_imported_pod_identity_can_be_changed_and_removed(plugin, unique, cluster):
    token = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    inputs = {"clusterName": cluster.id, "namespace": "keep", "serviceAccount": "ingest", "roleArn": ROLE}
    made = plugin.create(token, unique, inputs)
    imported = plugin.import_(token, unique, f"{cluster.id},{made.id}")
    updated = plugin.update(imported, {**inputs, "roleArn": f"{ROLE}2"})
    assert plugin.read(made).outputs["roleArn"] == f"{ROLE}2"
    plugin.delete(updated)
    assert plugin.read(made) is None


def test_children_of_a_deleted_cluster_read_as_gone(plugin, unique, cluster):
    made = plugin.create("aws:eks/addon:Addon", unique, {"clusterName": cluster.id, "addonName": "coredns"})
    plugin.delete(cluster)
    assert plugin.read(made) is None
    with pytest.raises(ProviderError, match="No cluster found"):
        plugin.create("aws:eks/addon:Addon", f"{unique}2", {"clusterName": cluster.id, "addonName": "coredns"})


def test_a_cluster_is_looked_up_with_a_login_token(plugin, cluster):
    found = plugin.invoke("aws:eks/getCluster:getCluster", {"name": cluster.id})
    assert found["endpoint"] == cluster.outputs["endpoint"]
    assert found["certificateAuthorities"] == [cluster.outputs["certificateAuthority"]]
    assert found["vpcConfig"]["clusterSecurityGroupId"] == cluster.outputs["vpcConfig"]["clusterSecurityGroupId"]
    token = plugin.invoke("aws:eks/getClusterAuth:getClusterAuth", {"name": cluster.id})["token"]
    assert token.startswith("k8s-aws-v1.")
    with pytest.raises(ProviderError, match="ResourceNotFound"):
        plugin.invoke("aws:eks/getCluster:getCluster", {"name": "nobody"})
