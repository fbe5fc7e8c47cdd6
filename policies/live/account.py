"""The account's clients, and which of its errors say that a resource is gone."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NOT_FOUND = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "ResourceNotFound")


class AccountError(Exception):
    """The account cannot be read at all, or is another one than the stack's."""


@dataclass(kw_only=True)
class Account:
    """boto3 clients by service and region.

    `endpoint` points all of them at a stand-in, with credentials that are made up; `holds` says of which types a
    stand-in can tell whether a resource is there.
    """

    region: str
    endpoint: str | None = None
    holds: Callable[[str], bool] = lambda _: True
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _credentials: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.endpoint is not None:
            self._credentials = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}

    def client(self, service: str, region: str | None) -> Any:
        key = (service, region or self.region)
        with self._lock:  # making a client is not safe in threads, using one is
            if key not in self._clients:
                self._clients[key] = self._session().client(service, region_name=key[1], endpoint_url=self.endpoint)
            return self._clients[key]

    def enter(self, account_id: str, role_arn: str | None) -> None:
        """Makes sure that the clients are those of the stack's account, as its deployer role where need be.

        Raises:
            AccountError: there are no credentials, or they lead to another account: its answers would prove nothing.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only live checks load boto3

        try:
            found = self.client("sts", None).get_caller_identity()["Account"]
            if found != account_id and role_arn:
                self._assume(role_arn)
                found = self.client("sts", None).get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise AccountError(f"account {account_id} cannot be read: {error}; sign in first") from error
        if found != account_id:
            raise AccountError(f"the credentials are those of account {found}, the stack's account is {account_id}")

    def _assume(self, role_arn: str) -> None:
        answer = self.client("sts", None).assume_role(RoleArn=role_arn, RoleSessionName="codekeep-check")["Credentials"]
        self._credentials = {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }
        self._clients.clear()

    def _session(self) -> Any:
        import boto3  # noqa: PLC0415 - only live checks load it

        keys: dict[str, Any] = dict(self._credentials)
        return boto3.Session(**keys)


def is_gone(error: Exception) -> bool:
    """Whether an error of a call says that what it asked for is not there."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    return any(word in code for word in NOT_FOUND)
