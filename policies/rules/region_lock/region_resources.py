"""A resource in a foreign region is customer data in a foreign region."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.rule import ANY_RESOURCE, Break, Case, Family, Finding, Guard, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

BUCKET, KEY, VPC = "aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:ec2/vpc:Vpc"

RULE = Rule(
    id="region-resources",
    title="Every resource lives in an allowed region",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="The agreement names the regions where code may be; a resource elsewhere breaks it whatever it holds.",
    remedy="drop the resource's own region, or agree the region with the customer and add it to regions.allowed",
    frameworks=FRAMEWORKS,
    guards=(
        *(Guard(type=each, path="region", values=("ap-southeast-4", "us-east-1")) for each in (BUCKET, KEY, VPC)),
        Guard(type=BUCKET, path="region", breaks=(Break.MOVE,)),
        Guard(type="aws:sqs/queue:Queue", add=({"name": "foreign", "region": "us-west-2"},)),
    ),
)


@RULE.check
def in_allowed_region(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "aws" or node.options.get("external"):
        return
    region = node.inputs.get("region")
    if region is UNKNOWN:
        yield RULE.undecided(node, "region")
    elif node.region is None:
        yield RULE.undecided(node, "region", "neither the resource nor its provider names a region")
    else:
        yield from outside(RULE, node, "region", [node.region], case)
