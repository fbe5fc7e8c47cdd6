"""Secrets by their ARN: read when needed, kept for minutes, never written anywhere."""

import time
from collections.abc import Callable
from typing import Any

from codekeep_contracts.faults import AccessFault, SettingsFault

KEPT_SECONDS = 300.0  # a rotated secret is used after that at the latest


class Secrets:
    """Reads AWS Secrets Manager.

    Args:
        client: boto3's `secretsmanager` client.
        clock: seconds that only grow.
    """

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._kept: dict[str, tuple[float, str]] = {}

    def text(self, arn: str) -> str:
        """The secret's value.

        Raises:
            SettingsFault: the place for it is empty still.
            AccessFault: this workload may not read it.
        """
        kept = self._kept.get(arn)
        if kept and kept[0] > self._clock():
            return kept[1]
        value = self._read(arn)
        self._kept[arn] = (self._clock() + KEPT_SECONDS, value)
        return value

    def forget(self, arn: str) -> None:
        """After the secret was refused somewhere: the next reading asks again, for it may have been rotated."""
        self._kept.pop(arn, None)

    def _read(self, arn: str) -> str:
        from botocore.exceptions import ClientError

        try:
            value: str = self._client.get_secret_value(SecretId=arn)["SecretString"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ResourceNotFoundException":
                raise SettingsFault(f"secret {arn} has no value yet; put the token or key into it") from None
            raise AccessFault(f"secret {arn} cannot be read ({code})") from None
        return value.strip()
