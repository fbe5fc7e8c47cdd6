"""GuardDuty and Access Analyzer: one of each per account and region."""

import json
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch

from components.existing import Existing
from components.naming import DataClass, Keep
from components.observe.analyzer import AdoptedAnalyzer, Analyzer, AnalyzerRef
from components.observe.detector import AdoptedDetector, Detector, DetectorRef

SEVERITY_FROM = 4  # medium; lower severities notify nobody


@dataclass(frozen=True, kw_only=True)
class AccountDetectorsArgs:
    """Findings of the keep's region go to the topic; those of `other_regions`, which have replicas, stay there."""

    keep: Keep
    topic_arn: pulumi.Input[str]
    other_regions: tuple[str, ...] = ()
    existing: Existing = field(default_factory=Existing)

    def __post_init__(self) -> None:
        if self.keep.region in self.other_regions:
            raise ValueError(f"other_regions must not include the keep's own region {self.keep.region}")


class AccountDetectors(pulumi.ComponentResource):
    """Detector and analyzers, the account's own where it has them, and the rules that forward their findings."""

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

    def _detector(self) -> DetectorRef:
        args = self._args
        if (found := args.existing.detectors.get(args.keep.region)) is not None:
            return AdoptedDetector(self._name, found, self._child).ref
        return Detector(self._name, args.keep, self._child).ref

    def _analyzer(self, name: str, region: str) -> AnalyzerRef:
        args = self._args
        if (found := args.existing.analyzers.get(region)) is not None:
            return AdoptedAnalyzer(name, region, found, self._child).ref
        return Analyzer(name, region, args.keep, self._child).ref

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
