"""EKS clusters. Adds what moto does not store, and the security group that EKS creates for a cluster."""

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from awsread.answers import dns_suffix, filters
from sandbox.aws.calls import not_logged
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call

DEFAULT_VERSION = "1.34"  # AWS's, where none is given
PLATFORM_VERSION = "eks.1"
ANYWHERE = "0.0.0.0/0"
NETWORK = {  # AWS's, unless the VPC overlaps the range
    "elasticLoadBalancing": {"enabled": False},
    "ipFamily": "ipv4",
    "serviceIpv4Cidr": "172.20.0.0/16",
}
AUTHENTICATION_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")  # cannot be undone
TOKEN_SECONDS = 900

CHILDREN: Final = tuple(
    f"aws:eks/{name[0].lower()}{name[1:]}:{name}"
    for name in ("AccessEntry", "AccessPolicyAssociation", "Addon", "PodIdentityAssociation")
)
"""Types that are in the ledger only, and end with their cluster."""

FORGOTTEN = (
    "bootstrapSelfManagedAddons",
    "computeConfig",
    "controlPlaneScalingConfig",
    "defaultAddonsToRemoves",
    "deletionProtection",
    "forceUpdateVersion",
    "kubeApiServerConfig",
    "kubeControllerManagerConfig",
    "kubeSchedulerConfig",
    "outpostConfig",
    "storageConfig",
    "upgradePolicy",
    "zonalShiftConfig",
)
"""What moto's CreateCluster takes and DescribeCluster does not return."""


class Cluster(LiveResource):
    token = "aws:eks/cluster:Cluster"
    service = "eks"
    creation = ("create_cluster", "=name")
    tagged_by = "arn"
    auto_name = "name"
    auto_name_max = 100
    in_ledger = frozenset({*FORGOTTEN, "accessConfig"})
    moto_omits = {
        "accessConfig": {"authenticationMode": AUTHENTICATION_MODES[0]},
        "bootstrapSelfManagedAddons": True,
        "deletionProtection": False,
        "upgradePolicy": {"supportType": "EXTENDED"},
    }

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        subnets = inputs.get("vpcConfig", {}).get("subnetIds") if isinstance(inputs.get("vpcConfig"), Mapping) else None
        if isinstance(subnets, list) and len(subnets) < 2:
            yield "vpcConfig.subnetIds", f"EKS wants subnets in two availability zones or more, got {len(subnets)}"

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = set(super().replaces(old, new, changed))
        for top, names in {
            "accessConfig": ("bootstrapClusterCreatorAdminPermissions",),
            "kubernetesNetworkConfig": ("ipFamily", "serviceIpv4Cidr"),
        }.items():
            before, after = old.get(top) or {}, new.get(top) or {}
            if top in changed and any(before.get(name) != after.get(name) for name in names if name in after):
                forced.add(top)
        if "encryptionConfig" in changed and old.get("encryptionConfig"):
            forced.add("encryptionConfig")  # encryption and its key cannot change
        return frozenset(forced)

    def make(self, api: Api, inputs: Props) -> str:
        encryption = inputs.get("encryptionConfig")
        wanted = {
            "version": DEFAULT_VERSION,
            **inputs,
            "resourcesVpcConfig": inputs["vpcConfig"],
            "encryptionConfig": [encryption] if encryption else None,
        }
        for name in ("deletionProtection", "bootstrapSelfManagedAddons", "outpostConfig", "controlPlaneScalingConfig"):
            wanted.pop(name, None)
        call(api.client("eks"), "create_cluster", wanted, logging=_logging(inputs))
        return str(inputs["name"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        ec2 = api.client("ec2")
        subnets = ec2.describe_subnets(SubnetIds=inputs["vpcConfig"]["subnetIds"])["Subnets"]
        with not_logged():  # EKS does it, by a role of its own
            ec2.create_security_group(
                GroupName=_group_name(api, id),
                Description=f"EKS created security group applied to ENI attached to EKS control plane nodes of {id}",
                VpcId=subnets[0]["VpcId"],
            )

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found is None:
            return None
        group = next(iter(_own_groups(api, id)), {})
        own = {"clusterSecurityGroupId": group.get("GroupId"), "vpcId": group.get("VpcId")}
        return {
            **found,
            "endpoint": _endpoint(api, id),
            "identities": [{"oidcs": [{"issuer": issuer(api, id)}]}],
            "kubernetesNetworkConfig": {**NETWORK, **(found.get("kubernetesNetworkConfig") or {})},
            "platformVersion": PLATFORM_VERSION,
            "vpcConfig": {
                "publicAccessCidrs": [ANYWHERE],
                **found["vpcConfig"],
                **{name: value for name, value in own.items() if value},
            },
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        eks = api.client("eks")
        if "version" in changed and new.get("version"):
            _check_upgrade(str(old["version"]), str(new["version"]))
            self.note(api, id, version=new["version"])
        if "accessConfig" in changed:
            _check_mode(old, new)
        if "encryptionConfig" in changed:
            self.note(api, id, encryptionConfig=new.get("encryptionConfig"))
        if "vpcConfig" in changed:
            call(eks, "update_cluster_config", {"resourcesVpcConfig": new["vpcConfig"]}, name=id)
        if "enabledClusterLogTypes" in changed:
            eks.update_cluster_config(name=id, logging=_logging(new))
        for name in ("kubernetesNetworkConfig", "remoteNetworkConfig"):
            if name in changed and new.get(name):
                eks.update_cluster_config(name=id, **{name: new[name]})
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.noted(api, id).get("deletionProtection"):
            raise StandInError(f"cluster {id} has deletionProtection: set it to false and update before deleting")
        api.client("eks").delete_cluster(name=id)
        with not_logged():
            for group in _own_groups(api, id):
                api.client("ec2").delete_security_group(GroupId=group["GroupId"])
        for region, token, child, entry in api.ledger.list(api.region):
            if token in CHILDREN and entry.get("clusterName") == id:
                api.ledger.remove(region, token, child)


def issuer(api: Api, name: str) -> str:
    """OIDC issuer; moto gives all clusters one, and identity providers are distinguished by it."""
    return f"https://oidc.eks.{api.region}.{dns_suffix(api)}/id/{_digest(api, name)[:32].upper()}"


def get_cluster(api: Api, arguments: Props) -> Props:
    """aws.eks.getCluster: a cluster by its name."""
    name = arguments["name"]
    cluster = Cluster()
    api.client("eks").describe_cluster(name=name)  # its error says what is missing
    found = cluster.read(api, name, {})
    if found is None:
        raise StandInError(f"getCluster: cluster {name!r} vanished while it was read")
    outputs = found.outputs
    listed = {
        "accessConfigs": "accessConfig",
        "computeConfigs": "computeConfig",
        "kubernetesNetworkConfigs": "kubernetesNetworkConfig",
        "outpostConfigs": "outpostConfig",
        "remoteNetworkConfigs": "remoteNetworkConfig",
        "storageConfigs": "storageConfig",
        "upgradePolicies": "upgradePolicy",
        "zonalShiftConfigs": "zonalShiftConfig",
    }
    single = ("arn", "createdAt", "enabledClusterLogTypes", "endpoint", "identities", "platformVersion", "roleArn")
    return {
        **arguments,
        **{name: outputs[name] for name in (*single, "deletionProtection", "status", "tags", "version", "vpcConfig")},
        **{plural: [outputs[name]] if name in outputs else [] for plural, name in listed.items()},
        "certificateAuthorities": [outputs["certificateAuthority"]],
        "clusterId": "",  # only clusters on an Outpost have one
        "id": name,
    }


def get_cluster_auth(api: Api, arguments: Props) -> Props:
    """aws.eks.getClusterAuth: a bearer token, a presigned call like that of the official provider."""
    url = api.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=TOKEN_SECONDS)
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return {**arguments, "id": arguments["name"], "token": f"k8s-aws-v1.{token}"}


def _logging(inputs: Props) -> Props:
    types = inputs.get("enabledClusterLogTypes") or []
    every = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    setups = ((True, list(types)), (False, [name for name in every if name not in types]))
    return {"clusterLogging": [{"types": names, "enabled": enabled} for enabled, names in setups if names]}


def _check_upgrade(old: str, new: str) -> None:
    before, after = (tuple(int(part) for part in version.split(".")) for version in (old, new))
    if after[0] != before[0] or after[1] - before[1] not in (0, 1):
        raise StandInError(
            f"InvalidParameterException: unsupported Kubernetes minor version update from {old} to {new}: "
            "EKS goes up by one minor version at a time and never down"
        )


def _check_mode(old: Props, new: Props) -> None:
    before = (old.get("accessConfig") or {}).get("authenticationMode", AUTHENTICATION_MODES[0])
    after = (new.get("accessConfig") or {}).get("authenticationMode", before)
    if AUTHENTICATION_MODES.index(after) < AUTHENTICATION_MODES.index(before):
        raise StandInError(
            f"InvalidParameterException: authenticationMode cannot go from {before} back to {after}: EKS allows "
            f"{' → '.join(AUTHENTICATION_MODES)} only"
        )


def _own_groups(api: Api, name: str) -> list[Props]:
    """The security group that EKS made for the cluster."""
    found = api.client("ec2").describe_security_groups(Filters=filters(group_name=_group_name(api, name)))
    return [dict(group) for group in found["SecurityGroups"]]


def _group_name(api: Api, name: str) -> str:
    return f"eks-cluster-sg-{name}-{zlib.crc32(_digest(api, name).encode())}"


def _endpoint(api: Api, name: str) -> str:
    return f"https://{_digest(api, name)[:32].upper()}.gr7.{api.region}.eks.amazonaws.com"


def _digest(api: Api, name: str) -> str:
    return hashlib.sha256(f"{api.account_id}/{api.region}/{name}".encode()).hexdigest()


FUNCTIONS: dict[str, Function] = {
    "aws:eks/getCluster:getCluster": get_cluster,
    "aws:eks/getClusterAuth:getClusterAuth": get_cluster_auth,
}
