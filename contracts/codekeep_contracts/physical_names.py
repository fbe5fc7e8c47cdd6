"""Names of a keep's resources inside AWS, and the longest that AWS takes.

Limits are those of botocore 1.44.5's models where they have one, else of the page named beside it (read November 2026).
"""

from typing import Final

from codekeep_contracts.roles import BucketRole

PREFIX: Final = "codekeep"

ROLE_NAME_MAX: Final = 64  # botocore: iam, roleNameType
SEARCH_DOMAIN_NAME_MAX: Final = 28  # botocore: opensearch, DomainName
BUCKET_NAME_MAX: Final = 63  # Amazon S3 User Guide, "General purpose bucket naming rules"
LOAD_BALANCER_NAME_MAX: Final = 32  # Elastic Load Balancing API Reference, CreateLoadBalancer and CreateTargetGroup


def physical_name(tenant: str, *parts: str) -> str:
    """`codekeep-<tenant>-<part>...`: unique in an account and region."""
    return "-".join((PREFIX, tenant, *parts))


def global_name(tenant: str, *parts: str, account_id: str, region: str) -> str:
    """The physical name with account and region: unique across AWS."""
    return "-".join((physical_name(tenant, *parts), account_id, region))


def bucket_name(tenant: str, role: BucketRole, *, account_id: str, region: str) -> str:
    """Name of the bucket of one role."""
    return global_name(tenant, role.value, account_id=account_id, region=region)


def objects_prefix(tenant: str) -> str:
    """Prefix of a keep's objects in each of its buckets."""
    return f"{tenant}/"


def longest_tenant(role: BucketRole, region: str) -> int:
    """How long a tenant's name may be, so that the bucket's name fits in a region."""
    return BUCKET_NAME_MAX - len(bucket_name("", role, account_id="1" * 12, region=region))


def search_domain_name(tenant: str) -> str:
    """Name of the OpenSearch domain, without our prefix: AWS allows 28 characters."""
    return f"{tenant}-index"


def load_balancer_name(tenant: str) -> str:
    """Name of the entry's load balancer and target group, without our prefix: AWS allows 32 characters."""
    return f"{tenant}-entry"
