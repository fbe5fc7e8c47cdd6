"""The topic for a keep's alarms: encrypted, and open only to this account's alarms, rules and budgets."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.iam_policy import Conditions, Statement, allow_service, deny, document, from_account
from components.keys.key_policy import topic_publishers
from components.naming import DataClass, Keep


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """AWS asks `emails` to confirm the subscription; until then they receive nothing."""

    keep: Keep
    key_arn: pulumi.Input[str]  # of LOG
    emails: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.emails)) != len(self.emails):
            raise ValueError(f"emails must differ, got {', '.join(self.emails)}")


class Alerts(pulumi.ComponentResource):
    """The topic and its subscribers. Publishers must depend on the component."""

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

        # Users of the ARN wait for the policy: an endpoint service publishes to the topic when it is created.
        self.topic_arn = pulumi.Output.all(topic.arn, policy.id).apply(lambda found: str(found[0]))
        self.register_outputs({"topicArn": self.topic_arn})


def _statements(keep: Keep, topic_arn: pulumi.Input[str]) -> list[Statement]:
    publishing = [
        allow_service(
            f"{service}.amazonaws.com",
            f"{service.capitalize()}Publishes",
            ("sns:Publish",),
            topic_arn,
            from_account(keep.account_id, sources),
        )
        for service, sources in topic_publishers(keep, keep.region).items()
    ]
    plain_http: Conditions = {"Bool": {"aws:SecureTransport": "false"}}
    return [*publishing, deny("DenyPlainHttp", ("sns:Publish",), (topic_arn,), plain_http)]
