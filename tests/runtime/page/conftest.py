"""A gateway on loopback, over a real index with hostile names and texts."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from codekeep_contracts.audit import AuditRecord
from codekeep_contracts.faults import AccessFault
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.gateway.app import create_app
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.gateway.page import page_routes
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.products.chat.extractive import ExtractiveEngine

from tests.runtime.gateway.world import MODEL, ROUTES, IndexSymbols
from tests.runtime.products.chat.stand_in import INVOICE, Lexical, index_of

HOSTILE = "<img src=x onerror=alert(1)>"
REPOSITORY = RepositoryId("github.com", "acme", HOSTILE.replace("/", ""))
TEXT = INVOICE + f"# {HOSTILE}<script>alert(2)</script>\n# ![x](https://evil.example/?q=1)\n"


class OneReader:
    def reader(self, authorization: str | None) -> Reader:
        if authorization not in ("Bearer ann", "Bearer eve"):
            raise AccessFault("sign-in is needed")
        return Reader(authorization[-3:].encode().hex().ljust(16, "0"), authorization[-3:], frozenset())


class AnnSees:
    def scope(self, reader: Reader) -> Scope:
        return Scope("acme", reader.id, "", frozenset({REPOSITORY} if reader.name == "ann" else ()))

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        return True


@dataclass
class Site:
    url: str
    index: EmbeddedIndex
    audited: list[AuditRecord] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("page")
    index = index_of(folder, {f"billing/{HOSTILE}.py": TEXT}, REPOSITORY)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}", index)
        services = Services(
            identity=OneReader(),
            access=AnnSees(),
            retriever=Lexical(index),
            symbols=IndexSymbols(index),
            chat=Chat(Lexical(index), index, {MODEL: ExtractiveEngine()}),
            audit=site.audited.append,
            limits=Limits(requests_per_minute=1000, tokens_per_day=1_000_000),
            ready=dict,
            routes=ROUTES,
            page=page_routes(index),
        )
        server = uvicorn.Server(uvicorn.Config(create_app(services), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield site
        server.should_exit = True
        thread.join()
    index.close()
