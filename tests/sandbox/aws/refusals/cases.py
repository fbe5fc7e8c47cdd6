# ruff: noqa: E501 - rows of a table
"""A call that is refused and one that passes, for every entry of the catalogue.

`account` is what a client's read operations answer, in AWS's shapes: service, then operation, then the answer (or the
code of an error). Both calls of a case see the same account, unless the passing one names its own.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-central-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
CALLER = f"arn:aws:iam::{ACCOUNT}:role/codekeep/deployer"
GONE = f"arn:aws:iam::{ACCOUNT}:role/gone"
STS = {"get_caller_identity": {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session"}}
NO_ROLE = {"iam": {"get_role": "NoSuchEntity", "get_user": "NoSuchEntity"}, "sts": STS}
A_ROLE = {"iam": {"get_role": {"Role": {}}}, "sts": STS}


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    operation: str
    bad: dict[str, Any]
    good: dict[str, Any]
    account: dict[str, Any] = field(default_factory=dict)
    better_account: dict[str, Any] | None = None
    words: str = ""  # part of the answer


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*", **more}


def big(characters: int) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "x" * characters}]})


def template(**data: Any) -> dict[str, Any]:
    return {"ec2": {"describe_launch_template_versions": {"LaunchTemplateVersions": [{"LaunchTemplateData": data}]}}}


def subnets(*zones: str, block: str = "10.1.0.0/16") -> dict[str, Any]:
    found = [{"SubnetId": f"subnet-{i}", "AvailabilityZone": zone, "VpcId": "vpc-1"} for i, zone in enumerate(zones)]
    vpc = {"CidrBlockAssociationSet": [{"CidrBlock": block}]}
    return {"ec2": {"describe_subnets": {"Subnets": found}, "describe_vpcs": {"Vpcs": [vpc]}}}


def vpc(*, support: bool = True, hostnames: bool = True, endpoints: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    attributes = {"EnableDnsSupport": {"Value": support}, "EnableDnsHostnames": {"Value": hostnames}}
    return {"ec2": {"describe_vpc_attribute": attributes, "describe_vpc_endpoints": {"VpcEndpoints": list(endpoints)}}}


def group(**more: Any) -> dict[str, Any]:
    return {"clusterName": "c", "nodegroupName": "n", "nodeRole": "r", "subnets": ["subnet-0"], **more}


def from_template(**more: Any) -> dict[str, Any]:
    return group(launchTemplate={"id": "lt-1", "version": "1"}, **more)


def device(**ebs: Any) -> dict[str, Any]:
    return {
        "LaunchTemplateName": "t",
        "LaunchTemplateData": {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": ebs}]},
    }


def domain(**more: Any) -> dict[str, Any]:
    return {"DomainName": "acme", **more}


def record(**more: Any) -> dict[str, Any]:
    found = {"Name": "a.keep.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}], **more}
    found = {name: value for name, value in found.items() if value is not None}
    return {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": found}]}}


def zone(*records: dict[str, Any]) -> dict[str, Any]:
    return {
        "route53": {
            "get_hosted_zone": {"HostedZone": {"Name": "keep.example."}},
            "list_resource_record_sets": {"ResourceRecordSets": list(records)},
        }
    }


def plan(**rule: Any) -> dict[str, Any]:
    return {
        "BackupPlan": {"BackupPlanName": "p", "Rules": [{"RuleName": "daily", "TargetBackupVaultName": "v", **rule}]}
    }


def lifecycle(**rule: Any) -> dict[str, Any]:
    return {"Bucket": "b", "LifecycleConfiguration": {"Rules": [{"ID": "r", "Status": "Enabled", **rule}]}}


def images(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"repositoryName": "r", "lifecyclePolicyText": json.dumps({"rules": list(rules)})}


def image_rule(rank: int, status: str, **selection: Any) -> dict[str, Any]:
    counts = {"countType": "imageCountMoreThan", "countNumber": 5}
    return {
        "rulePriority": rank,
        "selection": {"tagStatus": status, **counts, **selection},
        "action": {"type": "expire"},
    }


def budget(*subscribers: str, notifications: int = 1, **more: Any) -> dict[str, Any]:
    each = {"Notification": {}, "Subscribers": [{"SubscriptionType": kind, "Address": "a"} for kind in subscribers]}
    return {
        "AccountId": ACCOUNT,
        "Budget": {"BudgetName": "b", **more},
        "NotificationsWithSubscribers": [each] * notifications,
    }


def alarm(**more: Any) -> dict[str, Any]:
    return {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", **more}


def queue(**attributes: str) -> dict[str, Any]:
    return {"QueueName": "q", "Attributes": attributes}


def bucket_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Bucket": "b", "Policy": policy(*statements)}


KEY_FOR_LOGS = {
    "kms": {
        "get_key_policy": {
            "Policy": policy(
                allow(
                    {"Service": f"logs.{REGION}.amazonaws.com"}, "kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"
                )
            )
        }
    }
}
KEY_FOR_NOBODY = {"kms": {"get_key_policy": {"Policy": policy(allow({"AWS": ROOT}, "kms:*"))}}}
KEY_FOR_TRAIL = {
    "kms": {
        "get_key_policy": {"Policy": policy(allow({"Service": "cloudtrail.amazonaws.com"}, "kms:GenerateDataKey*"))}
    }
}
BUCKET_FOR_TRAIL = {
    "s3": {
        "get_bucket_policy": {
            "Policy": policy(
                allow({"Service": "cloudtrail.amazonaws.com"}, "s3:GetBucketAcl"),
                allow({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject"),
            )
        }
    }
}
LOGS_FOR_INDEX = {
    "logs": {
        "describe_resource_policies": {
            "resourcePolicies": [
                {
                    "policyName": "index",
                    "policyDocument": policy(
                        allow({"Service": "es.amazonaws.com"}, "logs:CreateLogStream", "logs:PutLogEvents")
                    ),
                }
            ]
        }
    }
}
R6G = {
    "ec2": {
        "describe_instance_types": {
            "InstanceTypes": [{"EbsInfo": {"EbsOptimizedInfo": {"MaximumThroughputInMBps": 593.75}}}]
        }
    }
}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
SECRETS = {"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}]}


def key_of_secrets(**condition: Any) -> dict[str, Any]:
    granting = allow({"AWS": ROOT}, "kms:CreateGrant", "kms:DescribeKey", Condition=condition)
    return {"kms": {"get_key_policy": {"Policy": policy(granting)}}, "sts": STS}


def offered(*types: str) -> dict[str, Any]:
    found = [{"InstanceType": each} for each in types]
    return {"ec2": {"describe_instance_type_offerings": {"InstanceTypeOfferings": found}}}


def hosts(*, supported: bool) -> dict[str, Any]:
    return {"ec2": {"describe_instance_types": {"InstanceTypes": [{"DedicatedHostsSupported": supported}]}}}


NETWORK = {"elbv2": {"describe_load_balancers": {"LoadBalancers": [{"Type": "network", "LoadBalancerArn": "lb"}]}}}
APPLICATION = {
    "elbv2": {"describe_load_balancers": {"LoadBalancers": [{"Type": "application", "LoadBalancerArn": "lb"}]}}
}
MIME = base64.b64encode(b'Content-Type: multipart/mixed; boundary="//"\n').decode()
SCRIPT = base64.b64encode(b"#!/bin/sh\n").decode()
KMS_ENDPOINT = f"com.amazonaws.{REGION}.kms"
S3_ENDPOINT = f"com.amazonaws.{REGION}.s3"
INTERFACE = {"VpcId": "vpc-1", "VpcEndpointType": "Interface", "ServiceName": KMS_ENDPOINT, "PrivateDnsEnabled": True}
S3_INTERFACE = {
    **INTERFACE,
    "ServiceName": S3_ENDPOINT,
    "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True},
}
LISTENER = {"LoadBalancerArn": "lb", "DefaultActions": []}
DLQ = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
TRAIL = {"Name": "t", "S3BucketName": "b"}

THREE_ZONES = {"ZoneAwarenessEnabled": True, "ZoneAwarenessConfig": {"AvailabilityZoneCount": 3}}

CASES = (
    # Backup
    Case(id="backup-days-in-cold-storage", operation="CreateBackupPlan", bad=plan(Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 100}), good=plan(Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 120}), words="less than 90 days apart"),
    Case(id="backup-days-of-recovery-points", operation="CreateBackupPlan", bad=plan(Lifecycle={"DeleteAfterDays": 36_501}), good=plan(Lifecycle={"DeleteAfterDays": 35}), words="more than 36500 days"),
    Case(id="backup-cold-storage-of-continuous-backups", operation="UpdateBackupPlan", bad=plan(EnableContinuousBackup=True, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 35}), good=plan(EnableContinuousBackup=True, Lifecycle={"DeleteAfterDays": 35}), words="MoveToColdStorageAfterDays is unavailable"),
    Case(id="backup-days-of-continuous-backups", operation="CreateBackupPlan", bad=plan(EnableContinuousBackup=True, Lifecycle={"DeleteAfterDays": 36}), good=plan(EnableContinuousBackup=True, Lifecycle={"DeleteAfterDays": 35})),
    Case(id="backup-start-window", operation="CreateBackupPlan", bad=plan(StartWindowMinutes=59), good=plan(StartWindowMinutes=60)),
    Case(id="backup-completion-window", operation="CreateBackupPlan", bad=plan(StartWindowMinutes=60, CompletionWindowMinutes=119), good=plan(StartWindowMinutes=60, CompletionWindowMinutes=120)),
    Case(id="backup-days-of-lock", operation="PutBackupVaultLockConfiguration", bad={"BackupVaultName": "v", "MinRetentionDays": 90, "MaxRetentionDays": 30}, good={"BackupVaultName": "v", "MinRetentionDays": 7, "MaxRetentionDays": 36_500}),
    Case(id="backup-cooling-off", operation="PutBackupVaultLockConfiguration", bad={"BackupVaultName": "v", "ChangeableForDays": 2}, good={"BackupVaultName": "v", "ChangeableForDays": 3}),
    # Budgets
    Case(id="budgets-notifications-of-budget", operation="CreateBudget", bad=budget("EMAIL", notifications=6), good=budget("EMAIL", notifications=5)),
    Case(id="budgets-subscribers-of-notification", operation="CreateBudget", bad=budget("SNS", "SNS"), good=budget("SNS", *["EMAIL"] * 10)),
    Case(id="budgets-one-limit", operation="CreateBudget", bad=budget(BudgetLimit={}, PlannedBudgetLimits={}), good=budget(BudgetLimit={})),
    Case(id="budgets-one-kind-of-filter", operation="CreateBudget", bad=budget(CostFilters={}, FilterExpression={}), good=budget(CostFilters={}, CostTypes={})),
    # CloudTrail
    Case(id="cloudtrail-bucket-policy", operation="CreateTrail", bad=TRAIL, good=TRAIL, account={"s3": {"get_bucket_policy": "NoSuchBucketPolicy"}}, better_account=BUCKET_FOR_TRAIL, words="Incorrect S3 bucket policy is detected for bucket: b"),
    Case(id="cloudtrail-key-policy", operation="CreateTrail", bad={**TRAIL, "KmsKeyId": "k"}, good={**TRAIL, "KmsKeyId": "k"}, account=KEY_FOR_NOBODY, better_account=KEY_FOR_TRAIL, words="Insufficient permissions to access S3 bucket b or KMS key k"),
    Case(id="cloudtrail-global-events", operation="CreateTrail", bad={**TRAIL, "IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": False}, good={**TRAIL, "IsMultiRegionTrail": False, "IncludeGlobalServiceEvents": False}),
    Case(id="cloudtrail-log-group-and-role", operation="CreateTrail", bad={**TRAIL, "CloudWatchLogsLogGroupArn": "arn:g:*"}, good={**TRAIL, "CloudWatchLogsLogGroupArn": "arn:g:*", "CloudWatchLogsRoleArn": "arn:r"}),
    # CloudWatch
    Case(id="cloudwatch-datapoints-of-alarm", operation="PutMetricAlarm", bad=alarm(DatapointsToAlarm=15), good=alarm(DatapointsToAlarm=1), words="DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
    Case(id="cloudwatch-period-of-alarm", operation="PutMetricAlarm", bad=alarm(Period=90), good=alarm(Period=20)),
    Case(id="cloudwatch-span-of-alarm", operation="PutMetricAlarm", bad=alarm(Period=300, EvaluationPeriods=289), good=alarm(Period=3600, EvaluationPeriods=168), words="more than a day"),
    # EC2
    Case(id="ec2-private-names-need-dns", operation="CreateVpcEndpoint", bad=INTERFACE, good=INTERFACE, account=vpc(hostnames=False), better_account=vpc(), words="enableDnsSupport and enableDnsHostnames"),
    Case(id="ec2-private-names-once", operation="CreateVpcEndpoint", bad=INTERFACE, good=INTERFACE, account=vpc(endpoints=({"ServiceName": KMS_ENDPOINT, "PrivateDnsEnabled": True},)), better_account=vpc(endpoints=({"ServiceName": KMS_ENDPOINT, "PrivateDnsEnabled": True, "State": "deleting"}, {"ServiceName": KMS_ENDPOINT})), words=f"conflicting DNS domain for kms.{REGION}.amazonaws.com in the VPC vpc-1"),
    Case(id="ec2-private-names-of-s3", operation="CreateVpcEndpoint", bad=S3_INTERFACE, good=S3_INTERFACE, account=vpc(), better_account=vpc(endpoints=({"ServiceName": S3_ENDPOINT, "VpcEndpointType": "Gateway"},)), words="must have a Gateway endpoint for the service"),
    Case(id="ec2-one-subnet-of-a-zone", operation="CreateVpcEndpoint", bad={**INTERFACE, "SubnetIds": ["subnet-0", "subnet-1"]}, good={**INTERFACE, "SubnetIds": ["subnet-0", "subnet-1"]}, account=subnets("a", "a"), better_account=subnets("a", "b"), words="Found another VPC endpoint subnet in the availability zone of subnet-0"),
    Case(id="ec2-interfaces-of-gateway-endpoints", operation="CreateVpcEndpoint", bad={"VpcId": "v", "ServiceName": S3_ENDPOINT, "SubnetIds": ["s"]}, good={"VpcId": "v", "ServiceName": S3_ENDPOINT, "RouteTableIds": ["r"]}),
    Case(id="ec2-services-need-network-load-balancers", operation="CreateVpcEndpointServiceConfiguration", bad={"NetworkLoadBalancerArns": ["lb"]}, good={"NetworkLoadBalancerArns": ["lb"]}, account=APPLICATION, better_account=NETWORK),
    Case(id="ec2-size-of-user-data", operation="CreateLaunchTemplate", bad={"LaunchTemplateData": {"UserData": base64.b64encode(b"x" * 16_385).decode()}}, good={"LaunchTemplateData": {"UserData": base64.b64encode(b"x" * 16_384).decode()}}),
    Case(id="ec2-sizes-of-volumes", operation="CreateLaunchTemplate", bad=device(VolumeType="io1", VolumeSize=3), good=device(VolumeType="gp3", VolumeSize=65_536)),
    Case(id="ec2-iops-of-volumes", operation="CreateLaunchTemplate", bad=device(VolumeType="gp3", Iops=2_999), good=device(VolumeType="gp3", Iops=3_000)),
    Case(id="ec2-throughput-of-volumes", operation="CreateLaunchTemplateVersion", bad=device(VolumeType="gp3", Throughput=124), good=device(VolumeType="gp3", Throughput=125)),
    Case(id="ec2-ratios-of-volumes", operation="CreateLaunchTemplate", bad=device(VolumeType="gp3", Iops=3_000, Throughput=1_000), good=device(VolumeType="gp3", Iops=4_000, Throughput=1_000, VolumeSize=100), words="throughput to iops ratio of 0.333 is too high"),
    Case(id="ec2-flow-log-interval", operation="CreateFlowLogs", bad={"MaxAggregationInterval": 300}, good={"MaxAggregationInterval": 60}),
    Case(id="ec2-acl-rule-number", operation="CreateNetworkAclEntry", bad={"RuleNumber": 32_767}, good={"RuleNumber": 32_766}),
    Case(id="ec2-types-of-hosts", operation="AllocateHosts", bad={"InstanceType": "g6e.12xlarge"}, good={"InstanceType": "g6e.48xlarge"}, account=hosts(supported=False), better_account=hosts(supported=True), words="The requested configuration is currently not supported."),
    # ECR
    Case(id="ecr-any-image-last", operation="PutLifecyclePolicy", bad=images(image_rule(1, "any"), image_rule(2, "untagged")), good=images(image_rule(1, "untagged"), image_rule(2, "any"))),
    Case(id="ecr-tags-of-tagged-images", operation="PutLifecyclePolicy", bad=images(image_rule(1, "tagged")), good=images(image_rule(1, "tagged", tagPatternList=["v*"]))),
    Case(id="ecr-units-of-counts", operation="PutLifecyclePolicy", bad=images(image_rule(1, "any", countType="sinceImagePushed")), good=images(image_rule(1, "any", countType="sinceImagePushed", countUnit="days"))),
    Case(id="ecr-principals-of-repository", operation="SetRepositoryPolicy", bad={"policyText": policy(allow({"AWS": GONE}, "ecr:BatchGetImage"))}, good={"policyText": policy(allow({"AWS": ROOT}, "ecr:BatchGetImage"))}, account=NO_ROLE),
    # EKS
    Case(id="eks-remote-access-with-template", operation="CreateNodegroup", bad=from_template(remoteAccess={"ec2SshKey": "k"}), good=group(remoteAccess={"ec2SshKey": "k"}), words="Remote access configuration cannot be specified with a launch template."),
    Case(id="eks-disk-size-with-template", operation="CreateNodegroup", bad=from_template(diskSize=100), good=group(diskSize=100), words="Disk size must be specified within the launch template."),
    Case(id="eks-instance-types-in-both", operation="CreateNodegroup", bad=from_template(instanceTypes=["m7g.large"]), good=from_template(), account=template(InstanceType="m7g.large"), words="Cannot specify instance types in launch template and API Request"),
    Case(id="eks-spot-in-template", operation="CreateNodegroup", bad=from_template(), good=from_template(), account=template(InstanceMarketOptions={"MarketType": "spot"}), better_account=template(InstanceMarketOptions={"MarketType": "capacity-block"}), words="Instance market options are not supported with the launch template."),
    Case(id="eks-profile-in-template", operation="CreateNodegroup", bad=from_template(), good=from_template(), account=template(IamInstanceProfile={"Name": "p"}), better_account=template()),
    Case(id="eks-subnet-in-template", operation="CreateNodegroup", bad=from_template(), good=from_template(), account=template(NetworkInterfaces=[{"SubnetId": "s"}]), better_account=template(NetworkInterfaces=[{"DeviceIndex": 0}])),
    Case(id="eks-hibernation-in-template", operation="CreateNodegroup", bad=from_template(), good=from_template(), account=template(HibernationOptions={"Configured": True}), better_account=template(HibernationOptions={"Configured": False})),
    Case(id="eks-image-in-template-with-image-type", operation="CreateNodegroup", bad=from_template(amiType="AL2023_x86_64_STANDARD"), good=from_template(amiType="CUSTOM"), account=template(ImageId="ami-1")),
    Case(id="eks-plain-user-data", operation="CreateNodegroup", bad=from_template(), good=from_template(), account=template(UserData=SCRIPT), better_account=template(UserData=MIME), words="User data was not in the MIME multipart format."),
    Case(id="eks-scaling-bounds", operation="UpdateNodegroupConfig", bad={"scalingConfig": {"minSize": 3, "desiredSize": 2, "maxSize": 5}}, good={"scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 5}}, words="can't be greater than desired size 2"),
    Case(id="eks-unavailable-nodes", operation="CreateNodegroup", bad=group(updateConfig={"maxUnavailable": 1, "maxUnavailablePercentage": 10}), good=group(updateConfig={"maxUnavailable": 100})),
    Case(id="eks-subnets-in-two-zones", operation="CreateCluster", bad={"resourcesVpcConfig": {"subnetIds": ["subnet-0", "subnet-1"]}}, good={"resourcesVpcConfig": {"subnetIds": ["subnet-0", "subnet-1"]}}, account=subnets("a", "a"), better_account=subnets("a", "b")),
    Case(id="eks-grant-on-key-of-secrets", operation="CreateCluster", bad=SECRETS, good=SECRETS, account=key_of_secrets(Bool={"kms:GrantIsForAWSResource": "true"}), better_account=key_of_secrets(StringEquals={"kms:ViaService": f"eks.{REGION}.amazonaws.com"}), words="User not authorized to perform kms:"),
    Case(id="eks-types-of-the-region", operation="CreateNodegroup", bad=group(instanceTypes=["m4.large"]), good=group(instanceTypes=["m5.large"]), account=offered("m5.large"), words="The following supplied instance types do not exist: [m4.large]"),
    Case(id="eks-no-endpoint", operation="CreateCluster", bad={"resourcesVpcConfig": {"endpointPublicAccess": False}}, good={"resourcesVpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True}}),
    Case(id="eks-service-addresses", operation="CreateCluster", bad={"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.1.0.0/20"}, "resourcesVpcConfig": {"subnetIds": ["subnet-0"]}}, good={"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}, "resourcesVpcConfig": {"subnetIds": ["subnet-0"]}}, account=subnets("a"), words="overlaps"),
    # Load balancers
    Case(id="elbv2-certificate-of-listener", operation="CreateListener", bad={**LISTENER, "Protocol": "TLS"}, good={**LISTENER, "Protocol": "TLS", "Certificates": [{"CertificateArn": "c"}]}),
    Case(id="elbv2-protocol-of-load-balancer", operation="CreateListener", bad={**LISTENER, "Protocol": "HTTPS"}, good={**LISTENER, "Protocol": "TLS"}, account=NETWORK),
    Case(id="elbv2-security-policy-without-tls", operation="CreateListener", bad={**LISTENER, "Protocol": "TCP", "SslPolicy": "p"}, good={**LISTENER, "Protocol": "TLS", "SslPolicy": "p"}),
    Case(id="elbv2-health-check-timeout", operation="CreateTargetGroup", bad={"Protocol": "HTTPS", "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10}, good={"Protocol": "TCP", "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10}),
    # EventBridge
    Case(id="events-targets-of-rule", operation="PutTargets", bad={"Rule": "r", "Targets": [{"Id": "f", "Arn": "x"}]}, good={"Rule": "r", "Targets": [{"Id": "a", "Arn": "x"}]}, account={"events": {"list_targets_by_rule": {"Targets": [{"Id": each} for each in "abcde"]}}}),
    Case(id="events-group-of-fifo-target", operation="PutTargets", bad={"Rule": "r", "Targets": [{"Id": "a", "Arn": f"{DLQ}.fifo"}]}, good={"Rule": "r", "Targets": [{"Id": "a", "Arn": DLQ}]}, account={"events": {"list_targets_by_rule": {"Targets": []}}}),
    Case(id="events-trigger-of-rule", operation="PutRule", bad={"Name": "r"}, good={"Name": "r", "ScheduleExpression": "rate(5 minutes)"}),
    # GuardDuty
    Case(id="iam-one-role-of-a-service", operation="CreateServiceLinkedRole", bad={"AWSServiceName": "autoscaling.amazonaws.com"}, good={"AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": "acme"}, account={"iam": {"list_roles": {"Roles": [{"RoleName": "AWSServiceRoleForAutoScaling"}]}}}, words="Service role name AWSServiceRoleForAutoScaling has been taken in this account, please try a different suffix."),
    Case(id="guardduty-one-detector", operation="CreateDetector", bad={"Enable": True}, good={"Enable": True}, account={"guardduty": {"list_detectors": {"DetectorIds": ["d"]}}}, better_account={"guardduty": {"list_detectors": {"DetectorIds": []}}}),
    Case(id="guardduty-one-runtime-monitoring", operation="UpdateDetector", bad={"DetectorId": "d", "Features": [{"Name": "RUNTIME_MONITORING"}, {"Name": "EKS_RUNTIME_MONITORING"}]}, good={"DetectorId": "d", "Features": [{"Name": "RUNTIME_MONITORING"}]}),
    # IAM
    Case(id="iam-managed-policy-size", operation="CreatePolicy", bad={"PolicyDocument": big(6_144)}, good={"PolicyDocument": big(6_000)}, words="Cannot exceed quota for PolicySize: 6144"),
    Case(id="iam-inline-policies-size", operation="PutRolePolicy", bad={"RoleName": "r", "PolicyName": "b", "PolicyDocument": big(6_000)}, good={"RoleName": "r", "PolicyName": "a", "PolicyDocument": big(6_000)}, account={"iam": {"list_role_policies": {"PolicyNames": ["a"]}, "get_role_policy": {"PolicyDocument": json.loads(big(6_000))}}}, words="Maximum policy size of 10240 bytes exceeded for role r"),
    Case(id="iam-trust-policy-size", operation="CreateRole", bad={"AssumeRolePolicyDocument": big(2_048)}, good={"AssumeRolePolicyDocument": big(1_900)}, account=NO_ROLE, words="Cannot exceed quota for ACLSizePerRole: 2048"),
    Case(id="iam-attached-policies", operation="AttachRolePolicy", bad={"RoleName": "r", "PolicyArn": "p10"}, good={"RoleName": "r", "PolicyArn": "p9"}, account={"iam": {"list_attached_role_policies": {"AttachedPolicies": [{"PolicyArn": f"p{i}"} for i in range(10)]}}}, words="Cannot exceed quota for PoliciesPerRole: 10"),
    Case(id="iam-statement-ids", operation="CreatePolicy", bad={"PolicyDocument": policy({"Sid": "a-b", "Effect": "Allow"})}, good={"PolicyDocument": policy({"Sid": "aB1", "Effect": "Allow"})}, words="Statement IDs (SID) must be alpha-numeric."),
    Case(id="iam-principals-of-trust", operation="CreateRole", bad={"AssumeRolePolicyDocument": policy(allow({"AWS": GONE}, "sts:AssumeRole"))}, good={"AssumeRolePolicyDocument": policy(allow({"AWS": GONE}, "sts:AssumeRole"))}, account=NO_ROLE, better_account=A_ROLE, words="Invalid principal in policy"),
    # KMS
    Case(id="kms-lock-out", operation="CreateKey", bad={"Policy": policy(allow({"AWS": ROOT}, "kms:Decrypt"))}, good={"Policy": policy(allow({"AWS": CALLER}, "kms:Put*"))}, account=A_ROLE, words="The new key policy will not allow you to update the key policy in the future."),
    Case(id="kms-principals-of-key", operation="PutKeyPolicy", bad={"Policy": policy(allow({"AWS": ROOT}, "kms:*"), allow({"AWS": GONE}, "kms:Decrypt"))}, good={"Policy": policy(allow({"AWS": [ROOT, CALLER, "arn:aws:iam::999999999999:role/x"]}, "kms:*"))}, account=NO_ROLE, words="Policy contains a statement with one or more invalid principals."),
    Case(id="kms-statement-without-principal", operation="CreateKey", bad={"Policy": policy(allow({"AWS": ROOT}, "kms:*"), allow({}, "kms:*"))}, good={"Policy": policy(allow({"AWS": ROOT}, "kms:*"))}, account=A_ROLE),
    Case(id="kms-policy-size", operation="CreateKey", bad={"Policy": policy(allow({"AWS": ROOT}, "kms:*", Sid="x" * 32_768))}, good={"Policy": policy(allow({"AWS": ROOT}, "kms:*"))}, account=A_ROLE),
    Case(id="kms-rotation-of-asymmetric-keys", operation="EnableKeyRotation", bad={"KeyId": "k"}, good={"KeyId": "k"}, account={"kms": {"describe_key": {"KeyMetadata": {"Arn": "a", "KeySpec": "RSA_2048"}}}}, better_account={"kms": {"describe_key": {"KeyMetadata": {"Arn": "a", "KeySpec": "SYMMETRIC_DEFAULT"}}}}),
    # Logs
    Case(id="logs-key-policy-of-group", operation="CreateLogGroup", bad={"logGroupName": "g", "kmsKeyId": "k"}, good={"logGroupName": "g", "kmsKeyId": "k"}, account=KEY_FOR_NOBODY, better_account=KEY_FOR_LOGS, words="The specified KMS key does not exist or is not allowed to be used with Arn"),
    Case(id="logs-retention-days", operation="PutRetentionPolicy", bad={"retentionInDays": 100}, good={"retentionInDays": 400}),
    Case(id="logs-resource-policies", operation="PutResourcePolicy", bad={"policyName": "eleventh"}, good={"policyName": "p1"}, account={"logs": {"describe_resource_policies": {"resourcePolicies": [{"policyName": f"p{i}"} for i in range(10)]}}}),
    Case(id="logs-dimensions-of-metric", operation="PutMetricFilter", bad={"metricTransformations": [{"dimensions": dict.fromkeys("abcd", "$.x")}]}, good={"metricTransformations": [{"dimensions": dict.fromkeys("abc", "$.x")}]}),
    Case(id="logs-default-with-dimensions", operation="PutMetricFilter", bad={"metricTransformations": [{"dimensions": {"a": "$.a"}, "defaultValue": 0}]}, good={"metricTransformations": [{"defaultValue": 0}]}),
    # OpenSearch
    Case(id="opensearch-role-for-a-vpc", operation="CreateDomain", bad=domain(VPCOptions={"SubnetIds": ["a"]}), good=domain(VPCOptions={"SubnetIds": ["a"]}), account={"iam": {"list_roles": {"Roles": []}}}, better_account={"iam": {"list_roles": {"Roles": [{}]}}}, words="Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service permissions to access your VPC."),
    Case(id="opensearch-volume-throughput", operation="CreateDomain", bad=domain(EBSOptions={"VolumeType": "gp3", "VolumeSize": 200, "Throughput": 125}, ClusterConfig={"InstanceType": "r6g.large.search"}), good=domain(EBSOptions={"VolumeType": "gp3", "VolumeSize": 200, "Throughput": 250}, ClusterConfig={"InstanceType": "r6g.large.search"}), account=R6G, words="Throughput must be between 250 and 593"),
    Case(id="opensearch-volume-iops", operation="UpdateDomainConfig", bad=domain(EBSOptions={"VolumeType": "gp3", "VolumeSize": 2_000, "Iops": 3_000}), good=domain(EBSOptions={"VolumeType": "gp3", "VolumeSize": 2_000, "Iops": 6_000})),
    Case(id="opensearch-subnets-of-zones", operation="CreateDomain", bad=domain(VPCOptions={"SubnetIds": ["a", "b"]}, ClusterConfig={"ZoneAwarenessEnabled": False}), good=domain(VPCOptions={"SubnetIds": ["a", "b"]}, ClusterConfig={"ZoneAwarenessEnabled": True}), words="You must specify exactly one subnet."),
    Case(id="opensearch-nodes-of-two-zones", operation="CreateDomain", bad=domain(ClusterConfig={"InstanceCount": 3, "ZoneAwarenessEnabled": True}), good=domain(ClusterConfig={"InstanceCount": 4, "ZoneAwarenessEnabled": True}), words="You must choose an even number of data nodes for a two Availability Zone deployment"),
    Case(id="opensearch-nodes-of-three-zones", operation="CreateDomain", bad=domain(ClusterConfig={"InstanceCount": 2, **THREE_ZONES}), good=domain(ClusterConfig={"InstanceCount": 4, **THREE_ZONES})),
    Case(id="opensearch-dedicated-masters", operation="CreateDomain", bad=domain(ClusterConfig={"DedicatedMasterEnabled": True, "DedicatedMasterCount": 4}), good=domain(ClusterConfig={"DedicatedMasterEnabled": True, "DedicatedMasterCount": 3})),
    Case(id="opensearch-warm-nodes-need-masters", operation="CreateDomain", bad=domain(ClusterConfig={"WarmEnabled": True}), good=domain(ClusterConfig={"WarmEnabled": True, "DedicatedMasterEnabled": True})),
    Case(id="opensearch-auto-tune-of-burstable-nodes", operation="CreateDomain", bad=domain(ClusterConfig={"InstanceType": "t3.small.search"}, AutoTuneOptions={"DesiredState": "ENABLED"}), good=domain(ClusterConfig={"InstanceType": "t3.small.search"}, AutoTuneOptions={"DesiredState": "DISABLED"})),
    Case(id="opensearch-permission-to-write-logs", operation="CreateDomain", bad=domain(LogPublishingOptions={"AUDIT_LOGS": {"Enabled": True}}), good=domain(LogPublishingOptions={"AUDIT_LOGS": {"Enabled": True}}), account={"logs": {"describe_resource_policies": {"resourcePolicies": []}}}, better_account=LOGS_FOR_INDEX, words="does not grant sufficient permissions"),
    # Route 53
    Case(id="route53-one-zone-of-a-name-in-a-vpc", operation="CreateHostedZone", bad={"Name": "keep.example", "VPC": {"VPCId": "vpc-1", "VPCRegion": REGION}}, good={"Name": "other.example", "VPC": {"VPCId": "vpc-1", "VPCRegion": REGION}}, account={"route53": {"list_hosted_zones_by_vpc": {"HostedZoneSummaries": [{"Name": "keep.example.", "HostedZoneId": "Z1"}]}}}, words=f"The VPC vpc-1 in region {REGION} has already been associated with the hosted zone Z1 with the same domain name."),
    Case(id="route53-alias-at-the-apex", operation="ChangeResourceRecordSets", bad=record(Name="keep.example.", Type="CNAME"), good=record(Type="CNAME"), account=zone(), words="is not permitted at apex in zone keep.example."),
    Case(id="route53-records-beside-an-alias", operation="ChangeResourceRecordSets", bad=record(), good=record(Name="b.keep.example"), account=zone({"Name": "a.keep.example.", "Type": "CNAME"}), words="because a conflicting RRSet of type  CNAME with the same DNS name already exists"),
    Case(id="route53-lifetime-of-an-alias", operation="ChangeResourceRecordSets", bad=record(AliasTarget={"DNSName": "lb"}), good=record(AliasTarget={"DNSName": "lb"}, TTL=None, ResourceRecords=None), account=zone()),
    Case(id="route53-one-value-of-a-cname", operation="ChangeResourceRecordSets", bad=record(Type="CNAME", ResourceRecords=[{"Value": "x"}, {"Value": "y"}]), good=record(ResourceRecords=[{"Value": "10.0.0.1"}, {"Value": "10.0.0.2"}]), account=zone()),
    Case(id="route53-strings-of-text-records", operation="ChangeResourceRecordSets", bad=record(Type="TXT", ResourceRecords=[{"Value": f'"{"x" * 256}"'}]), good=record(Type="TXT", ResourceRecords=[{"Value": f'"{"x" * 255}" "{"y" * 255}"'}]), account=zone(), words="CharacterStringTooLong"),
    # S3
    Case(id="s3-replication-needs-versions-at-the-destination", operation="PutBucketReplication", bad={"Bucket": "b", "ReplicationConfiguration": {"Rules": [{"Destination": {"Bucket": "arn:aws:s3:::copy"}}]}}, good={"Bucket": "b", "ReplicationConfiguration": {"Rules": [{"Destination": {"Bucket": "arn:aws:s3:::copy"}}]}}, account={"s3": {"get_bucket_versioning": {}}}, better_account={"s3": {"get_bucket_versioning": {"Status": "Enabled"}}}, words="Destination bucket must have versioning enabled."),
    Case(id="s3-replication-needs-versions-at-the-source", operation="PutBucketReplication", bad={"Bucket": "b"}, good={"Bucket": "b"}, account={"s3": {"get_bucket_versioning": {"Status": "Suspended"}}}, better_account={"s3": {"get_bucket_versioning": {"Status": "Enabled"}}}),
    Case(id="s3-object-lock-needs-versions", operation="PutObjectLockConfiguration", bad={"Bucket": "b", "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}, good={"Bucket": "b", "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}, account={"s3": {"get_bucket_versioning": {}}}, better_account={"s3": {"get_bucket_versioning": {"Status": "Enabled"}}}),
    Case(id="s3-versions-of-locked-buckets", operation="PutBucketVersioning", bad={"Bucket": "b", "VersioningConfiguration": {"Status": "Suspended"}}, good={"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}, account={"s3": {"get_object_lock_configuration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}}}),
    Case(id="s3-default-retention-in-one-unit", operation="PutObjectLockConfiguration", bad={"Bucket": "b", "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": 1, "Years": 1}}}}, good={"Bucket": "b", "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": 1}}}}, account={"s3": {"get_bucket_versioning": {"Status": "Enabled"}}}),
    Case(id="s3-early-transitions", operation="PutBucketLifecycleConfiguration", bad=lifecycle(Transitions=[{"StorageClass": "STANDARD_IA", "Days": 15}]), good=lifecycle(Transitions=[{"StorageClass": "GLACIER", "Days": 0}, {"StorageClass": "STANDARD_IA", "Days": 30}])),
    Case(id="s3-expiry-before-transition", operation="PutBucketLifecycleConfiguration", bad=lifecycle(Transitions=[{"StorageClass": "GLACIER", "Days": 90}], Expiration={"Days": 90}), good=lifecycle(Transitions=[{"StorageClass": "GLACIER", "Days": 90}], Expiration={"Days": 91})),
    Case(id="s3-aborts-by-tag", operation="PutBucketLifecycleConfiguration", bad=lifecycle(Filter={"Tag": {"Key": "k"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}), good=lifecycle(Filter={"Prefix": ""}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7})),
    Case(id="s3-resources-of-bucket-policy", operation="PutBucketPolicy", bad=bucket_policy({"Effect": "Deny", "Principal": {"Service": "x"}, "Resource": "arn:aws:s3:::bc/*"}), good=bucket_policy({"Effect": "Deny", "Principal": {"Service": "x"}, "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]})),
    Case(id="s3-size-of-bucket-policy", operation="PutBucketPolicy", bad=bucket_policy({"Sid": "x" * 20_480}), good=bucket_policy({"Sid": "x"})),
    Case(id="s3-principals-of-bucket-policy", operation="PutBucketPolicy", bad=bucket_policy({"Effect": "Allow", "Principal": {"AWS": GONE}, "Resource": "arn:aws:s3:::b"}), good=bucket_policy({"Effect": "Allow", "Principal": {"AWS": ROOT}, "Resource": "arn:aws:s3:::b"}), account=NO_ROLE),
    Case(id="s3-public-policy-of-closed-bucket", operation="PutBucketPolicy", bad=bucket_policy({"Effect": "Allow", "Principal": "*", "Resource": "arn:aws:s3:::b/*"}), good=bucket_policy({"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::b/*"}), account={"s3": {"get_public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}}}}),
    # Secrets Manager
    Case(id="secretsmanager-recovery-window", operation="DeleteSecret", bad={"SecretId": "s", "RecoveryWindowInDays": 6}, good={"SecretId": "s", "RecoveryWindowInDays": 7}),
    Case(id="secretsmanager-name-in-deletion", operation="CreateSecret", bad={"Name": "s"}, good={"Name": "t"}, account={"secretsmanager": {"list_secrets": {"SecretList": [{"Name": "s", "DeletedDate": "2026-01-01"}, {"Name": "t"}]}}}, words="already scheduled for deletion"),
    Case(id="secretsmanager-public-policy", operation="PutResourcePolicy", bad={"ResourcePolicy": policy(allow("*", "secretsmanager:*")), "BlockPublicPolicy": True}, good={"ResourcePolicy": policy(allow({"AWS": ROOT}, "secretsmanager:*")), "BlockPublicPolicy": True}),
    Case(id="secretsmanager-principals-of-secret", operation="PutResourcePolicy", bad={"ResourcePolicy": policy(allow({"AWS": GONE}, "secretsmanager:*"))}, good={"ResourcePolicy": policy(allow({"AWS": ROOT}, "secretsmanager:*"))}, account=NO_ROLE),
    # SQS
    Case(id="sqs-attribute-ranges", operation="CreateQueue", bad=queue(VisibilityTimeout="43201"), good=queue(VisibilityTimeout="43200", MessageRetentionPeriod="1209600"), words="Invalid value for the parameter VisibilityTimeout."),
    Case(id="sqs-receives-before-dead-letter", operation="SetQueueAttributes", bad=queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": DLQ, "maxReceiveCount": 1_001})), good=queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": DLQ, "maxReceiveCount": "5"}))),
    Case(id="sqs-dead-letters-of-the-same-kind", operation="CreateQueue", bad=queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": f"{DLQ}.fifo"})), good=queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": DLQ}))),
    Case(id="sqs-one-kind-of-encryption", operation="CreateQueue", bad=queue(KmsMasterKeyId="k", SqsManagedSseEnabled="true"), good=queue(KmsMasterKeyId="k", SqsManagedSseEnabled="false")),
    Case(id="sqs-names-of-fifo-queues", operation="CreateQueue", bad=queue(FifoQueue="true"), good={"QueueName": "q.fifo", "Attributes": {"FifoQueue": "true"}}),
    # Parameter Store
    Case(id="ssm-size-of-parameter", operation="PutParameter", bad={"Name": "p", "Value": "x" * 4_097}, good={"Name": "p", "Value": "x" * 8_192, "Tier": "Advanced"}),
    Case(id="ssm-policies-of-standard-parameters", operation="PutParameter", bad={"Name": "p", "Value": "x", "Policies": "[]"}, good={"Name": "p", "Value": "x", "Policies": "[]", "Tier": "Advanced"}),
)  # fmt: skip
