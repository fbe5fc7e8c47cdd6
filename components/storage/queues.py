"""The work queues of a keep, their dead-letter queues, and the nightly schedule that refreshes the index."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.messages import VISIBLE_AGAIN_SECONDS, Refresh
from codekeep_contracts.roles import QueueRole
from pulumi_aws import cloudwatch, sqs

from components.iam_policy import Conditions, Statement, allow_service, deny, document
from components.naming import DataClass, Keep
from components.queue_ref import QueueRef

KEPT_DAYS = 4  # after that, newer commits have replaced the one in the message
FAILED_KEPT_DAYS = 14  # the longest that SQS allows
ATTEMPTS = 5
LONG_POLL_SECONDS = 20
DATA_KEY_SECONDS = 300
DAY_SECONDS = 86_400

# How long a message stays invisible to other workers; a worker extends it while it works.
VISIBILITY_SECONDS: Mapping[QueueRole, int] = {QueueRole.INGEST: VISIBLE_AGAIN_SECONDS, QueueRole.REVIEW: 300}

SCHEDULE_PATTERN = re.compile(r"^(cron|rate)\([^()]+\)$")
NIGHTLY = "cron(0 2 * * ? *)"  # UTC
REFRESH_MESSAGE = Refresh().model_dump()  # about every repository that is due


@dataclass(frozen=True, kw_only=True)
class QueuesArgs:
    """`vpc_endpoint_ids` are the SQS endpoints of the networks that send and receive."""

    keep: Keep
    key_arn: pulumi.Input[str]  # of CODE: messages name repositories and changes
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]
    refresh_schedule: str = NIGHTLY

    def __post_init__(self) -> None:
        if not self.vpc_endpoint_ids:
            raise ValueError("vpc_endpoint_ids must name the SQS endpoint; without one no worker could receive")
        if not SCHEDULE_PATTERN.match(self.refresh_schedule):
            raise ValueError(f"refresh_schedule must be cron(...) or rate(...), got {self.refresh_schedule!r}")


class Queues(pulumi.ComponentResource):
    """The queues for ingest and for review."""

    queues: Mapping[QueueRole, QueueRef]

    def __init__(self, name: str, args: QueuesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:queues:Queues", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        refresh = self._refresh_rule()
        self.queues = {role: self._queue(role, refresh) for role in QueueRole}
        self._refresh_target(refresh, self.queues[QueueRole.INGEST])

        self.register_outputs({"urls": {role.value: queue.url for role, queue in self.queues.items()}})

    def queue(self, role: QueueRole) -> QueueRef:
        """The queue for a kind of work."""
        return self.queues[role]

    def _queue(self, role: QueueRole, refresh: cloudwatch.EventRule) -> QueueRef:
        keep = self._args.keep
        failed = self._create(f"{role.value}-failed", FAILED_KEPT_DAYS, VISIBILITY_SECONDS[role], redrive=None)
        queue = self._create(
            role.value,
            KEPT_DAYS,
            VISIBILITY_SECONDS[role],
            redrive=pulumi.Output.json_dumps({"deadLetterTargetArn": failed.arn, "maxReceiveCount": ATTEMPTS}),
        )
        sqs.RedriveAllowPolicy(
            keep.logical("queue", role.value, "failed"),
            queue_url=failed.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=self._child,
        )
        self._guard(f"{role.value}-failed", failed, [])
        self._guard(role.value, queue, self._schedule_statements(queue, refresh) if role is QueueRole.INGEST else [])
        return QueueRef(
            role=role,
            name=queue.name,
            arn=queue.arn,
            url=queue.url,
            dead_letter_name=failed.name,
            dead_letter_url=failed.url,
            key_arn=pulumi.Output.from_input(self._args.key_arn),
        )

    def _create(
        self, label: str, kept_days: int, visibility_seconds: int, redrive: pulumi.Output[str] | None
    ) -> sqs.Queue:
        keep = self._args.keep
        return sqs.Queue(
            keep.logical("queue", label),
            name=keep.physical(label),
            kms_master_key_id=self._args.key_arn,
            kms_data_key_reuse_period_seconds=DATA_KEY_SECONDS,
            message_retention_seconds=kept_days * DAY_SECONDS,
            visibility_timeout_seconds=visibility_seconds,
            receive_wait_time_seconds=LONG_POLL_SECONDS,
            redrive_policy=redrive,
            tags=keep.tags(DataClass.CODE),
            opts=self._child,
        )

    def _guard(self, label: str, queue: sqs.Queue, more: list[Statement]) -> None:
        sqs.QueuePolicy(
            self._args.keep.logical("queue", label),
            queue_url=queue.url,
            policy=document(*_refusals(self._args, queue.arn), *more),
            opts=self._child,
        )

    def _refresh_rule(self) -> cloudwatch.EventRule:
        keep = self._args.keep
        return cloudwatch.EventRule(
            keep.logical("queue", "refresh"),
            name=keep.physical("refresh"),
            description="Every night, index what no webhook told of",
            schedule_expression=self._args.refresh_schedule,
            tags=keep.tags(DataClass.CODE),
            opts=self._child,
        )

    def _refresh_target(self, rule: cloudwatch.EventRule, queue: QueueRef) -> None:
        cloudwatch.EventTarget(
            self._args.keep.logical("queue", "refresh"),
            rule=rule.name,
            target_id="ingest",
            arn=queue.arn,
            input=json.dumps(REFRESH_MESSAGE, sort_keys=True),
            opts=self._child,
        )

    def _schedule_statements(self, queue: sqs.Queue, rule: cloudwatch.EventRule) -> list[Statement]:
        own_rule: Conditions = {"ArnEquals": {"aws:SourceArn": rule.arn}}
        return [allow_service("events.amazonaws.com", "ScheduleSends", ("sqs:SendMessage",), queue.arn, own_rule)]


def _refusals(args: QueuesArgs, queue_arn: pulumi.Input[str]) -> list[Statement]:
    """Denies, which no identity policy can override. The deployer manages the queue's settings from any network."""
    keep = args.keep
    messages = ("sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage")
    plain_http: Conditions = {"Bool": {"aws:SecureTransport": "false"}}
    foreign_accounts: Conditions = {
        "StringNotEqualsIfExists": {"aws:PrincipalAccount": keep.account_id},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        "ArnNotEqualsIfExists": {"aws:PrincipalArn": keep.deployer_role_arn},
    }
    foreign_networks: Conditions = {
        "StringNotEqualsIfExists": {"aws:SourceVpce": list(args.vpc_endpoint_ids)},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
    }
    return [
        deny("DenyPlainHttp", ("sqs:*",), (queue_arn,), plain_http),
        deny("DenyForeignAccounts", ("sqs:*",), (queue_arn,), foreign_accounts),
        deny("DenyForeignNetworks", messages, (queue_arn,), foreign_networks),
    ]
