"""Environments: the resources of each tier, and properties of all tiers."""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from codekeep_contracts.images import REPOSITORIES
from codekeep_contracts.roles import BucketRole, QueueRole
from codekeep_contracts.settings.links import GitLinkSpec

from awsread.schema import schema_of
from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.keep.keep_network import keep_network
from components.keep.keep_recovery import first_zones
from components.keep.platform_ref import PlatformRef
from components.keep.tenant import TenantEnvironment
from components.naming import DataClass, Keep, Tier
from components.network.egress import EgressMode, EgressRules
from components.network.links import LinksArgs
from components.network.network_plan import AdoptedNetworkPlan
from sandbox.aws.check import ProviderDefaults, check
from sandbox.aws.registry import function_for, resource_for
from tests.components.builders import RECOVERY_REGION, RETENTION_DAYS, ZONES, fake_keys, fake_network
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.environments import (
    GIT,
    dedicated,
    dedicated_args,
    pooled_args,
    premium,
    premium_args,
    shared,
)
from tests.components.recording import ACCOUNT, REGION, Recording, record

Environment = Callable[[], Recording[Any]]
ALL = pytest.mark.parametrize("environment", [dedicated, premium, shared], ids=lambda each: each.__name__)
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"


def test_a_dedicated_keep_is_complete(keep: Keep) -> None:
    recording = dedicated()
    assert_contract(recording, keep)
    assert len(recording.resources) >= 120
    counts = Counter(node.type for node in recording.resources)
    assert counts["aws:eks/cluster:Cluster"] == 1
    assert counts["aws:eks/nodeGroup:NodeGroup"] == 4
    assert counts["aws:opensearch/domain:Domain"] == 1
    assert counts["aws:cloudtrail/trail:Trail"] == 1
    assert counts["aws:ecr/repository:Repository"] == len(REPOSITORIES)
    assert counts["aws:ec2/internetGateway:InternetGateway"] == 0
    assert counts["aws:kms/key:Key"] == len(DataClass)  # one per class but CONFIG, and one that signs records


def test_a_premium_keep_has_a_second_region_and_no_third() -> None:
    recording = premium()
    keep = make_keep(Tier.PREMIUM)
    assert_contract(recording, keep, regions=frozenset({REGION, RECOVERY_REGION}))
    places = Counter(node.region for node in recording.resources)
    assert places.keys() == {REGION, RECOVERY_REGION}
    assert places[RECOVERY_REGION] > 80
    assert recording.of_type("aws:kms/replicaKey:ReplicaKey")
    assert recording.of_type("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    assert recording.of_type("aws:ec2/dedicatedHost:DedicatedHost")
    assert recording.of_type("aws:ec2/capacityReservation:CapacityReservation")


def test_the_trail_records_the_objects_of_both_regions() -> None:
    recording = premium()
    (trail,) = recording.of_type("aws:cloudtrail/trail:Trail")
    copies = {node.name: node for node in recording.of_type("aws:s3/bucket:Bucket") if node.region == RECOVERY_REGION}
    assert copies
    recorded = str(trail.inputs["advancedEventSelectors"])
    unrecorded = {name for name, bucket in copies.items() if bucket.inputs["bucket"] not in recorded}
    assert {name.rpartition("bucket-")[2] for name in unrecorded} == {"audit", "access-logs"}


def test_a_premium_keep_uses_the_customers_key() -> None:
    recording = premium()
    assert "acme-key-code" not in recording.names("aws:kms/key:Key")
    held = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/mrk-0123456789abcdef0123456789abcdef"
    assert recording.value(recording.result.outputs.keys.arn(DataClass.CODE)) == held
    queue = recording.one("aws:sqs/queue:Queue", "acme-queue-ingest")
    assert queue.inputs["kmsMasterKeyId"] == held


def test_a_platform_has_no_data_buckets_and_a_pooled_keep_no_machines() -> None:
    recording = shared()
    own = [node for node in recording.resources if node.name.startswith("pico-")]
    of_platform = [node for node in recording.resources if node.name.startswith("platform-euc1-")]
    assert len(own) + len(of_platform) == len(recording.resources)
    kinds = {node.type for node in own}
    assert not kinds & {
        "aws:eks/cluster:Cluster",
        "aws:eks/nodeGroup:NodeGroup",
        "aws:opensearch/domain:Domain",
        "aws:ec2/vpc:Vpc",
        "aws:cloudtrail/trail:Trail",
        "aws:guardduty/detector:Detector",
    }
    assert len([node for node in own if node.type == "aws:kms/key:Key"]) == len(DataClass)
    buckets = {node.name for node in recording.of_type("aws:s3/bucket:Bucket")}
    assert "pico-bucket-code" in buckets
    assert "platform-euc1-bucket-code" not in buckets


@ALL
def test_a_pooled_keeps_data_is_under_its_own_keys(environment: Environment) -> None:
    recording = environment()
    keys = {node.outputs["arn"] for node in recording.of_type("aws:kms/key:Key")}
    for node in recording.of_type("aws:sqs/queue:Queue"):
        tenant = node.name.split("-")[0]
        assert f"{tenant}-key-" in node.inputs["kmsMasterKeyId"] or node.inputs["kmsMasterKeyId"] not in keys


@ALL
def test_a_pooled_and_a_dedicated_keep_have_the_same_outputs(environment: Environment) -> None:
    recording = environment()
    result = recording.result[1] if isinstance(recording.result, tuple) else recording.result
    outputs = result.outputs
    assert {role.value for role in outputs.queues} == {role.value for role in QueueRole}
    assert set(outputs.role_arns) == set(Workload)
    assert {BucketRole.CODE, BucketRole.MODELS, BucketRole.AUDIT} <= outputs.buckets.keys()
    assert outputs.index_prefix == f"{outputs.keep.tenant}_"
    for value in (
        outputs.index_endpoint,
        outputs.entry_service_name,
        outputs.entry_target_group_arn,
        outputs.topic_arn,
        outputs.cluster_name,
        outputs.namespace,
        outputs.image_urls["compat"],
        outputs.git_token_arns["ghe"],
        outputs.webhook_secret_arns["ghe"],
        outputs.registry_token_arns["nexus"],
        outputs.log_group_names["gateway"],
    ):
        assert isinstance(recording.value(value), str)
        assert recording.value(value)


@ALL
def test_every_property_is_one_of_the_official_providers(environment: Environment) -> None:
    """Checks names, types and required properties with the SDK, and enumerations with the AWS stand-in."""
    recording = environment()
    resources = [node for node in recording.resources if node.type.startswith("aws:")]
    assert len(resources) > 200
    defaults = ProviderDefaults(region=REGION, default_tags={})
    for node in resources:
        _, faults = check(
            resource_for(node.type),
            schema_of(node.type),
            name=node.name,
            seed=b"0" * 32,
            old={},
            new=copy.deepcopy(node.inputs),
            provider=defaults,
        )
        assert not faults, (node.type, node.name, faults)
    for token, _ in recording.invokes:
        assert function_for(token)


@ALL
def test_the_program_contains_no_secret(environment: Environment) -> None:
    recording = environment()
    assert not recording.of_type("aws:secretsmanager/secretVersion:SecretVersion")
    assert len(recording.of_type("aws:secretsmanager/secret:Secret")) == 4


@pytest.mark.parametrize(
    ("build", "recorded"),
    [(lambda: TenantEnvironment("acme", dedicated_args()), dedicated)],
)
def test_a_preview_registers_the_same(build: Callable[[], Any], recorded: Environment) -> None:
    preview = record(build, preview=True)
    assert {node.urn for node in preview.nodes} == {node.urn for node in recorded().nodes}


def test_everything_can_be_deleted_without_protection() -> None:
    assert not [node.name for node in dedicated().resources if node.protect]
    protected = [node for node in premium().resources if node.protect]
    assert {"aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:eks/cluster:Cluster", "aws:opensearch/domain:Domain"} <= {
        node.type for node in protected
    }


def test_a_keep_can_use_an_existing_network(keep: Keep) -> None:
    plan = AdoptedNetworkPlan(
        vpc_id="vpc-0123456789abcdef0",
        subnet_ids=("subnet-1",),
        zones=ZONES[:1],
        egress=EgressRules(mode=EgressMode.ALLOW_LIST, domains=("login.acme.example",)),
    )
    recording = record(
        lambda: keep_network(
            keep,
            plan,
            keys=fake_keys(),
            retention_days=RETENTION_DAYS,
            link_domains=("github.acme.example",),
            protect=False,
            opts=pulumi.ResourceOptions(),
        ),
        invokes={
            "aws:ec2/getVpc:getVpc": {"id": plan.vpc_id, "cidrBlock": "10.1.0.0/16"},
            "aws:ec2/getSubnet:getSubnet": {
                "id": "subnet-1",
                "vpcId": plan.vpc_id,
                "availabilityZone": ZONES[0],
                "mapPublicIpOnLaunch": False,
            },
            "aws:ec2/getRouteTable:getRouteTable": {"routeTableId": "rtb-1"},
        },
    )
    assert "codekeep:adopted_network:AdoptedNetwork" in {node.type for node in recording.components}
    assert recording.value(recording.result.cidr) == "10.1.0.0/16"
    assert not recording.of_type("aws:ec2/vpc:Vpc")
    resolved = [node.inputs["domains"] for node in recording.of_type(DOMAINS) if node.inputs["domains"] != ["*"]]
    assert {"github.acme.example", "login.acme.example"} <= set(resolved[0])


def test_recovery_zones_are_the_regions_first_unless_named() -> None:
    assert first_zones("eu-west-1", 3) == ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    named = premium_args()
    assert named.allowed_regions == (REGION, RECOVERY_REGION)
    assert named.link_domains == ("github.acme.example", "nexus.acme.example")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keep": make_keep(Tier.POOLED)}, "PooledTenant"),
        ({"pools": dedicated_args().pools[:1]}, "ingest"),
        ({"pools": (*dedicated_args().pools, dedicated_args().pools[0])}, "different names"),
        ({"recovery_region": "eu-west-1"}, "own_account"),
    ],
)
def test_wrong_args_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(dedicated_args(), **changes)


@pytest.mark.parametrize(("links", "message"), [((), "at least one Git host"), ((GIT, GIT), "different names")])
def test_wrong_links_are_refused(keep: Keep, links: tuple[GitLinkSpec, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinksArgs(
            keep=keep,
            network=fake_network(),
            keys=fake_keys(),
            client_group_id="sg",
            role_arns={},
            topic_arn="t",
            git_links=links,
        )


def test_a_pooled_keep_must_be_pooled() -> None:
    ref = shared().result[0].ref
    with pytest.raises(ValueError, match="use TenantEnvironment"):
        replace(pooled_args(ref), keep=make_keep(Tier.DEDICATED))


@pytest.mark.parametrize(
    ("vpc", "message"),
    [({}, "exports no platform.network.vpcId; bring the platform up"), ({"vpcId": 5}, "network.vpcId is no string: 5")],
)
def test_a_platform_of_another_release_is_named(vpc: dict[str, Any], message: str) -> None:
    texts = ("clusterName", "clusterArn", "clusterEndpoint", "clusterCa", "nodeSecurityGroupId")
    index = ("indexEndpoint", "indexDomainArn", "indexDomainName", "searchRolesImage")
    network = {"cidr": "10.0.0.0/16", "endpointSecurityGroupId": "sg", "s3EndpointId": "vpce", **vpc}
    exports = {"network": network, **dict.fromkeys((*texts, *index), "x")}

    def program() -> None:
        PlatformRef.of(pulumi.Output.from_input(exports), zones=(), services=(), images=())

    with pytest.raises(ValueError, match=message):
        record(program)


def test_all_pool_roles_are_built() -> None:
    assert {pool.role for pool in dedicated_args().pools} == set(PoolRole)


ACCOUNT_WIDE = {
    "aws:accessanalyzer/analyzer:Analyzer": True,
    "aws:ebs/defaultKmsKey:DefaultKmsKey": False,  # its key goes with the keep: it must not stay the default
    "aws:ebs/encryptionByDefault:EncryptionByDefault": True,
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": True,
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": False,  # copies this keep's repositories, no others
    "aws:guardduty/detector:Detector": True,
    "aws:guardduty/detectorFeature:DetectorFeature": True,
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": True,
}
"""What exists once in an account, or in a region of it, of what keeps make: whether it outlives the keep."""

# The others of these types that pulumi-aws has; whoever adds one decides about it above (docs/decisions/0020).
NOT_MADE = {
    "aws:apigateway/account:Account",
    "aws:backup/globalSettings:GlobalSettings",
    "aws:backup/regionSettings:RegionSettings",
    "aws:cfg/recorder:Recorder",
    "aws:detective/graph:Graph",
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
    "aws:ec2/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "aws:ecr/accountSetting:AccountSetting",
    "aws:ecr/registryPolicy:RegistryPolicy",
    "aws:iam/accountAlias:AccountAlias",
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:inspector2/enabler:Enabler",
    "aws:macie2/account:Account",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:securityhub/account:Account",
    "aws:ssm/defaultPatchBaseline:DefaultPatchBaseline",
    "aws:ssm/serviceSetting:ServiceSetting",
    "aws:xray/encryptionConfig:EncryptionConfig",
}


@ALL
def test_what_an_account_has_once_outlives_the_keep_that_made_it(environment: Environment) -> None:
    recording = environment()
    found = [node for node in recording.resources if node.type in ACCOUNT_WIDE]
    assert found
    wrong = {node.name for node in found if node.retain_on_delete is not ACCOUNT_WIDE[node.type]}
    assert not wrong
    assert not NOT_MADE & {node.type for node in recording.resources}
