"""Image repositories and the registry's own configuration."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError, Deployed, Plugin, ProviderError

REPOSITORY = "aws:ecr/repository:Repository"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"


def expire(days: int) -> str:
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def policy(action: str = "ecr:BatchGetImage") -> str:
    statement = {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def repository(plugin: Plugin, unique: str) -> Deployed:
    return plugin.create(REPOSITORY, f"{unique}-repository", {})


def test_a_repository_passes_the_lifecycle(lifecycle):
    inputs = {
        "name": "codekeep-acme/ingest",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "forceDelete": True,
        "tags": {"a": "b"},
    }
    made = lifecycle(
        REPOSITORY,
        inputs,
        {
            **inputs,
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
            "tags": {"a": "c"},
        },
        drift=lambda api, made: api.client("ecr").put_image_tag_mutability(
            repositoryName=made.id, imageTagMutability="MUTABLE"
        ),
        unreadable={"forceDelete"},
    )
    assert made.id == "codekeep-acme/ingest"
    assert made.outputs["repositoryUrl"] == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/codekeep-acme/ingest"


def test_another_encryption_replaces_a_repository(lifecycle):
    lifecycle(
        REPOSITORY,
        {},
        {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}]},
        expect_replace={"encryptionConfigurations"},
        unreadable={"encryptionConfigurations", "imageScanningConfiguration"},
    )


def test_a_repository_with_images_is_deleted_only_with_force(plugin, repository):
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {"digest": "sha256:0"}, "layers": []})
    plugin.api().client("ecr").put_image(repositoryName=repository.id, imageManifest=manifest, imageTag="v1")
    with pytest.raises(ProviderError, match="RepositoryNotEmpty"):
        plugin.delete(repository)
    plugin.delete(plugin.update(repository, {"forceDelete": True}))
    assert plugin.read(repository) is None


def test_a_lifecycle_policy_passes_the_lifecycle(lifecycle, repository):
    lifecycle(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {"repository": repository.id, "policy": expire(7)},
        {"repository": repository.id, "policy": expire(14)},
        drift=lambda api, made: api.client("ecr").put_lifecycle_policy(
            repositoryName=made.id, lifecyclePolicyText=expire(1)
        ),
    )


def test_a_repository_policy_passes_the_lifecycle(lifecycle, repository):
    lifecycle(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        {"repository": repository.id, "policy": policy()},
        {"repository": repository.id, "policy": policy("ecr:PutImage")},
        drift=lambda api, made: api.client("ecr").set_repository_policy(
            repositoryName=made.id, policyText=policy("ecr:*")
        ),
    )


def test_replication_passes_the_lifecycle(lifecycle):
    def rules(region):
        filters = [{"filter": "codekeep-acme/", "filterType": "PREFIX_MATCH"}]
        destinations = [{"region": region, "registryId": "123456789012"}]
        return {"replicationConfiguration": {"rules": [{"destinations": destinations, "repositoryFilters": filters}]}}

    made = lifecycle(
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        rules("eu-west-1"),
        rules("eu-west-3"),
        drift=lambda api, made: api.client("ecr").put_replication_configuration(
            replicationConfiguration={
                "rules": [{"destinations": [{"region": "us-east-1", "registryId": "123456789012"}]}]
            }
        ),
    )
    assert made.id == "123456789012"


def test_registry_scanning_passes_the_lifecycle(lifecycle):
    filters = [{"filter": "codekeep-*", "filterType": "WILDCARD"}]
    lifecycle(
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        {"scanType": "ENHANCED", "rules": [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": filters}]},
        {"scanType": "BASIC", "rules": [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}]},
        drift=lambda api, made: api.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[]),
        gone_after_delete=False,  # every registry has one
    )


def test_a_pull_through_rule_passes_the_lifecycle(lifecycle, plugin, unique):
    token = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
    inputs = {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    made = lifecycle(token, inputs, {**inputs, "ecrRepositoryPrefix": "q2"}, expect_replace={"ecrRepositoryPrefix"})
    assert (made.id, made.outputs["registryId"]) == ("quay", "123456789012")
    with pytest.raises(CheckError, match="without a scheme"):
        plugin.create(token, unique, {**inputs, "upstreamRegistryUrl": "https://quay.io"})


def test_the_registry_returns_a_login(plugin):
    found = plugin.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {})
    assert found["userName"] == "AWS"
    assert found["password"]
    assert found["proxyEndpoint"].startswith("https://123456789012.dkr.ecr.")
