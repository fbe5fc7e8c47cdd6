"""One region of the sandbox account, seen through boto3 clients that can only reach the loopback interface."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from awsread.reader import partition_of
from sandbox.aws.calls import is_look_up, log_call
from sandbox.aws.endpoint import require_loopback
from sandbox.aws.resource import Ledger

LOOK_UP_HEADER = "X-Codekeep-Look-Up"
"""On what the stand-in asks for itself: the account does not hold it to the deployer's policies."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Credentials of the sandbox account; never those of the environment."""

    access_key: str
    secret_key: str
    token: str | None = None


DUMMY = Credentials(access_key="AKIASANDBOXSANDBOX00", secret_key="sandbox")  # noqa: S106 - a secret for nothing


class AwsSession:
    """One set of credentials at one endpoint; makes and keeps the clients. Safe between threads."""

    def __init__(self, endpoint: str, credentials: Credentials, account_id: str) -> None:
        self.endpoint = require_loopback(endpoint)
        self.account_id = account_id
        self._credentials = credentials
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._boto: Any = None

    def client(self, service: str, region: str) -> Any:
        """boto3 client, made once per service and region."""
        key = (service, region)
        found = self._clients.get(key)
        if found is None:
            with self._lock:
                found = self._clients.get(key) or self._new_client(service, region)
                self._clients[key] = found
        return found

    def _new_client(self, service: str, region: str) -> Any:
        from sandbox.aws import clients  # noqa: PLC0415 - a preview makes none and need not load boto3

        if self._boto is None:
            self._boto = clients.session()
        client = self._boto.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self._credentials.access_key,
            aws_secret_access_key=self._credentials.secret_key,
            aws_session_token=self._credentials.token,
            config=clients.CONFIG,
        )
        events = client.meta.events
        events.register("before-parameter-build", self._refusing(region))
        events.register("before-call", _logged(region, self.account_id))
        events.register("before-send", _on_loopback_only)
        return client

    def _refusing(self, region: str) -> Callable[..., None]:
        """Handler of botocore's event before a call: raises where AWS would refuse it."""
        from sandbox.aws.refusals import gate  # noqa: PLC0415 - a preview makes no call
        from sandbox.aws.refusals.refusal import Call  # noqa: PLC0415

        def handler(params: Mapping[str, Any], model: Any, **_: Any) -> None:
            call = Call(
                service=model.service_model.service_name,
                operation=model.name,
                params=params,
                region=region,
                account_id=self.account_id,
                client=lambda service: self.client(service, region),
            )
            gate.refuse(model, call)

        return handler


class RegionApi:
    """The Api of one region; what services get."""

    def __init__(self, session: AwsSession, region: str, ledger: Ledger) -> None:
        self.region = region
        self.account_id = session.account_id
        self.partition = partition_of(region)
        self.ledger = ledger
        self._session = session

    def client(self, service: str, region: str | None = None) -> Any:
        """boto3 client of this region, or of another one."""
        return self._session.client(service, region or self.region)

    def declared(self, token: str) -> list[tuple[str, Mapping[str, Any]]]:
        """(id, ledger entry) of the resources of a type in this region."""
        return [(id_, entry) for _, _, id_, entry in self.ledger.list(self.region, token)]


def _logged(region: str, account_id: str) -> Callable[..., None]:
    def handler(model: Any, **_: Any) -> None:
        log_call(model.service_model.service_name, model.name, region, account_id)

    return handler


def _on_loopback_only(request: Any, **_: Any) -> None:
    """Last check before a request is sent: its URL is on the loopback interface."""
    require_loopback(request.url)
    if is_look_up():
        request.headers[LOOK_UP_HEADER] = "true"
