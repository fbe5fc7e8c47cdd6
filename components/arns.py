"""Amazon resource names, with the partition that a region belongs to."""

import re

from codekeep_contracts import service_hosts

PARTITION_OF_REGION_PREFIX = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}

REGION_PATTERN = re.compile(r"^[a-z]{2,4}(-[a-z]+)+-\d$")
KEY_ARN_PATTERN = re.compile(r"^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):key/((?:mrk-)?[0-9a-f-]{32,36})$")


def partition(region: str) -> str:
    """`aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`."""
    return next((name for prefix, name in PARTITION_OF_REGION_PREFIX.items() if region.startswith(prefix)), "aws")


def dns_suffix(region: str) -> str:
    """Last part of the host names of a region's services."""
    return service_hosts.dns_suffix(region)


def arn(service: str, resource: str, *, region: str, account_id: str = "", regional: bool = True) -> str:
    """`arn:<partition>:<service>:<region>:<account>:<resource>`; `regional=False` leaves the region field empty."""
    return f"arn:{partition(region)}:{service}:{region if regional else ''}:{account_id}:{resource}"


def region_of_key(key_arn: str) -> str:
    """Region in a key's ARN."""
    return key_arn.split(":")[3]


def account_of_key(key_arn: str) -> str:
    """Account in a key's ARN: of whoever holds the key."""
    return key_arn.split(":")[4]


def root_arn(account_id: str, region: str) -> str:
    """The account as a principal: everybody in it whom its IAM policies allow."""
    return arn("iam", "root", region=region, account_id=account_id, regional=False)


def role_arn(name: str, account_id: str, region: str) -> str:
    """A role by name (with its path, if any)."""
    return arn("iam", f"role/{name}", region=region, account_id=account_id, regional=False)


def aws_policy_arn(name: str, region: str) -> str:
    """A policy that AWS manages, such as AmazonEKSClusterPolicy."""
    return arn("iam", f"policy/{name}", region=region, account_id="aws", regional=False)


def service_host(service: str, region: str) -> str:
    """`<service>.<region>.amazonaws.com`, with the partition's suffix: a service's regional principal."""
    return f"{service}.{region}.{dns_suffix(region)}"


def via_service(service: str, region: str) -> str:
    """The value of `kms:ViaService`, which has the suffix `.amazonaws.com` in all partitions (KMS Developer Guide)."""
    return f"{service}.{region}.amazonaws.com"
