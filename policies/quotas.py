"""What a keep uses of AWS's default quotas, computed from its graph.

An account's own quotas may be higher, so more than the default is a warning and not a violation: it names the quota to
raise before `up`. VPC's rows are those of moto 5.2.5 (its copy of ListAWSDefaultServiceQuotas), which
tests/policies/test_quotas.py compares; the others have their page of AWS beside them (found in November 2026;
the figures as public tools quote them). `code` is empty where nobody can raise the quota.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.pod_room import pods_per_node
from policies.rules._types import CLUSTER, NAT_GATEWAY, NODE_GROUP, REPLICA_KEY, SUBNET, TRAIL, VPC, VPC_ENDPOINT

RULES = {
    "inbound": ("ingress", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    "outbound": ("egress", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
}
SECURITY_GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
KEYS = ("aws:kms/key:Key", REPLICA_KEY)
_SIZE = re.compile(r"^(?P<family>[a-z0-9-]+)\.(?P<factor>\d*)xlarge$")
_VCPUS_OF_XLARGE = 4  # of every family that a keep may name: stacks/spec/instances.py


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One default."""

    service: str
    code: str
    name: str
    default: int
    source: str = "moto 5.2.5"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How much of a quota one region, network, group, role or cluster uses."""

    quota: Quota
    whose: str
    used: int
    remedy: str = ""

    @property
    def exceeds(self) -> bool:
        return self.used > self.quota.default

    def __str__(self) -> str:
        quota = self.quota
        raised = f"raise quota {quota.code} of {quota.service}" if quota.code else "it cannot be raised: use fewer"
        return f"{quota.name}: {self.used} in {self.whose}, AWS's default is {quota.default}; {self.remedy or raised}"


Count = Callable[[ResourceGraph, Facts], Iterator[tuple[str, int]]]


def usages(graph: ResourceGraph, facts: Facts) -> list[Usage]:
    """What the stack uses of each quota, the largest user of each first."""
    counted = [
        Usage(quota=quota, whose=whose, used=used)
        for quota, count in COUNTS
        for whose, used in sorted(count(graph, facts), key=lambda each: -each[1])
    ]
    return [*counted, *(_pods(*each) for each in pods_per_node(graph))]


def exceeded(graph: ResourceGraph, facts: Facts) -> list[Usage]:
    """The quotas of which the stack needs more than the default."""
    return [usage for usage in usages(graph, facts) if usage.exceeds]


def _pods(group: str, pods: int, room: int) -> Usage:
    quota = _other("eks", "", "Pods per node", room, "policies/pod_room.py")
    return Usage(quota=quota, whose=group, used=pods, remedy="choose larger instance types or more nodes")


def _per_region(*types: str, only: Callable[[Node], bool] = lambda _: True) -> Count:
    def count(graph: ResourceGraph, _: Facts) -> Iterator[tuple[str, int]]:
        yield from Counter(node.region or "the account" for node in graph.of_type(*types) if only(node)).items()

    return count


def _per_account(*types: str) -> Count:
    def count(graph: ResourceGraph, facts: Facts) -> Iterator[tuple[str, int]]:
        yield f"account {facts.account_id}", len(graph.of_type(*types))

    return count


def _per(owner: str, *types: str) -> Count:
    """Resources per value of the property that names their owner."""

    def count(graph: ResourceGraph, _: Facts) -> Iterator[tuple[str, int]]:
        owners = Counter(str(node.inputs.get(owner)) for node in graph.of_type(*types))
        yield from ((_name(value), number) for value, number in owners.items())

    return count


def _interface_endpoints(graph: ResourceGraph, facts: Facts) -> Iterator[tuple[str, int]]:
    """Interface endpoints per network. A platform's also has at least one of each keep that is admitted to it."""
    endpoints = [node for node in graph.of_type(VPC_ENDPOINT) if not _is_gateway(node)]
    for network, number in Counter(str(node.inputs.get("vpcId")) for node in endpoints).items():
        yield _name(network), number + len(facts.admitted_tenants)


def _is_gateway(node: Node) -> bool:
    return bool(node.inputs.get("vpcEndpointType", "Gateway") == "Gateway")


def _group_rules(graph: ResourceGraph, _: Facts) -> Iterator[tuple[str, int]]:
    for direction, (inline, type_) in RULES.items():
        found = Counter(str(node.inputs.get("securityGroupId")) for node in graph.of_type(type_))
        for group in graph.of_type(*SECURITY_GROUPS):
            rules = group.inputs.get(inline)
            if isinstance(rules, list | tuple):
                found[f"${{{group.urn}#id}}"] += len(rules)
        yield from ((f"{direction} rules of {_name(group)}", number) for group, number in found.items())


def _nat_gateways(graph: ResourceGraph, _: Facts) -> Iterator[tuple[str, int]]:
    zones: Counter[str] = Counter()
    for gateway in graph.of_type(NAT_GATEWAY):
        subnets = graph.references(gateway, "subnetId", SUBNET)
        zones[str(subnets[0].inputs.get("availabilityZone")) if subnets else "an unknown zone"] += 1
    yield from zones.items()


def _vcpus(families: str) -> Count:
    """vCPUs of all node groups at their largest, of types whose family starts with one of the letters."""

    def count(graph: ResourceGraph, _: Facts) -> Iterator[tuple[str, int]]:
        regions: Counter[str] = Counter()
        for group in graph.of_type(NODE_GROUP):
            types = [_SIZE.match(str(each)) for each in group.inputs.get("instanceTypes") or ()]
            wanted = [each for each in types if each is not None and re.match(f"({families})[0-9]", each["family"])]
            scaling = group.inputs.get("scalingConfig") or {}
            largest = max((_VCPUS_OF_XLARGE * int(each["factor"] or 1) for each in wanted), default=0)
            if isinstance(maximum := scaling.get("maxSize"), int):
                regions[group.region or "the account"] += largest * maximum
        yield from regions.items()

    return count


def _name(value: str) -> str:
    """The name of the resource that a value refers to; the value itself where it refers to none."""
    return next((reference.urn.rsplit("::", 1)[1] for reference in references_in(value)), value)


EC2_PAGE = "AWS General Reference, Amazon EC2 endpoints and quotas"
IAM_PAGE = "AWS General Reference, IAM endpoints and quotas"
EKS_PAGE = "AWS General Reference, Amazon EKS endpoints and quotas"
KMS_PAGE = "AWS KMS Developer Guide, Resource quotas"


def _vpc(code: str, name: str, default: int) -> Quota:
    return Quota(service="vpc", code=code, name=name, default=default)


def _other(service: str, code: str, name: str, default: int, source: str) -> Quota:
    return Quota(service=service, code=code, name=name, default=default, source=source)


COUNTS: tuple[tuple[Quota, Count], ...] = (
    (_vpc("L-F678F1CE", "VPCs per Region", 5), _per_region(VPC)),
    (_vpc("L-29B6F2EB", "Interface VPC endpoints per VPC", 50), _interface_endpoints),
    (_vpc("L-1B52E74A", "Gateway VPC endpoints per Region", 20), _per_region(VPC_ENDPOINT, only=_is_gateway)),
    (_vpc("L-0EA8095F", "Inbound or outbound rules per security group", 60), _group_rules),
    (_vpc("L-E79EC296", "VPC security groups per Region", 2500), _per_region(*SECURITY_GROUPS)),
    (_vpc("L-FE5A380F", "NAT gateways per Availability Zone", 5), _nat_gateways),
    (_vpc("L-A4707A72", "Internet gateways per Region", 5), _per_region("aws:ec2/internetGateway:InternetGateway")),
    (_vpc("L-407747CB", "Subnets per VPC", 200), _per("vpcId", SUBNET)),
    (_vpc("L-589F43AA", "Route tables per VPC", 200), _per("vpcId", "aws:ec2/routeTable:RouteTable")),
    (_vpc("L-93826ACB", "Routes per route table", 50), _per("routeTableId", "aws:ec2/route:Route")),
    (_other("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5, EC2_PAGE), _per_region("aws:ec2/eip:Eip")),
    (_other("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances (vCPUs)", 0, EC2_PAGE), _vcpus("g|gr|vt")),
    (_other("ec2", "L-417A185B", "Running On-Demand P instances (vCPUs)", 0, EC2_PAGE), _vcpus("p")),
    (
        _other("ec2", "L-1216C47A", "Running On-Demand Standard instances (vCPUs)", 5, EC2_PAGE),
        _vcpus("a|c|d|h|i|m|r|t|z"),
    ),
    (_other("iam", "L-FE177D64", "Roles per account", 1000, IAM_PAGE), _per_account("aws:iam/role:Role")),
    (
        _other("iam", "L-0DA4ABF3", "Managed policies attached to a role", 10, IAM_PAGE),
        _per("role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
    ),
    (_other("kms", "L-C2F1777E", "Customer managed keys per Region", 100_000, KMS_PAGE), _per_region(*KEYS)),
    (_other("kms", "L-D594A657", "Grants per KMS key", 50_000, KMS_PAGE), _per("keyId", "aws:kms/grant:Grant")),
    (_other("eks", "L-1194D53C", "Clusters per Region", 100, EKS_PAGE), _per_region(CLUSTER)),
    (_other("eks", "L-6D54EA21", "Managed node groups per cluster", 30, EKS_PAGE), _per("clusterName", NODE_GROUP)),
    (
        _other("logs", "", "Resource policies per Region", 10, "botocore 1.44.5: logs, PutResourcePolicy"),
        _per_region("aws:cloudwatch/logResourcePolicy:LogResourcePolicy"),
    ),
    (
        _other("cloudtrail", "", "Trails per Region", 5, "AWS CloudTrail User Guide, Quotas in AWS CloudTrail"),
        _per_region(TRAIL),
    ),
)
