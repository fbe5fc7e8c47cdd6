"""The account's clients, and one region of it as readers see it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from awsread.reader import partition_of
from policies.graph import ResourceGraph

RULES = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
"""Rules of security groups: strays.py reads them one by one."""


class AccountError(Exception):
    """The account cannot be read at all, or is another one than the stack's."""


@dataclass(kw_only=True)
class Account:
    """boto3 clients by service and region.

    `endpoint` points all of them at a stand-in, with credentials that are made up; `emulates` tells for which
    types a stand-in can say whether a resource exists.
    """

    region: str
    account_id: str = ""
    endpoint: str | None = None
    emulates: Callable[[str], bool] = lambda _: True
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
        """Checks that the clients are those of the stack's account, and assumes its deployer role where they are not.

        Raises:
            AccountError: there are no credentials, or they are another account's, whose answers would prove nothing.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only live checks load boto3

        try:
            found = self.client("sts", None).get_caller_identity()["Account"]
            if found != account_id and role_arn:
                self._assume(role_arn)
                found = self.client("sts", None).get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise AccountError(f"account {account_id} cannot be read: {error}; sign in first") from error
        self.account_id = account_id
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


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region of the account, for readers; the state's graph says which resources are declared."""

    account: Account
    region: str
    state: ResourceGraph

    @property
    def account_id(self) -> str:
        return self.account.account_id

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def client(self, service: str, region: str | None = None) -> Any:
        return self.account.client(service, region or self.region)

    def declared(self, token: str) -> list[tuple[str, Mapping[str, Any]]] | None:
        if token in RULES:
            return None
        return [(node.id or "", {**node.outputs, **node.inputs}) for node in self.state.of_type(token)]
