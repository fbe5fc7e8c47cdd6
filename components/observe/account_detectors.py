"""GuardDuty and Access Analyzer: one of each per account and region."""

import json
from dataclasses import dataclass

import pulumi
from pulumi_aws import accessanalyzer, cloudwatch, guardduty

from components.naming import DataClass, Keep

# Not EBS_MALWARE_PROTECTION: it copies volumes, and the code on them, into an account of AWS.
FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RUNTIME_MONITORING")
MANAGED_AGENTS = {"RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT",)}
SEVERITY_FROM = 4  # medium; lower severities notify nobody


@dataclass(frozen=True, kw_only=True)
class AccountDetectorsArgs:
    """Findings of the keep's region go to the topic; those of `other_regions`, which have replicas, stay there."""

    keep: Keep
    topic_arn: pulumi.Input[str]
    other_regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keep.region in self.other_regions:
            raise ValueError(f"other_regions must not include the keep's own region {self.keep.region}")


class AccountDetectors(pulumi.ComponentResource):
    """Detector with its features, analyzers, and the rules that forward findings."""

    detector_id: pulumi.Output[str]
    analyzer_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AccountDetectorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:account_detectors:AccountDetectors", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        detector = self._detector()
        analyzer = self._analyzer(self._name, args.keep.region)
        for region in args.other_regions:
            self._analyzer(f"{self._name}-{region}", region)
        self._forward(
            "guardduty",
            "Findings of GuardDuty from medium severity on",
            {
                "source": ["aws.guardduty"],
                "detail-type": ["GuardDuty Finding"],
                "detail": {"severity": [{"numeric": [">=", SEVERITY_FROM]}]},
            },
        )
        self._forward(
            "access-analyzer",
            "Something of this account became reachable from outside it",
            {
                "source": ["aws.access-analyzer"],
                "detail-type": ["Access Analyzer Finding"],
                "detail": {"status": ["ACTIVE"]},
            },
        )

        self.detector_id = detector.id
        self.analyzer_arn = analyzer.arn
        self.register_outputs({"detectorId": self.detector_id, "analyzerArn": self.analyzer_arn})

    def _detector(self) -> guardduty.Detector:
        tags = self._args.keep.tags(DataClass.AUDIT)
        detector = guardduty.Detector(
            self._name,
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=tags,
            opts=self._child,
        )
        for feature in FEATURES:
            guardduty.DetectorFeature(
                f"{self._name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configurations=[
                    {"name": agent, "status": "ENABLED"} for agent in MANAGED_AGENTS.get(feature, ())
                ]
                or None,
                opts=self._child,
            )
        return detector

    def _analyzer(self, name: str, region: str) -> accessanalyzer.Analyzer:
        """An analyzer sees only the policies of its own region."""
        keep = self._args.keep
        return accessanalyzer.Analyzer(
            name,
            analyzer_name=keep.physical("access"),
            type="ACCOUNT",
            region=None if region == keep.region else region,
            tags=keep.tags(DataClass.AUDIT, region=region),
            opts=self._child,
        )

    def _forward(self, label: str, description: str, pattern: dict[str, object]) -> None:
        keep = self._args.keep
        rule = cloudwatch.EventRule(
            f"{self._name}-{label}",
            name=keep.physical(label),
            description=description,
            event_pattern=json.dumps(pattern, sort_keys=True),
            tags=keep.tags(DataClass.AUDIT),
            opts=self._child,
        )
        cloudwatch.EventTarget(
            f"{self._name}-{label}",
            rule=rule.name,
            target_id="alerts",
            arn=self._args.topic_arn,
            opts=self._child,
        )
