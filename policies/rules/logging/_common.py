"""What the logging rules share: frameworks, resource types, and which buckets only take logs."""

from policies.graph import Node, ResourceGraph

NO_CODE = {"SOC 2": ("C1.1", "CC6.1"), "ISO 27001": ("A.8.12", "A.8.15")}
RECORDED = {"SOC 2": ("CC7.2",), "ISO 27001": ("A.8.15", "A.8.16")}

STACK = "pulumi:pulumi:Stack"
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BUCKET_LOGGING = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LIFECYCLE = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TRAIL = "aws:cloudtrail/trail:Trail"
VPCS = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
CLUSTER = "aws:eks/cluster:Cluster"


def is_adopted(node: Node) -> bool:
    """Whether the stack only reads it: what completes it may be elsewhere."""
    return bool(node.options.get("external"))


def takes_logs(bucket: Node, graph: ResourceGraph) -> bool:
    """Whether S3, load balancers or a trail deliver their logs there."""
    return bool(
        graph.referrers(bucket, "targetBucket", *BUCKET_LOGGING)
        or graph.referrers(bucket, "accessLogs", *BALANCERS)
        or graph.referrers(bucket, "s3BucketName", TRAIL)
    )
