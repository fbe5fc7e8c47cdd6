"""Image repositories and what is set for the whole registry."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, given, same_json, same_set, tag_list, tag_map

MUTABLE = "MUTABLE"


class Repository(LiveResource):
    token = "aws:ecr/repository:Repository"
    auto_name = "name"
    auto_name_max = 256

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def make(self, api: Api, inputs: Props) -> str:
        encryption = next(iter(inputs.get("encryptionConfigurations") or ()), None)
        api.client("ecr").create_repository(
            tags=tag_list(inputs.get("tags")),
            **given(
                inputs,
                repositoryName="name",
                imageTagMutability="imageTagMutability",
                imageTagMutabilityExclusionFilters="imageTagMutabilityExclusionFilters",
                imageScanningConfiguration="imageScanningConfiguration",
            ),
            **({"encryptionConfiguration": _encryption_request(encryption)} if encryption else {}),
        )
        return str(inputs["name"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        ecr = api.client("ecr")
        answer = or_none(ecr.describe_repositories, repositoryNames=[id])
        if answer is None:
            return None
        found = answer["repositories"][0]
        encryption = found.get("encryptionConfiguration") or {"encryptionType": "AES256"}
        filters = found.get("imageTagMutabilityExclusionFilters") or []
        return {
            "arn": found["repositoryArn"],
            "encryptionConfigurations": [encryption],
            "forceDelete": state.get("forceDelete"),
            "imageScanningConfiguration": found.get("imageScanningConfiguration"),
            "imageTagMutability": found["imageTagMutability"],
            "imageTagMutabilityExclusionFilters": same_set(state.get("imageTagMutabilityExclusionFilters"), filters),
            "name": found["repositoryName"],
            "registryId": found["registryId"],
            "repositoryUrl": found["repositoryUri"],
            "tags": tag_map(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ecr = api.client("ecr")
        if changed & {"imageTagMutability", "imageTagMutabilityExclusionFilters"}:
            ecr.put_image_tag_mutability(
                repositoryName=id,
                imageTagMutability=new.get("imageTagMutability", MUTABLE),
                **given(new, imageTagMutabilityExclusionFilters="imageTagMutabilityExclusionFilters"),
            )
        if "imageScanningConfiguration" in changed:
            scanning = new.get("imageScanningConfiguration") or {"scanOnPush": False}
            ecr.put_image_scanning_configuration(repositoryName=id, imageScanningConfiguration=scanning)
        if "tags" in changed:
            _retag(ecr, str(old["arn"]), new.get("tags") or {})

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ecr").delete_repository(repositoryName=id, force=bool(state.get("forceDelete")))


class LifecyclePolicy(LiveResource):
    token = "aws:ecr/lifecyclePolicy:LifecyclePolicy"

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, inputs["repository"], {}, inputs, frozenset())
        return str(inputs["repository"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = or_none(api.client("ecr").get_lifecycle_policy, repositoryName=id)
        if found is None:
            return None
        return {
            "policy": same_json(state.get("policy"), found["lifecyclePolicyText"]),
            "registryId": found["registryId"],
            "repository": found["repositoryName"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        api.client("ecr").put_lifecycle_policy(repositoryName=id, lifecyclePolicyText=new["policy"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ecr").delete_lifecycle_policy(repositoryName=id)


class RepositoryPolicy(LiveResource):
    token = "aws:ecr/repositoryPolicy:RepositoryPolicy"

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, inputs["repository"], {}, inputs, frozenset())
        return str(inputs["repository"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = or_none(api.client("ecr").get_repository_policy, repositoryName=id)
        if found is None:
            return None
        return {
            "policy": same_json(state.get("policy"), found["policyText"]),
            "registryId": found["registryId"],
            "repository": found["repositoryName"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        api.client("ecr").set_repository_policy(repositoryName=id, policyText=new["policy"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ecr").delete_repository_policy(repositoryName=id)


class ReplicationConfiguration(LiveResource):
    """One for the registry of a region; without rules there is none."""

    token = "aws:ecr/replicationConfiguration:ReplicationConfiguration"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs.get("replicationConfiguration") or {"rules": []})
        return api.account_id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        registry = api.client("ecr").describe_registry()
        rules = registry["replicationConfiguration"]["rules"]
        if not rules:
            return None
        return {"registryId": registry["registryId"], "replicationConfiguration": {"rules": rules}}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, new.get("replicationConfiguration") or {"rules": []})

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._put(api, {"rules": []})

    def _put(self, api: Api, configuration: Props) -> None:
        api.client("ecr").put_replication_configuration(replicationConfiguration=configuration)


class RegistryScanningConfiguration(LiveResource):
    """Every registry has one; deletion sets it back to what AWS starts with."""

    token = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, api.account_id, {}, inputs, frozenset())
        return api.account_id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = api.client("ecr").get_registry_scanning_configuration()
        live = found["scanningConfiguration"]
        return {
            "registryId": found["registryId"],
            "rules": same_set(state.get("rules"), live["rules"]),
            "scanType": live["scanType"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        api.client("ecr").put_registry_scanning_configuration(scanType=new["scanType"], rules=new.get("rules") or [])

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[])


class PullThroughCacheRule(RecordedResource):
    token = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
    taken = "PullThroughCacheRuleAlreadyExistsException"

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        url = inputs.get("upstreamRegistryUrl")
        if isinstance(url, str) and "://" in url:
            yield "upstreamRegistryUrl", f"must be a host name like public.ecr.aws, without a scheme, got {url!r}"

    def identity(self, api: Api, inputs: Props) -> str:
        return str(inputs["ecrRepositoryPrefix"])

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"registryId": api.account_id}


def get_authorization_token(api: Api, arguments: Props) -> Props:
    """aws.ecr.getAuthorizationToken: the login of the registry."""
    found = api.client("ecr").get_authorization_token()["authorizationData"]
    if not found:
        raise StandInError(f"getAuthorizationToken: the registry of {api.region} gave no token")
    user, _, password = base64.b64decode(found[0]["authorizationToken"]).decode().partition(":")
    return {
        **arguments,
        "id": api.region,
        "authorizationToken": found[0]["authorizationToken"],
        "expiresAt": found[0]["expiresAt"].isoformat(),
        "password": password,
        "proxyEndpoint": found[0]["proxyEndpoint"],
        "userName": user,
    }


def _encryption_request(encryption: Mapping[str, Any]) -> Props:
    return {"encryptionType": "AES256", **given(dict(encryption), encryptionType="encryptionType", kmsKey="kmsKey")}


def _retag(ecr: Any, arn: str, tags: Mapping[str, str]) -> None:
    live = tag_map(ecr.list_tags_for_resource(resourceArn=arn)["tags"])
    if stale := sorted(live.keys() - tags.keys()):
        ecr.untag_resource(resourceArn=arn, tagKeys=stale)
    if fresh := {key: value for key, value in tags.items() if live.get(key) != value}:
        ecr.tag_resource(resourceArn=arn, tags=tag_list(fresh))


FUNCTIONS: dict[str, Function] = {"aws:ecr/getAuthorizationToken:getAuthorizationToken": get_authorization_token}
