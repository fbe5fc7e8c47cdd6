"""Nobody in particular pays for a resource without a tag."""

from collections.abc import Iterator, Mapping

from policies.graph import UNKNOWN, Node
from policies.graph.values import has_unknown
from policies.reading import Found, first, read
from policies.rule import Case, Finding, Requirement, Severity, cost_rule, examine
from policies.rules._types import (
    BALANCERS,
    BUCKETS,
    CLUSTER,
    DOMAINS,
    FIREWALL,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NAT_GATEWAY,
    NODE_GROUP,
    RESERVATION,
    VPC_ENDPOINT,
)

TAG = "codekeep:tenant"
LAUNCHED = ("instance", "volume")  # a template's own tags do not reach them

RULE = cost_rule(
    id="cost-tags",
    title="Whatever costs by the hour or by the byte carries the keep's tag",
    severity=Severity.LOW,
    applies_to=(
        NODE_GROUP,
        LAUNCH_TEMPLATE,
        INSTANCE,
        "aws:ec2/dedicatedHost:DedicatedHost",
        RESERVATION,
        NAT_GATEWAY,
        VPC_ENDPOINT,
        CLUSTER,
        BALANCERS[0],
        FIREWALL,
        DOMAINS[0],
        BUCKETS[0],
        "aws:ebs/volume:Volume",
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:dynamodb/table:Table",
    ),
    requirement=Requirement.COST_CONTROL,
    why="The budget counts by this tag: money for a resource without it is spent without an alert.",
    remedy="pass keep.tags(...) to the resource and to what a launch template makes",
    frameworks={"SOC 2": ("A1.1",), "ISO 27001": ("A.5.9",)},
)


@RULE.check
def tagged(node: Node, case: Case) -> Iterator[Finding]:
    provider = case.graph.get(node.provider or "")
    inherited = first(provider.inputs, "defaultTags.tags") if provider else None
    tenant = case.facts.tenant
    yield from _judge(node, Found("tags", first(node.inputs, "tags")), inherited, tenant)
    if node.type == LAUNCH_TEMPLATE:
        yield from _launched(node, tenant)


def _launched(node: Node, tenant: str) -> Iterator[Finding]:
    """A launch template tags its instances and volumes itself; the provider's default tags do not reach them."""
    found = list(read(node.inputs, "tagSpecifications[*]"))
    specifications = [each for each in found if isinstance(each.value, Mapping)]
    for each in specifications:
        yield from _judge(node, Found(f"{each.path}.tags", first(each.value, "tags")), None, tenant)
    kinds = [first(each.value, "resourceType") for each in specifications]
    known = all(each.known for each in found) and not any(map(has_unknown, kinds))
    for kind in LAUNCHED if known else ():
        if kind not in kinds:
            yield RULE.violation(node, "tagSpecifications", f"has no tags for what is launched as {kind}")
    if not known:
        yield RULE.undecided(node, "tagSpecifications")


def _judge(node: Node, found: Found, inherited: object, tenant: str) -> Iterator[Finding]:
    """Without a tenant, any tag is enough to attribute costs."""
    examine(node, found)
    own = found.value if isinstance(found.value, Mapping) else {}
    tags = {**(inherited if isinstance(inherited, Mapping) else {}), **own}
    value = tags.get(TAG) if tenant else next(iter(tags.values()), None)
    if not found.known or inherited is UNKNOWN or value is UNKNOWN:
        yield RULE.undecided(node, found.path)
    elif (tenant and value != tenant) or value is None:
        wanted = f"{TAG}: {tenant}" if tenant else "a tag"
        yield RULE.violation(node, found.path, f"got {value!r}: must contain {wanted}")
