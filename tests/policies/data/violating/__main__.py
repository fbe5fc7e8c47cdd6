"""Breaks rules of many families, with and without a component of its own; plain pulumi_aws and pulumi_kubernetes."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s


class Store(pulumi.ComponentResource):
    """A bucket and what may be done with it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Store", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(name, region="us-east-1", opts=below)
        policy = document("*", "s3:*", self.bucket.arn)
        aws.s3.BucketPolicy(name, bucket=self.bucket.id, region="us-east-1", policy=policy, opts=below)
        self.register_outputs({"arn": self.bucket.arn})


def document(principal: Any, action: str, resource: Any) -> pulumi.Output[str]:
    allow = {"Effect": "Allow", "Action": action, "Resource": resource}
    if principal:
        allow["Principal"] = principal
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [allow]})


trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
away = aws.Provider("away", region="us-east-1")
key = aws.kms.Key("slow", enable_key_rotation=False, deletion_window_in_days=7)
aws.kms.Key.get("seen", key.id)
Store("store")
aws.sqs.Queue("far", opts=pulumi.ResourceOptions(provider=away))
aws.sns.Topic("kept", kms_master_key_id=pulumi.Output.secret("alias/canary-41c7"))
aws.secretsmanager.Secret("copied", replicas=[{"region": "us-west-2"}])
aws.ssm.Parameter("token", type="SecureString", value=pulumi.Output.secret("canary-41c7"), key_id=key.arn)
role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
aws.iam.RolePolicy("all", role=role.id, policy=document(None, "*", "*"))
aws.iam.RolePolicy("abroad", role=role.id, policy=document(None, "kms:Decrypt", "arn:aws:kms:us-east-1:1:key/x"))
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
aws.ec2.InternetGateway("out", vpc_id=vpc.id)
group = aws.ec2.SecurityGroup("open", vpc_id=vpc.id)
aws.vpc.SecurityGroupIngressRule(
    "world", security_group_id=group.id, ip_protocol="tcp", from_port=22, to_port=22, cidr_ipv4="0.0.0.0/0"
)
aws.cloudwatch.LogGroup("logs")
space = k8s.core.v1.Namespace("space", metadata={"name": "space"})
k8s.core.v1.Pod(
    "pod",
    metadata={"name": "pod", "namespace": "space"},
    spec={"containers": [{"name": "a", "image": "busybox", "securityContext": {"privileged": True}}]},
    opts=pulumi.ResourceOptions(depends_on=[space]),
)
