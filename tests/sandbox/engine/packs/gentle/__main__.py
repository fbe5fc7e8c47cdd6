"""A policy pack with an advisory and a remediating policy."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def advise(args, report_violation):
    if args.resource_type == "test:index:Thing" and "tags" not in args.props:
        report_violation("tags are missing")


def remediate(args):
    if args.resource_type == "test:index:Thing":
        return {**args.props, "owner": "platform"}
    return None


PolicyPack(
    name="gentle",
    enforcement_level=EnforcementLevel.ADVISORY,
    policies=[
        ResourceValidationPolicy(name="tagged", description="Things have tags.", validate=advise),
        ResourceValidationPolicy(
            name="owned",
            description="Things have an owner.",
            remediate=remediate,
            enforcement_level=EnforcementLevel.REMEDIATE,
        ),
    ],
)
