"""Logs of a network's traffic: flows and DNS queries, under the audit key."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, route53

from components.iam_policy import Statement, allow_service, document, from_account, trust_policy
from components.naming import DataClass, Keep
from components.observe.log_group import log_group

AGGREGATION_SECONDS = 60  # the finest AWS offers
LOG_DELIVERY = "delivery.logs.amazonaws.com"

# AWS's default fields, and resource, direction, AWS service, and the path by which the traffic left.
FLOW_FIELDS = (
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets"),
    *("bytes", "start", "end", "action", "log-status", "vpc-id", "subnet-id", "az-id", "tcp-flags", "pkt-srcaddr"),
    *("pkt-dstaddr", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"),
)


@dataclass(frozen=True, kw_only=True)
class TrafficLogsArgs:
    """`key_arn` is the key of class AUDIT in the network's region."""

    keep: Keep
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    retention_days: int
    region: str | None = None  # None: the keep's own

    @property
    def actual_region(self) -> str:
        return self.region or self.keep.region


class TrafficLogs(pulumi.ComponentResource):
    """Flow log and DNS query log of a VPC."""

    flow_log_group_name: pulumi.Output[str]
    dns_log_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: TrafficLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:traffic_logs:TrafficLogs", name, None, opts)
        self._name, self._args = name, args

        flows, queries = self._group("flows"), self._group("dns")
        self._record_flows(flows)
        self._record_queries(queries)

        self.flow_log_group_name = flows.name
        self.dns_log_group_name = queries.name
        self.register_outputs({"flowLogGroupName": flows.name, "dnsLogGroupName": queries.name})

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _tags(self) -> dict[str, str]:
        return self._args.keep.tags(DataClass.AUDIT, region=self._args.region)

    def _group(self, noun: str) -> cloudwatch.LogGroup:
        args = self._args
        return log_group(
            args.keep,
            *_parts(args, noun),
            key_arn=args.key_arn,
            retention_days=args.retention_days,
            data_class=DataClass.AUDIT,
            region=args.region,
            opts=self._options(),
        )

    def _record_flows(self, group: cloudwatch.LogGroup) -> None:
        args, keep = self._args, self._args.keep
        flow_logs = keep.arn("ec2", "vpc-flow-log/*", region=args.region)
        role = iam.Role(
            f"{self._name}-flows",
            name=keep.physical(*_parts(args, "flow-logs")),
            description=f"VPC flow logs of {keep.tenant} into its log group",
            assume_role_policy=trust_policy(
                "vpc-flow-logs.amazonaws.com", conditions=from_account(keep.account_id, flow_logs)
            ),
            tags=self._tags(),
            opts=self._options(),
        )
        permission = iam.RolePolicy(
            f"{self._name}-flows",
            name="write-flow-logs",
            role=role.name,
            policy=document(
                Statement(
                    sid="WriteFlows",
                    actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                    resources=(pulumi.Output.concat(group.arn, ":*"),),  # the group's streams
                ),
                Statement(
                    sid="FindTheGroup",
                    actions=("logs:DescribeLogGroups",),
                    resources=(keep.arn("logs", "log-group:*", region=args.region),),
                ),
            ),
            opts=self._options(),
        )
        ec2.FlowLog(
            f"{self._name}-flows",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            log_format=" ".join(f"${{{each}}}" for each in FLOW_FIELDS),
            max_aggregation_interval=AGGREGATION_SECONDS,
            region=args.region,
            tags=self._tags(),
            opts=self._options(permission),  # AWS checks the role when the flow log is created
        )

    def _record_queries(self, group: cloudwatch.LogGroup) -> None:
        args, keep = self._args, self._args.keep
        delivery = cloudwatch.LogResourcePolicy(
            f"{self._name}-dns",
            policy_name=keep.physical(*_parts(args, "dns-queries")),
            policy_document=delivery_policy(keep, group.arn, region=args.actual_region),
            region=args.region,
            opts=self._options(),
        )
        config = route53.ResolverQueryLogConfig(
            f"{self._name}-dns",
            name=keep.physical(*_parts(args, "dns-queries")),
            destination_arn=group.arn,
            region=args.region,
            tags=self._tags(),
            opts=self._options(delivery),
        )
        route53.ResolverQueryLogConfigAssociation(
            f"{self._name}-dns",
            resolver_query_log_config_id=config.id,
            resource_id=args.vpc_id,
            region=args.region,
            opts=self._options(),
        )


def _parts(args: TrafficLogsArgs, noun: str) -> tuple[str, ...]:
    """Parts of a name. Roles are global, so a second region's name must differ."""
    return (noun,) if args.region in (None, args.keep.region) else (noun, args.actual_region)


def delivery_policy(keep: Keep, group_arn: pulumi.Input[str], *, region: str) -> pulumi.Output[str]:
    """Lets AWS's log delivery write into one group, for resources of the keep's account."""
    return document(
        allow_service(
            LOG_DELIVERY,
            "DeliverLogs",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            pulumi.Output.concat(group_arn, ":log-stream:*"),
            from_account(keep.account_id, keep.arn("logs", "*", region=region)),
        )
    )
