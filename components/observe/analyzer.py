"""The IAM Access Analyzer of an account and region, which finds what somebody outside the account can reach."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import accessanalyzer

from components.naming import DataClass, Keep


@dataclass(frozen=True, kw_only=True)
class AnalyzerRef:
    """An analyzer."""

    arn: pulumi.Output[str]


class Analyzer:
    """An analyzer made by the stack. It sees only the policies of its own region, and outlives the stack."""

    ref: AnalyzerRef

    def __init__(self, name: str, region: str, keep: Keep, opts: pulumi.ResourceOptions) -> None:
        analyzer = accessanalyzer.Analyzer(
            name,
            analyzer_name=keep.physical("access"),
            type="ACCOUNT",
            region=None if region == keep.region else region,
            tags=keep.tags(DataClass.AUDIT, region=region),
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True)),
        )
        self.ref = AnalyzerRef(arn=analyzer.arn)


class AdoptedAnalyzer:
    """The analyzer that the account has."""

    ref: AnalyzerRef

    def __init__(self, name: str, region: str, arn: str, opts: pulumi.ResourceOptions) -> None:
        found = accessanalyzer.Analyzer.get(
            f"{name}-adopted", arn.rpartition("/")[2], region=region, analyzer_name=arn.rpartition("/")[2], opts=opts
        )
        self.ref = AnalyzerRef(arn=found.arn)
