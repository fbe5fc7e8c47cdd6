"""Host names of AWS's services by region: what must resolve for an interface endpoint to be of use.

From botocore 1.44.5 (endpoint rule sets and partitions); tests/contracts/test_service_hosts.py compares every name in
every region. Where botocore does not know an endpoint's names, AWS's guide is named beside them.
"""

from collections.abc import Mapping
from typing import Final

_SUFFIXES: Final[Mapping[str, tuple[str, str]]] = {
    "cn-": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "eusc-": ("amazonaws.eu", "api.amazonwebservices.eu"),
}
_STANDARD: Final = ("amazonaws.com", "api.aws")  # GovCloud's too

_PLAIN: Final = "{service}.{region}.{suffix}"
_DUAL_STACK: Final = "{service}.{region}.{dual_stack}"

SERVICE_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "aps": (_PLAIN, _DUAL_STACK),
    "aps-workspaces": (_PLAIN,),  # Amazon Managed Service for Prometheus User Guide, "Interface VPC endpoints"
    "autoscaling": (_PLAIN, _DUAL_STACK),
    "cloudtrail": (_PLAIN, _DUAL_STACK),
    "ec2": (_PLAIN, _DUAL_STACK),
    "ec2messages": (_PLAIN,),  # AWS Systems Manager User Guide, "Create VPC endpoints"
    "ecr.api": ("api.ecr.{region}.{suffix}", "ecr.{region}.{dual_stack}"),
    # Amazon ECR User Guide, "Getting started with making requests over IPv6"; the account's id is in front
    "ecr.dkr": ("*.dkr.ecr.{region}.{suffix}",),
    "eks": (_PLAIN, _DUAL_STACK),
    "eks-auth": (_DUAL_STACK,),  # the only name: without it no pod gets credentials
    "elasticloadbalancing": (_PLAIN, _DUAL_STACK),
    "events": (_PLAIN, _DUAL_STACK),
    "guardduty-data": (_PLAIN,),  # Amazon GuardDuty User Guide, Runtime Monitoring, "VPC endpoint"
    "kms": (_PLAIN, _DUAL_STACK),
    "logs": (_PLAIN, _DUAL_STACK),
    "monitoring": (_PLAIN, _DUAL_STACK),
    "secretsmanager": (_PLAIN, _DUAL_STACK),  # the second in the European Sovereign Cloud only
    "sns": (_PLAIN, _DUAL_STACK),
    "sqs": (_PLAIN, _DUAL_STACK),
    "ssm": (_PLAIN, _DUAL_STACK),
    "ssmmessages": (_PLAIN,),  # AWS Systems Manager User Guide, "Create VPC endpoints"
    "sts": (_PLAIN, _DUAL_STACK),
    "xray": (_PLAIN, _DUAL_STACK),
}
"""Names by the last part of an endpoint's service name (`com.amazonaws.<region>.<service>`)."""


def dns_suffix(region: str) -> str:
    """Last part of the host names of a region's services."""
    return _suffixes(region)[0]


def service_hosts(service: str, region: str) -> tuple[str, ...]:
    """Names of a service in a region; `*.` in front where a name has parts of its own there.

    Raises:
        KeyError: the service is not in the table.
    """
    suffix, dual_stack = _suffixes(region)
    return tuple(
        each.format(service=service, region=region, suffix=suffix, dual_stack=dual_stack)
        for each in SERVICE_HOSTS[service]
    )


def resource_hosts(region: str) -> dict[str, tuple[str, ...]]:
    """Names of what a keep has in its network, by kind: `*.` stands for the resource's own part.

    From Amazon EKS User Guide, "Cluster API server endpoint" (IPv4 clusters); Amazon OpenSearch Service Developer
    Guide, "VPC domains"; Amazon S3 User Guide, "Virtual hosting"; AWS PrivateLink Guide, "Access an AWS service".
    """
    suffix = dns_suffix(region)
    return {
        "bucket": (f"s3.{region}.{suffix}", f"*.s3.{region}.{suffix}", f"*.s3.dualstack.{region}.{suffix}"),
        "cluster": (f"*.{region}.eks.{suffix}",),
        "domain": (f"*.{region}.es.{suffix}",),
        "endpoint": (f"*.{region}.vpce.{suffix}",),
    }


def covers(pattern: str, name: str) -> bool:
    """Whether a DNS firewall's domain covers a name or another pattern: `*.` stands for one part or more in front."""
    if pattern in {"*", name}:
        return True
    return pattern.startswith("*.") and name.removeprefix("*").endswith(pattern[1:])


def _suffixes(region: str) -> tuple[str, str]:
    return next((each for prefix, each in _SUFFIXES.items() if region.startswith(prefix)), _STANDARD)
