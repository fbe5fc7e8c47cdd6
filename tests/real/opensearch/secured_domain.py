"""A domain with fine-grained access control, and the IAM roles of two keeps that share it."""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result
from codekeep_contracts.search_roles import SearchRoles
from codekeep_runtime.cli.main import cli
from codekeep_runtime.index.opensearch import Store, connect
from opensearchpy import TransportError

from tests.real.opensearch.iam_front import Caller, IamFront
from tests.real.opensearch.installation import Programs
from tests.real.opensearch.prefixes import REGION
from tests.real.opensearch.secured_server import SecuredServer

ACCOUNT = "arn:aws:iam::111122223333:role"
ACME, ACME_EU = "acme", "acme-eu"  # one name begins with the other
MASTER = Caller(role_arn=f"{ACCOUNT}/codekeep-pool-index-admin")
STRANGER = Caller(role_arn=f"{ACCOUNT}/codekeep-pool-keda-operator")
START_SECONDS = 60.0


def gateway(tenant: str) -> Caller:
    return Caller(role_arn=f"{ACCOUNT}/codekeep-{tenant}-gateway")


def indexer(tenant: str) -> Caller:
    return Caller(role_arn=f"{ACCOUNT}/codekeep-{tenant}-indexer")


@dataclass(frozen=True)
class Answer:
    """`document` is the body as JSON, or as text."""

    status: int
    document: Any

    @property
    def text(self) -> str:
        return json.dumps(self.document)


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Pods reach it as they do on AWS: over TLS, with signed requests. Can be pickled."""

    url: str
    certificate: Path
    snapshots: Path

    def environment(self, caller: Caller) -> Mapping[str, str]:
        """What a pod of this role has."""
        return {
            "AWS_ACCESS_KEY_ID": caller.access_key,
            "AWS_SECRET_ACCESS_KEY": caller.secret_key,
            "SSL_CERT_FILE": str(self.certificate),
        }

    def store(self, caller: Caller) -> Store:
        with patch.dict(os.environ, self.environment(caller)):
            return Store(connect(self.url, REGION, retries=0))

    def send(self, caller: Caller, method: str, path: str, body: Any = None) -> Answer:
        """One request; `path` may have parameters."""
        try:
            return Answer(200, _cached_store(self, caller).client.transport.perform_request(method, path, body=body))
        except TransportError as error:
            return Answer(int(error.status_code), error.info)

    def search_roles(
        self, tenant: str, folder: Path, *, writers: Sequence[Caller] | None = None, caller: Caller = MASTER
    ) -> Result:
        """Runs `codekeep-runtime search-roles` as the Job does."""
        writing = (indexer(tenant),) if writers is None else writers
        roles = SearchRoles(
            endpoint=self.url,
            region=REGION,
            tenant=tenant,
            prefix=f"{tenant}_",
            readers=(gateway(tenant).role_arn,),
            writers=tuple(each.role_arn for each in writing),
        )
        document = folder / f"{tenant}.json"
        document.write_text(roles.model_dump_json())
        with patch.dict(os.environ, self.environment(caller)):
            return CliRunner().invoke(cli, ["search-roles", f"--document={document}", "--json"], standalone_mode=False)


@cache
def _cached_store(domain: Domain, caller: Caller) -> Store:
    return domain.store(caller)


@contextmanager
def secured_domain(programs: Programs, *, names_indexes_in_bodies: bool) -> Iterator[Domain]:
    """A new domain whose security knows its master only."""
    callers = (MASTER, STRANGER, *(each(tenant) for tenant in (ACME, ACME_EU, "later") for each in (gateway, indexer)))
    with (
        tempfile.TemporaryDirectory(prefix="codekeep-front-") as folder,
        SecuredServer(programs, MASTER.role_arn, names_indexes_in_bodies=names_indexes_in_bodies) as server,
        IamFront(server.url, REGION, Path(folder), {each.role_arn: each for each in callers}) as front,
    ):
        domain = Domain(url=front.url, certificate=front.certificate, snapshots=server.snapshots)
        deadline = time.monotonic() + START_SECONDS
        while domain.send(MASTER, "GET", "/_plugins/_security/api/roles").status != 200:
            assert time.monotonic() < deadline, "the security plugin does not start"
            time.sleep(0.2)
        yield domain
