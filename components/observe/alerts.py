"""Where a keep's alarms go: one encrypted topic, which only this account's alarms, rules and budgets fill."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.arns import arn
from components.iam_policy import ANYONE, Statement, document
from components.naming import DataClass, Keep


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """`emails` are asked by AWS to confirm; until they do, nothing reaches them."""

    keep: Keep
    key_arn: pulumi.Input[str]  # of LOG
    emails: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.emails)) != len(self.emails):
            raise ValueError(f"emails must differ, got {', '.join(self.emails)}")


class Alerts(pulumi.ComponentResource):
    """The topic and its readers. Wait for the component before what publishes is made."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:alerts:Alerts", name, None, opts)
        keep, child = args.keep, pulumi.ResourceOptions(parent=self)

        topic = sns.Topic(
            name,
            name=keep.physical("alerts"),
            display_name=f"codekeep {keep.tenant}",
            kms_master_key_id=args.key_arn,
            signature_version=2,
            tags=keep.tags(DataClass.LOG),
            opts=child,
        )
        policy = sns.TopicPolicy(name, arn=topic.arn, policy=document(*_statements(keep, topic.arn)), opts=child)
        for email in args.emails:
            sns.TopicSubscription(f"{name}-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=child)

        # Whoever uses the ARN waits for the policy: an endpoint service tries the topic at once.
        self.topic_arn = pulumi.Output.all(topic.arn, policy.id).apply(lambda found: str(found[0]))
        self.register_outputs({"topicArn": self.topic_arn})


def publishers(keep: Keep) -> dict[str, list[str]]:
    """By service, the resources on whose behalf it may publish."""

    def regional(service: str, resource: str) -> str:
        return arn(service, resource, region=keep.region, account_id=keep.account_id)

    return {
        "cloudwatch": [regional("cloudwatch", f"alarm:{keep.physical()}-*")],
        "events": [regional("events", f"rule/{keep.physical()}-*")],
        "budgets": [arn("budgets", "*", region=keep.region, account_id=keep.account_id, regional=False)],
        "vpce": [regional("ec2", "vpc-endpoint-service/*"), regional("ec2", "vpc-endpoint/*")],
    }


def _statements(keep: Keep, topic_arn: pulumi.Input[str]) -> list[Statement]:
    services = [
        Statement(
            sid=f"{service.capitalize()}Publishes",
            principals={"Service": (f"{service}.amazonaws.com",)},
            actions=("sns:Publish",),
            resources=(topic_arn,),
            conditions={
                "StringEquals": {"aws:SourceAccount": keep.account_id},
                "ArnLike": {"aws:SourceArn": sources},
            },
        )
        for service, sources in publishers(keep).items()
    ]
    plain_http = Statement(
        sid="DenyPlainHttp",
        effect="Deny",
        principals=ANYONE,
        actions=("sns:Publish",),
        resources=(topic_arn,),
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    return [*services, plain_http]
