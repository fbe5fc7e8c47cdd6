"""The GuardDuty detector of an account and region. AWS makes no second one."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import guardduty

from components.naming import DataClass, Keep

# Not EBS_MALWARE_PROTECTION: it shares snapshots of volumes, and the code on them, with an account of AWS (GuardDuty
# User Guide, "Service-linked role permissions for Malware Protection for EC2", looked up 2026-11-30). The last two cost
# nothing in a keep, which has neither databases nor functions: they watch what somebody else puts into the account.
FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
MANAGED_AGENTS = {"RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT",)}


@dataclass(frozen=True, kw_only=True)
class DetectorRef:
    """A detector."""

    id: pulumi.Output[str]


class Detector:
    """A detector made by the stack, with its features. It outlives the stack: other keeps are watched by it too."""

    ref: DetectorRef

    def __init__(self, name: str, keep: Keep, opts: pulumi.ResourceOptions) -> None:
        kept = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True))
        detector = guardduty.Detector(
            name,
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=keep.tags(DataClass.AUDIT),
            opts=kept,
        )
        for feature in FEATURES:
            guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configurations=[
                    {"name": agent, "status": "ENABLED"} for agent in MANAGED_AGENTS.get(feature, ())
                ]
                or None,
                opts=kept,
            )
        self.ref = DetectorRef(id=detector.id)


class AdoptedDetector:
    """The detector that the account has. Its features are its owner's to choose: an organization may forbid changes."""

    ref: DetectorRef

    def __init__(self, name: str, detector_id: str, opts: pulumi.ResourceOptions) -> None:
        self.ref = DetectorRef(id=guardduty.Detector.get(f"{name}-adopted", detector_id, opts=opts).id)
