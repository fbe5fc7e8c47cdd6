"""Guards of the encryption rules."""

from collections.abc import Mapping

from policies.rules._types import REPOSITORY
from policies.rules.encryption import (
    cmk_backups,
    cmk_databases,
    cmk_files,
    cmk_firewalls,
    cmk_images,
    cmk_index,
    cmk_messages,
    cmk_volumes,
    key_deletion_window,
)
from policies.rules.encryption.no_plain_http import ADDRESSES
from tests.policies.guards.at_rest import at_rest_guards
from tests.policies.guards.guard import Break, Guard


def _with_url(url: str) -> Mapping[str, object]:
    container = {"name": "gateway", "env": [{"name": "INDEX_URL", "value": url}]}
    return {"spec": {"template": {"spec": {"containers": [container]}}}}


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "cluster-secrets": (
        Guard("aws:eks/cluster:Cluster", "encryptionConfig", breaks=(Break.REMOVE,)),
        Guard("aws:eks/cluster:Cluster", "encryptionConfig.resources", breaks=(Break.REMOVE,), values=([],)),
        Guard(
            "aws:eks/cluster:Cluster",
            "encryptionConfig.provider.keyArn",
            breaks=(Break.REMOVE,),
            values=("alias/aws/eks",),
        ),
    ),
    "cmk-backups": at_rest_guards(cmk_backups.RULE),
    "cmk-buckets": (
        Guard(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm",
            values=("AES256",),
        ),
        Guard("aws:s3/bucket:Bucket", add=({"bucket": "plain"},)),
    ),
    "cmk-databases": at_rest_guards(cmk_databases.RULE),
    "cmk-files": at_rest_guards(cmk_files.RULE),
    "cmk-firewalls": at_rest_guards(cmk_firewalls.RULE),
    "cmk-images": (
        Guard(REPOSITORY, "encryptionConfigurations[*].kmsKey", (Break.REMOVE,), ("alias/aws/service",)),
        Guard(REPOSITORY, add=({},)),
        Guard(REPOSITORY, "encryptionConfigurations[*].encryptionType", values=("AES256",)),
        Guard(REPOSITORY, "encryptionConfigurations", values=([],)),
        *(guard for guard in at_rest_guards(cmk_images.RULE) if guard.type != REPOSITORY),
    ),
    "cmk-index": at_rest_guards(cmk_index.RULE),
    "cmk-messages": at_rest_guards(cmk_messages.RULE),
    "cmk-secrets": (
        Guard(
            "aws:secretsmanager/secret:Secret",
            "kmsKeyId",
            breaks=(Break.REMOVE,),
            values=("alias/aws/secretsmanager",),
        ),
        Guard(
            "aws:secretsmanager/secret:Secret",
            "replicas[*].kmsKeyId",
            breaks=(Break.REMOVE,),
            values=("alias/aws/secretsmanager",),
        ),
        Guard(
            "aws:ssm/parameter:Parameter",
            add=({"type": "SecureString"}, {"type": "SecureString", "keyId": "alias/aws/ssm"}),
        ),
    ),
    "cmk-volumes": (
        *at_rest_guards(cmk_volumes.RULE),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "blockDeviceMappings[*].ebs.encrypted",
            breaks=(Break.REMOVE,),
            values=("false",),
        ),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "blockDeviceMappings[*].ebs.kmsKeyId",
            breaks=(Break.REMOVE,),
            values=("alias/aws/ebs",),
        ),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "blockDeviceMappings",
            breaks=(Break.REMOVE,),
            values=([],),
        ),
        Guard(
            "aws:ec2/instance:Instance",
            add=(
                {"instanceType": "c7i.large"},
                {"rootBlockDevice": {"encrypted": True}},
                {
                    "rootBlockDevice": {"encrypted": True, "kmsKeyId": "key"},
                    "ebsBlockDevices": [{"deviceName": "/dev/sdf", "encrypted": False}],
                },
            ),
        ),
        Guard("aws:ec2/launchConfiguration:LaunchConfiguration", add=({"rootBlockDevice": {"volumeSize": 8}},)),
    ),
    "ebs-default-encryption": (
        Guard("aws:ebs/encryptionByDefault:EncryptionByDefault", "enabled", breaks=(Break.FLIP,)),
        Guard("aws:ebs/encryptionByDefault:EncryptionByDefault", drop=True),
        Guard("aws:ebs/defaultKmsKey:DefaultKmsKey", "keyArn", values=("alias/aws/ebs",)),
        Guard("aws:ebs/defaultKmsKey:DefaultKmsKey", drop=True),
    ),
    "key-deletion-window": tuple(
        Guard(each, "deletionWindowInDays", values=(7, 13)) for each in key_deletion_window.RULE.applies_to
    ),
    "key-rotation": (
        Guard("aws:kms/key:Key", "enableKeyRotation", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("aws:kms/key:Key", "rotationPeriodInDays", values=(731, 2560)),
        Guard("aws:kms/key:Key", "keyUsage", values=("ENCRYPT_DECRYPT",)),
    ),
    "no-plain-http": (
        Guard("aws:sns/topicSubscription:TopicSubscription", "protocol", values=("http",)),
        Guard(
            "kubernetes:apps/v1:Deployment",
            add=(_with_url("http://index.example.com:9200"), _with_url("http://10.0.3.7:8000")),
        ),
        *(
            Guard(token, add=({path: "http://hooks.example.com/in"},))
            for token, path in ADDRESSES.items()
            if "." not in path
        ),
    ),
    "tls-buckets": (
        Guard("aws:s3/bucketPolicy:BucketPolicy", drop=True),
        Guard("aws:s3/bucketPolicy:BucketPolicy", "policy|Statement[0]", breaks=(Break.REMOVE,)),
        Guard("aws:s3/bucketPolicy:BucketPolicy", "policy|Statement[0].Effect", values=("Allow",)),
        Guard("aws:s3/bucketPolicy:BucketPolicy", "policy|Statement[0].Action", values=(["s3:PutObject"],)),
        Guard(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy|Statement[0].Resource",
            values=("arn:aws:s3:::one-bucket/*",),
        ),
        Guard(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy|Statement[0].Condition.Bool.aws:SecureTransport",
            values=("true",),
        ),
        Guard(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy|Statement[0].Principal",
            values=({"AWS": "arn:aws:iam::111122223333:root"},),
        ),
        Guard("aws:s3/bucket:Bucket", add=({"bucket": "open"},)),
    ),
    "tls-databases": (
        Guard(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            add=({}, {"transitEncryptionMode": "preferred", "transitEncryptionEnabled": True}),
        ),
        Guard("aws:rds/proxy:Proxy", add=({"engineFamily": "POSTGRESQL"},)),
        Guard("aws:dax/cluster:Cluster", add=({"clusterEndpointEncryptionType": "NONE"},)),
        Guard("aws:memorydb/cluster:Cluster", add=({"tlsEnabled": False},)),
        Guard(
            "aws:msk/cluster:Cluster",
            add=(
                {"encryptionInfo": {"encryptionInTransit": {"clientBroker": "TLS_PLAINTEXT"}}},
                {"encryptionInfo": {"encryptionInTransit": {"inCluster": False}}},
            ),
        ),
        Guard(
            "aws:rds/parameterGroup:ParameterGroup",
            add=({"parameters": [{"name": "rds.force_ssl", "value": "0"}]},),
        ),
        Guard(
            "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
            add=({"parameters": [{"name": "tls", "value": "disabled"}]},),
        ),
    ),
    "tls-index": (
        Guard(
            "aws:opensearch/domain:Domain",
            "domainEndpointOptions.enforceHttps",
            breaks=(Break.REMOVE, Break.FLIP),
        ),
        Guard(
            "aws:opensearch/domain:Domain",
            "domainEndpointOptions.tlsSecurityPolicy",
            breaks=(Break.REMOVE,),
            values=("Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-0-Any"),
        ),
        Guard("aws:opensearch/domain:Domain", "nodeToNodeEncryption.enabled", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("aws:elasticsearch/domain:Domain", add=({"domainName": "old"},)),
    ),
    "tls-listeners": (
        Guard("aws:lb/listener:Listener", "protocol", values=("HTTP", "UDP", "TCP_UDP", "TLS", "HTTPS")),
        Guard("aws:lb/listener:Listener", "port", values=(80, 8080)),
        Guard(
            "aws:lb/listener:Listener",
            add=(
                {"protocol": "HTTPS", "port": 443, "sslPolicy": "ELBSecurityPolicy-2016-08"},
                {"protocol": "HTTPS", "port": 443, "sslPolicy": "ELBSecurityPolicy-TLS13-1-0-2021-06"},
                {"protocol": "HTTP", "port": 80, "defaultActions": [{"type": "redirect", "redirect": {"port": "81"}}]},
            ),
        ),
        Guard("aws:elb/loadBalancer:LoadBalancer", add=({"listeners": [{"lbPort": 80, "lbProtocol": "http"}]},)),
        Guard("aws:apigateway/domainName:DomainName", add=({}, {"securityPolicy": "TLS_1_0"})),
        Guard(
            "aws:apigatewayv2/domainName:DomainName",
            "domainNameConfiguration.securityPolicy",
            breaks=(Break.REMOVE,),
        ),
    ),
    "tls-messages": (
        Guard("aws:sqs/queuePolicy:QueuePolicy", drop=True),
        Guard("aws:sns/topicPolicy:TopicPolicy", drop=True),
        Guard("aws:sqs/queuePolicy:QueuePolicy", "policy|Statement[0].Effect", values=("Allow",)),
        Guard(
            "aws:sqs/queuePolicy:QueuePolicy",
            "policy|Statement[0].Condition.Bool.aws:SecureTransport",
            values=("true",),
        ),
        Guard("aws:sqs/queue:Queue", add=({"name": "open"},)),
        Guard("aws:sns/topic:Topic", add=({"name": "open"},)),
    ),
    "tls-targets": (
        Guard("aws:lb/targetGroup:TargetGroup", "protocol", values=("HTTP", "UDP", "TCP_UDP")),
        Guard("aws:lb/targetGroup:TargetGroup", "port", values=(80, 8080)),
        Guard("aws:lb/targetGroup:TargetGroup", "healthCheck.protocol", values=("HTTP",)),
        Guard("aws:lb/targetGroup:TargetGroup", add=({"protocol": "HTTP", "port": 8000},)),
    ),
}
