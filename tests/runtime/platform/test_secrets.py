"""Secrets are read by ARN and cached for minutes; errors do not contain their values."""

from typing import Any

import pytest
from codekeep_contracts.faults import SettingsFault
from codekeep_runtime.platform.aws.secrets import TTL_SECONDS, Secrets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_rotated_secret_is_read_when_the_cached_one_expires(aws: Any) -> None:
    client, clock = aws("secretsmanager"), Clock()
    arn = client.create_secret(Name="token", SecretString="first\n")["ARN"]
    secrets = Secrets(client, clock)
    assert secrets.text(arn) == "first"
    client.put_secret_value(SecretId=arn, SecretString="second")
    assert secrets.text(arn) == "first"
    clock.now = TTL_SECONDS + 1
    assert secrets.text(arn) == "second"


def test_a_secret_without_a_value_is_a_settings_fault(aws: Any) -> None:
    client = aws("secretsmanager")
    arn = client.create_secret(Name="token")["ARN"]
    with pytest.raises(SettingsFault, match="no value yet"):
        Secrets(client).text(arn)
