"""A policy pack whose violations contain the arguments that the pack got."""

from pathlib import Path

import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def tell(args, report_violation):
    if args.resource_type == "test:index:Thing":
        report_violation(
            f"allowed: {pulumi.Config('proj').get('allowed')}, stack: {pulumi.get_stack()}, "
            f"project: {pulumi.get_project()}, preview: {pulumi.runtime.is_dry_run()}, "
            f"folder: {Path.cwd().name}, sees {', '.join(f'{name}={value}' for name, value in args.props.items())}"
        )


PolicyPack(
    name="curious",
    enforcement_level=EnforcementLevel.ADVISORY,
    policies=[ResourceValidationPolicy(name="shown", description="What a pack is shown.", validate=tell)],
)
