"""Clients for AWS's services, in the keep's own region and no other."""

from typing import Any

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.document import RuntimeSettings

ATTEMPTS = 5
CONNECT_SECONDS, READ_SECONDS = 5, 60


def client(settings: RuntimeSettings, service: str) -> Any:
    """A boto3 client by the pod's identity. `AWS_ENDPOINT_URL*` are boto3's own variables; the sandbox sets them.

    Raises:
        SettingsFault: the tenant's region is not one of its allowed regions.
    """
    import boto3  # heavy: only what talks to AWS loads it
    from botocore.config import Config

    region = settings.regions.primary
    if region not in settings.regions.allowed:
        raise SettingsFault(
            f"regions.primary {region!r} is none of regions.allowed ({', '.join(settings.regions.allowed)})"
        )
    config = Config(
        region_name=region,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
    return boto3.client(service, config=config)


def is_missing(error: Exception) -> bool:
    """Whether S3 answered that there is no such object."""
    answer: dict[str, dict[str, str]] = getattr(error, "response", {})
    return answer.get("Error", {}).get("Code") in ("NoSuchKey", "404")
