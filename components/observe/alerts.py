"""The topic for a keep's alarms: encrypted, and open to this account's alarms, budgets and links, and to EventBridge.

EventBridge cannot be bound to the account (key_policy.topic_publishers): whoever knows the ARN can send false findings.
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.iam_policy import Conditions, Statement, allow_service, deny, document
from components.keys.key_policy import publishing_sid, topic_publishers
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
            publishing_sid(service),
            ("sns:Publish",),
            topic_arn,
            conditions,
        )
        for service, conditions in topic_publishers(keep, keep.region).items()
    ]
    plain_http: Conditions = {"Bool": {"aws:SecureTransport": "false"}}
    return [*publishing, deny("DenyPlainHttp", ("sns:Publish",), (topic_arn,), plain_http)]
