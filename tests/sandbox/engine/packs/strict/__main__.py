"""A policy pack with a mandatory resource policy and a mandatory stack policy."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy


def no_evil(args, report_violation):
    if args.props.get("value") == "evil":
        report_violation("value must not be evil")


def not_too_many(args, report_violation):
    if len([r for r in args.resources if r.resource_type == "test:index:Thing"]) > 3:
        report_violation("more than three things")


PolicyPack(
    name="strict",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="no-evil", description="Evil is out.", validate=no_evil),
        StackValidationPolicy(name="not-too-many", description="Three are enough.", validate=not_too_many),
    ],
)
