"""Lists what exists in an account through AWS's API with boto3, independently of states and providers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

GLOBAL_REGION = "us-east-1"
AWS_OWN = "ssm: /aws/service/"  # public parameters of AWS


@dataclass(frozen=True)
class Listing:
    """How one kind of resource is listed. `identity` is the key of its id; None where the list contains plain names."""

    service: str
    operation: str
    items: str
    identity: str | None
    arguments: Mapping[str, Any] | None = None
    nested: str | None = None  # the key of a list inside each item, which contains the resources


LISTINGS = (
    Listing("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    Listing("backup", "list_backup_plans", "BackupPlansList", "BackupPlanArn"),
    Listing("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultArn"),
    Listing("cloudtrail", "describe_trails", "trailList", "TrailARN"),
    Listing("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmArn"),
    Listing("cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmArn"),
    Listing("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    Listing("ec2", "describe_addresses", "Addresses", "AllocationId"),
    Listing("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    Listing("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    Listing("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    Listing("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    Listing("ec2", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    Listing("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    Listing("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    Listing("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    Listing("ec2", "describe_subnets", "Subnets", "SubnetId"),
    Listing("ec2", "describe_volumes", "Volumes", "VolumeId"),
    Listing("ec2", "describe_vpc_endpoint_service_configurations", "ServiceConfigurations", "ServiceId"),
    Listing("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    Listing("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    Listing("ec2", "describe_instances", "Reservations", "InstanceId", nested="Instances"),
    Listing("ecr", "describe_repositories", "repositories", "repositoryArn"),
    Listing("eks", "list_clusters", "clusters", None),
    Listing("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    Listing("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    Listing("events", "list_rules", "Rules", "Arn"),
    Listing("guardduty", "list_detectors", "DetectorIds", None),
    Listing("logs", "describe_log_groups", "logGroups", "arn"),
    Listing("network-firewall", "list_firewalls", "Firewalls", "FirewallArn"),
    Listing("opensearch", "list_domain_names", "DomainNames", "DomainName"),
    Listing("route53resolver", "list_resolver_query_log_configs", "ResolverQueryLogConfigs", "Id"),
    Listing("secretsmanager", "list_secrets", "SecretList", "ARN"),
    Listing("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    Listing("sns", "list_topics", "Topics", "TopicArn"),
    Listing("sqs", "list_queues", "QueueUrls", None),
    Listing("ssm", "describe_parameters", "Parameters", "Name"),
    Listing("kms", "list_aliases", "Aliases", "AliasArn"),
    Listing("kms", "list_keys", "Keys", "KeyArn"),
    Listing("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupARN"),
)
GLOBAL_LISTINGS = (
    Listing("iam", "list_instance_profiles", "InstanceProfiles", "Arn"),
    Listing("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    Listing("iam", "list_policies", "Policies", "Arn", {"Scope": "Local"}),
    Listing("iam", "list_roles", "Roles", "Arn"),
    Listing("route53", "list_hosted_zones", "HostedZones", "Id"),
    Listing("s3", "list_buckets", "Buckets", "Name"),
)


class Inventory:
    """The resources in one region of one account, with the global ones."""

    def __init__(self, endpoint: str, account_id: str, region: str) -> None:
        """Assumes a role in the account, as the keep's provider does."""
        self._endpoint = endpoint
        self._region = region
        self._credentials: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        answer = self._client("sts", region).assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/inventory", RoleSessionName="inventory"
        )["Credentials"]
        self._credentials = {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def everything(self) -> frozenset[str]:
        """`service: identity` of every resource."""
        regional = {entry for listing in LISTINGS for entry in self._listed(listing, self._region)}
        return frozenset(
            regional | {entry for listing in GLOBAL_LISTINGS for entry in self._listed(listing, GLOBAL_REGION)}
        )

    def pending_deletion(self, entries: frozenset[str]) -> frozenset[str]:
        """The entries that are KMS keys in their waiting period, which AWS deletes at its end."""
        kms = self._client("kms", self._region)
        keys = [entry for entry in entries if entry.startswith("kms: ") and ":key/" in entry]
        states = {key: kms.describe_key(KeyId=key.removeprefix("kms: "))["KeyMetadata"]["KeyState"] for key in keys}
        return frozenset(key for key, state in states.items() if state == "PendingDeletion")

    def _listed(self, listing: Listing, region: str) -> Iterator[str]:
        client = self._client(listing.service, region)
        arguments = dict(listing.arguments or {})
        pages: Any
        if client.can_paginate(listing.operation):
            pages = client.get_paginator(listing.operation).paginate(**arguments)
        else:
            pages = [getattr(client, listing.operation)(**arguments)]
        for page in pages:
            for item in page.get(listing.items, []):
                for thing in item[listing.nested] if listing.nested else [item]:
                    entry = f"{listing.service}: {thing[listing.identity] if listing.identity else thing}"
                    if not _is_gone(thing) and not entry.startswith(AWS_OWN):
                        yield entry

    def _client(self, service: str, region: str) -> Any:
        return boto3.client(service, endpoint_url=self._endpoint, region_name=region, **self._credentials)


def _is_gone(thing: Any) -> bool:
    """Whether the resource is deleted: EC2 lists deleted ones for an hour."""
    state = thing.get("State") if isinstance(thing, dict) else None
    name = state.get("Name") if isinstance(state, dict) else state
    return name in ("deleted", "terminated")
