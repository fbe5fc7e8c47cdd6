"""The stack's IAM policies allow every request that each pod sends to the domain, checked with real requests."""

from datetime import UTC, datetime
from typing import Any

import pytest
from codekeep_runtime.access.documents import update
from codekeep_runtime.index.interface import Head
from codekeep_runtime.index.opensearch import OpenSearchIndex
from codekeep_runtime.index.opensearch.access_documents import AccessDocuments

from tests.components.environments import dedicated
from tests.components.identity.test_identity import allowed
from tests.components.recording import ACCOUNT
from tests.real.opensearch.prefixes import Prefixes
from tests.runtime.index.files import DIMENSION, MAIN, SHOP, TENANT, scope, source, unit

DOMAIN = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/acme-index"


class Requests:
    """Records the requests of an index's connection as IAM would see them, with the keep's own prefix."""

    def __init__(self, opener: Prefixes, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: set[tuple[str, str]] = set()
        self._prefix, transport = opener.prefix, opener.store.client.transport
        real = transport.perform_request

        def perform(method: str, url: str, *args: Any, **more: Any) -> Any:
            path = url.split("?", maxsplit=1)[0].replace(self._prefix, "acme_")
            self.seen.add((f"es:ESHttp{method.capitalize()}", DOMAIN + path))
            return real(method, url, *args, **more)

        monkeypatch.setattr(transport, "perform_request", perform)

    def refused(self, workload: str) -> list[tuple[str, str]]:
        return sorted(each for each in self.seen if not allowed(dedicated(), workload, *each))


def index_of(opener: Prefixes) -> OpenSearchIndex:
    return OpenSearchIndex(opener.store, opener.prefix, TENANT, "hash-1", DIMENSION)


def filled(opener: Prefixes) -> OpenSearchIndex:
    index = index_of(opener).prepare()
    file = source("cart.py", "alpha", "beta", symbol="Cart.pay")
    index.write(MAIN, [file])
    index.set_head(MAIN, Head(commit="2" * 40, indexed_at=datetime(2026, 1, 2, tzinfo=UTC)))
    index.put_vectors({chunk.id: unit(1) for chunk in index.unembedded(10)})
    return index


def test_the_indexers_role_allows_all_its_requests(opener: Prefixes, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = Requests(opener, monkeypatch)
    index = filled(opener)
    index.write(MAIN, [], ["cart.py"])
    index.collect_garbage()
    index.drop(MAIN)
    index.digest()
    assert {action for action, _ in requests.seen} >= {"es:ESHttpPut", "es:ESHttpPost", "es:ESHttpGet"}
    assert not requests.refused("indexer")
    assert requests.refused("gateway")  # it may not write


def test_the_gateways_role_allows_all_its_requests(opener: Prefixes, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(opener)
    requests = Requests(opener, monkeypatch)
    index, seen = index_of(opener), scope(SHOP)
    assert index.lexical(seen, "alpha", 5)
    assert index.semantic(seen, unit(1), 5)
    chunks = index.file(seen, MAIN, "cart.py")
    assert index.chunks(seen, [chunk.id for chunk in chunks])
    assert list(index.branches()) == [MAIN]
    assert index.head(MAIN) is not None
    index.definitions(seen, "pay")
    index.references(seen, "charge")
    index.references_within(seen, MAIN, "cart.py", "Cart.pay")
    index.imports(seen, MAIN, "cart.py")
    assert index.counts(seen).chunks == 2
    assert requests.seen
    assert not requests.refused("gateway")


def test_access_documents_are_written_by_the_indexer_and_read_by_the_gateway(
    opener: Prefixes, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, documents = Requests(opener, monkeypatch), AccessDocuments(opener.store, opener.prefix, "access")
    for content in ("1", "2"):
        update(documents, "accounts.json", lambda _, content=content: content)  # type: ignore[misc]
    documents.remove("other")
    assert requests.seen
    assert not requests.refused("indexer")
    assert requests.refused("gateway")
    requests.seen.clear()
    documents.fingerprint("accounts.json")
    documents.read("accounts.json")
    assert requests.seen
    assert not requests.refused("gateway")
