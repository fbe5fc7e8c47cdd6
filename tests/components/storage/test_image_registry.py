"""Image repositories: tags, retention, access, replication."""

import json
from typing import Any

import pytest
from codekeep_contracts.images import REFERENCE_IMAGES, REPOSITORIES

from awsread.iam import Decision, Request, decide
from components.naming import DataClass, Keep
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from tests.components.builders import RECOVERY_REGION, key_arn
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

REPOSITORY = "aws:ecr/repository:Repository"


def build(keep: Keep, **changes: Any) -> Recording[ImageRegistry]:
    args: dict[str, Any] = {"key_arn": key_arn(DataClass.MODEL), **changes}
    return record(lambda: ImageRegistry("acme-images", ImageRegistryArgs(keep=keep, **args)))


def replicated(keep: Keep) -> Recording[ImageRegistry]:
    return build(keep, recovery_region=RECOVERY_REGION, replica_key_arn=key_arn(DataClass.MODEL, RECOVERY_REGION))


def test_each_image_has_a_repository_whose_tags_never_move(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    repositories = recording.of_type(REPOSITORY)
    assert {node.inputs["name"] for node in repositories} == {f"codekeep-acme/{image}" for image in REPOSITORIES}
    assert len(REFERENCE_IMAGES) == 8
    for node in repositories:
        assert node.inputs["imageTagMutability"] == "IMMUTABLE"
        assert node.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert node.inputs["encryptionConfigurations"] == [
            {"encryptionType": "KMS", "kmsKey": key_arn(DataClass.MODEL)}
        ]
        assert node.inputs["forceDelete"] is True
    assert not recording.of_type("aws:ecr/replicationConfiguration:ReplicationConfiguration")
    url = recording.value(recording.result.urls["compat"])
    assert url == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/codekeep-acme/compat"


def test_old_images_go_and_untagged_ones_sooner(keep: Keep) -> None:
    policies = build(keep).of_type("aws:ecr/lifecyclePolicy:LifecyclePolicy")
    assert len(policies) == len(REPOSITORIES)
    untagged, old = json.loads(policies[0].inputs["policy"])["rules"]
    assert untagged["selection"]["tagStatus"] == "untagged"
    assert old["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30}
    assert untagged["rulePriority"] < old["rulePriority"]


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-node", Decision.NONE),
        ("arn:aws:iam::999999999999:role/x", Decision.DENY),
        ("replication.ecr.amazonaws.com", Decision.NONE),
    ],
)
def test_other_accounts_are_refused(keep: Keep, principal: str, decision: Decision) -> None:
    policies = build(keep).of_type("aws:ecr/repositoryPolicy:RepositoryPolicy")
    assert len(policies) == len(REPOSITORIES)
    for action in ("ecr:BatchGetImage", "ecr:PutImage"):
        assert decide(policies[0].inputs["policy"], Request(principal=principal, action=action)) is decision


def test_replicas_exist_before_anything_is_copied_to_them(keep: Keep) -> None:
    recording = replicated(keep)
    assert_contract(recording, keep, regions=frozenset({REGION, RECOVERY_REGION}))
    twins = [node for node in recording.of_type(REPOSITORY) if node.region == RECOVERY_REGION]
    assert len(twins) == len(REPOSITORIES)
    replication = recording.one("aws:ecr/replicationConfiguration:ReplicationConfiguration")
    [rule] = replication.inputs["replicationConfiguration"]["rules"]
    assert rule["destinations"] == [{"region": RECOVERY_REGION, "registryId": ACCOUNT}]
    assert rule["repositoryFilters"] == [{"filter": "codekeep-acme/", "filterType": "PREFIX_MATCH"}]
    for twin in twins:
        assert twin.inputs["encryptionConfigurations"][0]["kmsKey"] == key_arn(DataClass.MODEL, RECOVERY_REGION)
        assert twin.inputs["imageTagMutability"] == "IMMUTABLE"
        assert recording.depends_on(replication, twin)


def test_protected_repositories_keep_their_images(keep: Keep) -> None:
    assert {node.inputs["forceDelete"] for node in build(keep, protect=True).of_type(REPOSITORY)} == {False}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": ()}, "at least one"),
        ({"images": ("a", "a")}, "different names"),
        ({"recovery_region": RECOVERY_REGION}, "together"),
    ],
)
def test_wrong_args_are_refused(keep: Keep, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **changes)
