"""Children of a cluster that moto does not emulate: access entries, access policies, add-ons, pod identities."""

import json
import secrets
import string
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from awsread.answers import arn
from awsread.services.eks import cluster_of
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Created, Live, Props

POLICY_STEM = ":eks::aws:cluster-access-policy/AmazonEKS"
BASE36 = string.ascii_lowercase + string.digits
ASSOCIATION_DIGITS = 17
DEFAULT_BUILD = "eksbuild.1"


class _ClusterChild(RecordedResource):
    """Exists only as long as its cluster; has the times of its creation and last change."""

    def create(self, api: Api, inputs: Props) -> Created:
        self.require(api, inputs)
        created = super().create(api, inputs)
        now = datetime.now(UTC).isoformat()
        timestamps = self.timestamps(now, now)
        api.ledger.put(api.region, self.token, created.id, {**inputs, **timestamps})
        return Created(id=created.id, outputs={**created.outputs, **timestamps})

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        found = super().read(api, id, state)
        if found is None or cluster_of(api, found.inputs["clusterName"]) is None:
            return None
        return found

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        before = api.ledger.get(api.region, self.token, id) or {}
        added = super().update(api, id, old, new, changed)
        now = datetime.now(UTC).isoformat()
        timestamps = self.timestamps(before.get("createdAt", now), now)
        api.ledger.put(api.region, self.token, id, {**new, **timestamps})
        return {**added, **timestamps}

    def timestamps(self, created: str, changed: str) -> Props:
        return {"createdAt": created, "modifiedAt": changed}

    def require(self, api: Api, inputs: Props) -> None:
        """Refuses what AWS would refuse; by default a cluster that does not exist."""
        if cluster_of(api, inputs["clusterName"]) is None:
            raise StandInError(
                f"{self.token}: ResourceNotFoundException: No cluster found for name: {inputs['clusterName']}."
            )


class AccessEntry(_ClusterChild):
    token = "aws:eks/accessEntry:AccessEntry"
    conflict_code = "ResourceInUseException"

    def identity(self, api: Api, inputs: Props) -> str:
        return f"{inputs['clusterName']}:{inputs['principalArn']}"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        principal = inputs["principalArn"]
        _, _, _, _, account, entity = principal.split(":")
        kind, _, name = entity.partition("/")
        cluster, short = inputs["clusterName"], name.rpartition("/")[2]
        return {
            "accessEntryArn": arn(api, "eks", f"access-entry/{cluster}/{kind}/{account}/{short}/{_uuid(id)}"),
            "userName": inputs.get("userName") or _user_name(api, account, kind, name),
        }


class AccessPolicyAssociation(_ClusterChild):
    token = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
    conflict_code = "ResourceInUseException"

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        policy = inputs.get("policyArn")
        if isinstance(policy, str) and POLICY_STEM not in policy:
            yield "policyArn", f"must be an access policy of EKS like arn:aws{POLICY_STEM}ViewPolicy, got {policy!r}"
        scope = inputs.get("accessScope")
        if isinstance(scope, dict) and scope.get("type") == "namespace" and not scope.get("namespaces"):
            yield "accessScope.namespaces", "must name namespaces where the type is 'namespace'"

    def identity(self, api: Api, inputs: Props) -> str:
        return f"{inputs['clusterName']}#{inputs['principalArn']}#{inputs['policyArn']}"

    def timestamps(self, created: str, changed: str) -> Props:
        return {"associatedAt": created, "modifiedAt": changed}

    def require(self, api: Api, inputs: Props) -> None:
        super().require(api, inputs)
        entry = f"{inputs['clusterName']}:{inputs['principalArn']}"
        if api.ledger.get(api.region, AccessEntry.token, entry) is None:
            raise StandInError(
                f"{self.token}: ResourceNotFoundException: the cluster {inputs['clusterName']} has no access entry for "
                f"{inputs['principalArn']}; create an eks.AccessEntry first and depend on it"
            )


class Addon(_ClusterChild):
    token = "aws:eks/addon:Addon"
    conflict_code = "ResourceInUseException"

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        values = inputs.get("configurationValues")
        if isinstance(values, str) and values[:1] in "{[":
            try:
                json.loads(values)
            except ValueError as error:
                yield "configurationValues", f"is no JSON: {error}"

    def identity(self, api: Api, inputs: Props) -> str:
        return f"{inputs['clusterName']}:{inputs['addonName']}"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        cluster = cluster_of(api, inputs["clusterName"]) or {}
        return {
            "arn": arn(api, "eks", f"addon/{id.replace(':', '/')}/{_uuid(id)}"),
            "addonVersion": inputs.get("addonVersion") or f"v{cluster.get('version', '1.0')}.0-{DEFAULT_BUILD}",
        }


class PodIdentityAssociation(_ClusterChild):
    token = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    conflict_code = "ResourceInUseException"

    def identity(self, api: Api, inputs: Props) -> str:
        return "a-" + "".join(secrets.choice(BASE36) for _ in range(ASSOCIATION_DIGITS))

    def timestamps(self, created: str, changed: str) -> Props:
        return {}

    # The id of an import is `cluster,association`, and stays the resource's id in the state.

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        return super().read(api, id.rpartition(",")[2], state)

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        return super().update(api, id.rpartition(",")[2], old, new, changed)

    def delete(self, api: Api, id: str, state: Props) -> None:
        super().delete(api, id.rpartition(",")[2], state)

    def require(self, api: Api, inputs: Props) -> None:
        super().require(api, inputs)
        for _, _, _, other in api.ledger.list(api.region, self.token):
            if all(other[name] == inputs[name] for name in self.replace_on):
                raise StandInError(
                    f"{self.token}: {self.conflict_code}: service account {inputs['namespace']}/"
                    f"{inputs['serviceAccount']} of cluster {inputs['clusterName']} already has a role"
                )

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        cluster = inputs["clusterName"]
        return {
            "associationArn": arn(api, "eks", f"podidentityassociation/{cluster}/{id}"),
            "associationId": id,
            "disableSessionTags": inputs.get("disableSessionTags", False),
            **({"externalId": _uuid(id)} if inputs.get("targetRoleArn") else {}),
        }


def _uuid(id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, id))


def _user_name(api: Api, account: str, kind: str, name: str) -> str:
    if kind != "role":
        return f"arn:{api.partition}:iam::{account}:{kind}/{name}"
    return f"arn:{api.partition}:sts::{account}:assumed-role/{name.rpartition('/')[2]}/{{{{SessionName}}}}"
