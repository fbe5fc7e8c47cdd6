"""Domains, their policies and VPC endpoints."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError, Deployed, Plugin, ProviderError

DOMAIN = "aws:opensearch/domain:Domain"
POLICY = "aws:opensearch/domainPolicy:DomainPolicy"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:/codekeep/acme/index"
ROLE = "arn:aws:iam::123456789012:role/index-admin"


@pytest.fixture(scope="module")
def network(plugin: Plugin) -> dict[str, list[str]]:
    ec2 = plugin.api().client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")["Subnet"]
        for n, zone in enumerate("abc")
    ]
    group = ec2.create_security_group(GroupName="index", Description="index", VpcId=vpc)["GroupId"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "es.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{LOGS}:*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    plugin.api().client("logs").put_resource_policy(policyName="index", policyDocument=document)
    plugin.api().client("iam").create_service_linked_role(AWSServiceName="opensearchservice.amazonaws.com")
    return {"subnetIds": [subnet["SubnetId"] for subnet in subnets], "securityGroupIds": [group]}


def policy(action: str = "es:ESHttp*") -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def full(network, **more):
    return {
        "domainName": "acme-index",
        "engineVersion": "OpenSearch_2.19",
        "clusterConfig": {
            "instanceType": "r7g.large.search",
            "instanceCount": 3,
            "zoneAwarenessEnabled": True,
            "zoneAwarenessConfig": {"availabilityZoneCount": 3},
            "dedicatedMasterEnabled": True,
            "dedicatedMasterCount": 3,
            "dedicatedMasterType": "m7g.large.search",
            "multiAzWithStandbyEnabled": False,
        },
        "ebsOptions": {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 100, "iops": 3000, "throughput": 125},
        "vpcOptions": network,
        "encryptAtRest": {"enabled": True, "kmsKeyId": KEY},
        "nodeToNodeEncryption": {"enabled": True},
        "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        "advancedSecurityOptions": {
            "enabled": True,
            "anonymousAuthEnabled": False,
            "internalUserDatabaseEnabled": False,
            "masterUserOptions": {"masterUserArn": ROLE},
        },
        "accessPolicies": policy(),
        "logPublishingOptions": [
            {"logType": "AUDIT_LOGS", "cloudwatchLogGroupArn": LOGS, "enabled": True},
            {"logType": "ES_APPLICATION_LOGS", "cloudwatchLogGroupArn": LOGS},
        ],
        "autoTuneOptions": {"desiredState": "ENABLED", "useOffPeakWindow": True, "rollbackOnDisable": "NO_ROLLBACK"},
        "offPeakWindowOptions": {"enabled": True, "offPeakWindow": {"windowStartTime": {"hours": 22, "minutes": 0}}},
        "softwareUpdateOptions": {"autoSoftwareUpdateEnabled": True},
        "snapshotOptions": {"automatedSnapshotStartHour": 3},
        "advancedOptions": {"rest.action.multi.allow_explicit_index": "true"},
        "ipAddressType": "ipv4",
        "tags": {"a": "b"},
        **more,
    }


def plain(name: str) -> dict[str, object]:
    return {"domainName": name, "engineVersion": "OpenSearch_2.19"}


@pytest.fixture
def domain(plugin: Plugin, unique: str) -> Deployed:
    return plugin.create(DOMAIN, f"{unique}-domain", plain(f"{unique}-domain"))


def test_a_domain_passes_the_lifecycle(lifecycle, network):
    before = full(network)
    after = full(
        network,
        engineVersion="OpenSearch_3.1",
        clusterConfig={**before["clusterConfig"], "instanceCount": 6},
        ebsOptions={**before["ebsOptions"], "volumeSize": 200, "throughput": 250},
        accessPolicies=policy("es:ESHttpGet"),
        logPublishingOptions=before["logPublishingOptions"][:1],
        ipAddressType="dualstack",
        tags={"a": "c", "d": "e"},
    )
    made = lifecycle(
        DOMAIN,
        before,
        after,
        drift=lambda api, made: api.client("opensearch").update_domain_config(
            DomainName="acme-index", AccessPolicies=policy("es:*")
        ),
        unreadable={"vpcOptions", "clusterConfig", "logPublishingOptions"},  # imports say AWS's defaults too
    )
    assert made.id == made.outputs["arn"] == "arn:aws:es:eu-central-1:123456789012:domain/acme-index"
    assert made.outputs["endpoint"].endswith(".eu-central-1.es.amazonaws.com")
    assert made.outputs["dashboardEndpoint"] == f"{made.outputs['endpoint']}/_dashboards"
    assert made.outputs["vpcOptions"]["availabilityZones"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


@pytest.mark.parametrize(
    ("section", "api", "live"),
    [
        ("ebsOptions", "EBSOptions", {"EBSEnabled": True, "VolumeType": "gp3", "VolumeSize": 10}),
        ("clusterConfig", "ClusterConfig", {"InstanceType": "r7g.large.search", "InstanceCount": 1}),
        (
            "domainEndpointOptions",
            "DomainEndpointOptions",
            {"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
        ),
        ("logPublishingOptions", "LogPublishingOptions", {"INDEX_SLOW_LOGS": {"CloudWatchLogsLogGroupArn": LOGS}}),
    ],
)
def test_domain_changes_outside_pulumi_are_drift_and_are_undone(plugin, unique, network, section, api, live):
    inputs = full(network, domainName=f"{unique}-index")
    made = plugin.create(DOMAIN, unique, inputs)
    plugin.api().client("opensearch").update_domain_config(DomainName=f"{unique}-index", **{api: live})
    drifted = plugin.read(made)
    tops = {path.partition(".")[0].partition("[")[0] for path in plugin.diff(drifted, inputs).detailed}
    assert tops == {section}
    mended = plugin.read(plugin.update(drifted, inputs))
    assert not plugin.diff(mended, inputs).changes


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"engineVersion": "OpenSearch_2.17"}, "engineVersion"),
        ({"encryptAtRest": {"enabled": True, "kmsKeyId": f"{KEY}2"}}, "encryptAtRest"),
        ({"vpcOptions": None}, "vpcOptions"),
        ({"domainName": "other-index"}, "domainName"),
    ],
)
def test_some_properties_replace_a_domain(plugin, unique, network, change, path):
    inputs = full(network, domainName=f"{unique}-index")
    made = plugin.create(DOMAIN, unique, inputs)
    wanted = {name: value for name, value in {**inputs, **change}.items() if value is not None}
    assert plugin.diff(made, wanted).replaces == [path]


def test_disabling_a_security_feature_replaces_a_domain(plugin, unique):
    secured = {
        **plain(f"{unique}-index"),
        "nodeToNodeEncryption": {"enabled": True},
        "encryptAtRest": {"enabled": True},
    }
    made = plugin.create(DOMAIN, unique, secured)
    open_ = {**secured, "nodeToNodeEncryption": {"enabled": False}, "encryptAtRest": {"enabled": False}}
    assert plugin.diff(made, open_).replaces == ["encryptAtRest", "nodeToNodeEncryption"]
    assert (
        plugin.diff(plugin.create(DOMAIN, f"{unique}2", plain(f"{unique}-2")), open_ | plain(f"{unique}-2")).replaces
        == []
    )


def test_fine_grained_access_needs_encryption(plugin, unique, network):
    inputs = full(network)
    del inputs["nodeToNodeEncryption"]
    with pytest.raises(CheckError, match=r"nodeToNodeEncryption\.enabled"):
        plugin.create(DOMAIN, unique, inputs)


def test_an_instance_type_of_another_service_is_refused(plugin, unique):
    with pytest.raises(CheckError, match=r"clusterConfig\.instanceType"):
        plugin.create(DOMAIN, unique, {**plain(unique), "clusterConfig": {"instanceType": "r7g.large"}})


def test_a_long_domain_name_is_refused(plugin, unique):
    with pytest.raises(CheckError, match="at most 28 characters"):
        plugin.create(DOMAIN, unique, plain("a-name-that-is-longer-than-aws-allows"))


def test_an_existing_domain_name_is_refused(plugin, unique, domain):
    with pytest.raises(ProviderError, match="ResourceAlreadyExistsException"):
        plugin.create(DOMAIN, unique, plain(domain.outputs["domainName"]))


def test_a_domain_in_subnets_that_do_not_exist_is_refused(plugin, unique):
    with pytest.raises(ProviderError, match="InvalidSubnetID"):
        plugin.create(DOMAIN, unique, {**plain(unique), "vpcOptions": {"subnetIds": ["subnet-0123456789abcdef0"]}})


def test_a_domain_policy_passes_the_lifecycle(lifecycle, plugin, domain):
    name = domain.outputs["domainName"]
    made = lifecycle(
        POLICY,
        {"domainName": name, "accessPolicies": policy()},
        {"domainName": name, "accessPolicies": policy("es:ESHttpGet")},
        drift=lambda api, made: api.client("opensearch").update_domain_config(
            DomainName=name, AccessPolicies=policy("es:*")
        ),
    )
    assert made.id == f"esd-policy-{name}"
    assert not plugin.diff(plugin.read(domain), domain.inputs).changes


def test_a_vpc_endpoint_passes_the_lifecycle(lifecycle, plugin, unique, domain, network):
    inputs = {"domainArn": domain.id, "vpcOptions": network}
    fewer = {**network, "subnetIds": network["subnetIds"][:1]}
    made = lifecycle(
        "aws:opensearch/vpcEndpoint:VpcEndpoint", inputs, {**inputs, "vpcOptions": fewer}, unreadable={"vpcOptions"}
    )
    assert made.id.startswith("aos-")
    assert made.outputs["endpoint"].startswith(f"https://vpc-{domain.outputs['domainName']}-")


def test_a_volume_that_is_too_slow_for_its_size_is_refused_in_awss_words(plugin, unique):
    volume = {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 200, "iops": 3000}
    cluster = {"instanceType": "r6g.large.search", "instanceCount": 1}
    inputs = {**plain(f"{unique}-slow"), "clusterConfig": cluster}
    with pytest.raises(ProviderError, match=r"LimitExceededException: Throughput must be between 250 and 593"):
        plugin.create(DOMAIN, unique, {**inputs, "ebsOptions": {**volume, "throughput": 125}})
    assert plugin.create(DOMAIN, unique, {**inputs, "ebsOptions": {**volume, "throughput": 250}}).id
