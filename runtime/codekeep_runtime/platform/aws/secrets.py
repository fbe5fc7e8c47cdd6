"""Secrets by ARN: read when needed, cached for minutes, written nowhere."""

import time
from collections.abc import Callable
from typing import Any

from codekeep_contracts.faults import AccessFault, SettingsFault

TTL_SECONDS = 300.0  # a rotated secret is used after that at the latest


class Secrets:
    """Reads AWS Secrets Manager.

    Args:
        client: boto3's `secretsmanager` client.
        clock: monotonic seconds.
    """

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._cached: dict[str, tuple[float, str]] = {}

    def text(self, arn: str) -> str:
        """The secret's value.

        Raises:
            SettingsFault: the secret has no value yet.
            AccessFault: this workload may not read it.
        """
        cached = self._cached.get(arn)
        if cached and cached[0] > self._clock():
            return cached[1]
        value = self._read(arn)
        self._cached[arn] = (self._clock() + TTL_SECONDS, value)
        return value

    def _read(self, arn: str) -> str:
        from botocore.exceptions import ClientError

        try:
            value: str = self._client.get_secret_value(SecretId=arn)["SecretString"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ResourceNotFoundException":
                raise SettingsFault(
                    f"secret {arn} does not exist or has no value yet; put the token or key into it"
                ) from None
            raise AccessFault(f"secret {arn} cannot be read ({code})") from None
        return value.strip()
