"""Image repositories and settings of the registry."""

import base64
from collections.abc import Iterator

from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call

MUTABLE = "MUTABLE"


class Repository(LiveResource):
    token = "aws:ecr/repository:Repository"
    service = "ecr"
    creation = ("create_repository", "=name")
    names = {"name": "repositoryName"}
    tagged_by = "arn"
    auto_name = "name"
    auto_name_max = 256
    in_state = frozenset({"forceDelete"})

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def make(self, api: Api, inputs: Props) -> str:
        encryption = next(iter(inputs.get("encryptionConfigurations") or ()), None)
        wanted = {**inputs, "encryptionConfiguration": encryption and {"encryptionType": "AES256", **encryption}}
        return super().make(api, wanted)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ecr = api.client("ecr")
        if changed & {"imageTagMutability", "imageTagMutabilityExclusionFilters"}:
            call(ecr, "put_image_tag_mutability", {"imageTagMutability": MUTABLE, **new}, repositoryName=id)
        if "imageScanningConfiguration" in changed:
            scanning = new.get("imageScanningConfiguration") or {"scanOnPush": False}
            ecr.put_image_scanning_configuration(repositoryName=id, imageScanningConfiguration=scanning)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ecr").delete_repository(repositoryName=id, force=bool(state.get("forceDelete")))


class LifecyclePolicy(LiveResource):
    token = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
    service = "ecr"
    creation = ("put_lifecycle_policy", "=repository")
    deletion = ("delete_lifecycle_policy", "repositoryName")
    names = {"repository": "repositoryName", "policy": "lifecyclePolicyText"}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)


class RepositoryPolicy(LifecyclePolicy):
    token = "aws:ecr/repositoryPolicy:RepositoryPolicy"
    creation = ("set_repository_policy", "=repository")
    deletion = ("delete_repository_policy", "repositoryName")
    names = {"repository": "repositoryName", "policy": "policyText"}


class ReplicationConfiguration(LiveResource):
    """One for the registry of a region; without rules there is none."""

    token = "aws:ecr/replicationConfiguration:ReplicationConfiguration"

    def make(self, api: Api, inputs: Props) -> str:
        wanted = inputs.get("replicationConfiguration") or {"rules": []}
        api.client("ecr").put_replication_configuration(replicationConfiguration=wanted)
        return api.account_id

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self.make(api, {})


class RegistryScanningConfiguration(LiveResource):
    """Every registry has one; deletion sets it back to what AWS starts with."""

    token = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"

    def make(self, api: Api, inputs: Props) -> str:
        rules = inputs.get("rules") or []
        api.client("ecr").put_registry_scanning_configuration(scanType=inputs["scanType"], rules=rules)
        return api.account_id

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        self.make(api, {"scanType": "BASIC"})


class PullThroughCacheRule(RecordedResource):
    token = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
    id_input = "ecrRepositoryPrefix"
    conflict_code = "PullThroughCacheRuleAlreadyExistsException"

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        url = inputs.get("upstreamRegistryUrl")
        if isinstance(url, str) and "://" in url:
            yield "upstreamRegistryUrl", f"must be a host name like public.ecr.aws, without a scheme, got {url!r}"

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


FUNCTIONS: dict[str, Function] = {"aws:ecr/getAuthorizationToken:getAuthorizationToken": get_authorization_token}
