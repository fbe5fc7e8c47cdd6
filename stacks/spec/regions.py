"""AWS regions of the standard partition that offer what a keep uses, and the regions in names and ARNs.

Source: AWS General Reference, "Service endpoints and quotas" (Amazon EKS, OpenSearch Service, Network Firewall, KMS,
GuardDuty). Without the China and GovCloud partitions: their ARNs and services differ.
"""

REGIONS: frozenset[str] = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)


def region_of_zone(zone: str) -> str:
    """`eu-central-1a` → `eu-central-1`."""
    return zone[:-1]


def region_of_service(service: str) -> str:
    """`com.amazonaws.vpce.eu-central-1.vpce-svc-0f` → `eu-central-1`."""
    return service.split(".")[3]


def region_of_arn(arn: str) -> str:
    """`arn:aws:kms:eu-central-1:111122223333:key/…` → `eu-central-1`."""
    return arn.split(":")[3]


def account_of_arn(arn: str) -> str:
    """`arn:aws:iam::111122223333:role/x` → `111122223333`."""
    return arn.split(":")[4]
