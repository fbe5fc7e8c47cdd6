"""The frameworks that the logging rules serve, and which buckets receive logs."""

from policies.graph import Node, ResourceGraph
from policies.rules._types import BALANCERS, BUCKET_LOGGING, TRAIL

NO_CODE = {"SOC 2": ("C1.1", "CC6.1"), "ISO 27001": ("A.8.12", "A.8.15")}
RECORDED = {"SOC 2": ("CC7.2",), "ISO 27001": ("A.8.15", "A.8.16")}


def is_adopted(node: Node) -> bool:
    """Whether the stack only reads it: what completes it may be in another stack."""
    return bool(node.options.get("external"))


def receives_logs(bucket: Node, graph: ResourceGraph) -> bool:
    """Whether S3, load balancers or a trail deliver their logs there."""
    return bool(
        graph.referrers(bucket, "targetBucket", *BUCKET_LOGGING)
        or graph.referrers(bucket, "accessLogs", *BALANCERS)
        or graph.referrers(bucket, "s3BucketName", TRAIL)
    )
