"""Image repositories, their policies, and settings of the registry."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import one, pick, same_json, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("ecr", "aws:ecr/repository:Repository", fixed="forceDelete")
def repository(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    ecr = aws.client("ecr")
    found = one(ecr.describe_repositories, "repositories", repositoryNames=[id])
    if found is None:
        return None
    filters = found.get("imageTagMutabilityExclusionFilters") or []
    return {
        **pick(found, "imageScanningConfiguration", "imageTagMutability", "registryId"),
        **pick(found, arn="repositoryArn", name="repositoryName", repositoryUrl="repositoryUri"),
        "encryptionConfigurations": [found.get("encryptionConfiguration") or {"encryptionType": "AES256"}],
        "imageTagMutabilityExclusionFilters": same_set(known.get("imageTagMutabilityExclusionFilters"), filters),
        "tags": tag_map(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]),
    }


@reads("ecr", "aws:ecr/repositoryPolicy:RepositoryPolicy", fixed="repository")
def repository_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(aws.client("ecr").get_repository_policy, repositoryName=id)
    return _document(found, "policyText", known)


@reads("ecr", "aws:ecr/lifecyclePolicy:LifecyclePolicy", fixed="repository")
def lifecycle_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(aws.client("ecr").get_lifecycle_policy, repositoryName=id)
    return _document(found, "lifecyclePolicyText", known)


def _document(found: Mapping[str, Any] | None, key: str, known: Mapping[str, Any]) -> Props | None:
    if found is None:
        return None
    return {
        **pick(found, "registryId", repository="repositoryName"),
        "policy": same_json(known.get("policy"), found[key]),
    }


@reads("ecr", "aws:ecr/replicationConfiguration:ReplicationConfiguration")
def replication_configuration(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """One for the registry of a region; without rules there is none."""
    found = aws.client("ecr").describe_registry()
    rules = found["replicationConfiguration"]["rules"]
    return {"registryId": found["registryId"], "replicationConfiguration": {"rules": rules}} if rules else None


@reads("ecr", "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
def registry_scanning_configuration(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Every registry has one."""
    found = aws.client("ecr").get_registry_scanning_configuration()
    live = found["scanningConfiguration"]
    rules = same_set(known.get("rules"), live["rules"])
    return {"registryId": found["registryId"], "rules": rules, "scanType": live["scanType"]}
