"""What carries no tag is paid for by nobody in particular."""

from collections.abc import Iterator, Mapping

from policies.graph import UNKNOWN, Node
from policies.reading import Found, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import NODE_GROUP

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
TAG = "codekeep:tenant"
TAGGED = (
    NODE_GROUP,
    TEMPLATE,
    "aws:ec2/instance:Instance",
    "aws:ec2/dedicatedHost:DedicatedHost",
    "aws:ec2/capacityReservation:CapacityReservation",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:eks/cluster:Cluster",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:networkfirewall/firewall:Firewall",
    "aws:opensearch/domain:Domain",
    "aws:s3/bucket:Bucket",
    "aws:ebs/volume:Volume",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:dynamodb/table:Table",
)
LAUNCHED = ("instance", "volume")  # what a template's own tags do not reach

RULE = Rule(
    id="cost-tags",
    title="Whatever costs by the hour or by the byte carries the keep's tag",
    severity=Severity.LOW,
    family=Family.COST,
    applies_to=TAGGED,
    requirement=Requirement.COST_CONTROL,
    why="The budget counts by this tag: what lacks it is spent without anybody being told.",
    remedy="pass keep.tags(...) to the resource and to what a launch template makes",
    frameworks={"SOC 2": ("A1.1",), "ISO 27001": ("A.5.9",)},
)


@RULE.check
def tagged(node: Node, case: Case) -> Iterator[Finding]:
    provider = case.graph.get(node.provider or "")
    inherited = first(provider.inputs, "defaultTags.tags") if provider else None
    tenant = case.facts.tenant
    found = Found("tags", first(node.inputs, "tags"))
    yield from _judge(node, found, inherited, tenant)
    if node.type == TEMPLATE:
        yield from _launched(node, tenant)


def _launched(node: Node, tenant: str) -> Iterator[Finding]:
    """Instances and volumes carry what the template says for them; the provider's defaults do not reach them."""
    specifications = [each for each in read(node.inputs, "tagSpecifications[*]") if isinstance(each.value, Mapping)]
    for each in specifications:
        yield from _judge(node, Found(f"{each.path}.tags", first(each.value, "tags")), None, tenant)
    for kind in LAUNCHED:
        if not any(first(each.value, "resourceType") == kind for each in specifications):
            yield RULE.violation(node, "tagSpecifications", f"says nothing for what is launched as {kind}")


def _judge(node: Node, found: Found, inherited: object, tenant: str) -> Iterator[Finding]:
    """Where nobody says whose the keep is, any tag will do to tell costs apart."""
    own = found.value if isinstance(found.value, Mapping) else {}
    tags = {**(inherited if isinstance(inherited, Mapping) else {}), **own}
    value = tags.get(TAG) if tenant else next(iter(tags.values()), None)
    if not found.known or inherited is UNKNOWN or value is UNKNOWN:
        yield RULE.undecided(node, found.path)
    elif (tenant and value != tenant) or value is None:
        wanted = f"{TAG}: {tenant}" if tenant else "a tag"
        yield RULE.violation(node, found.path, f"got {value!r}: must hold {wanted}")
