"""Clients of AWS services in the keep's own region."""

from collections.abc import Callable
from typing import Any

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.document import RuntimeSettings

ATTEMPTS = 5
CONNECT_SECONDS, READ_SECONDS = 5, 60


def client(settings: RuntimeSettings, service: str) -> Any:
    """A boto3 client with the pod's identity. boto3 itself reads `AWS_ENDPOINT_URL*`, which the sandbox sets.

    Raises:
        SettingsFault: the tenant's region is not one of its allowed regions.
    """
    import boto3
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


def none_if_missing(call: Callable[..., Any], **arguments: Any) -> Any:
    """The answer of an S3 call; None if there is no such object."""
    from botocore.exceptions import ClientError

    try:
        return call(**arguments)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
            return None
        raise
