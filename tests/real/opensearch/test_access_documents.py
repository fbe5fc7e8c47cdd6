"""Access documents in an OpenSearch index: the shared tests, and separation from the code's index."""

import time

import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.watched import watched_document
from codekeep_runtime.index.opensearch import Store, connect
from codekeep_runtime.index.opensearch.access_documents import AccessDocuments

from tests.real.opensearch.prefixes import REGION, Prefixes
from tests.real.opensearch.server import Server
from tests.runtime.access.shared_documents import DocumentsTests, Open
from tests.runtime.index.conformance import HEAD
from tests.runtime.index.files import NEXT, source

NOWHERE = "http://127.0.0.1:9"


def documents(url: str, prefix: str, folder: str = "access") -> AccessDocuments:
    return AccessDocuments(Store(connect(url, REGION, retries=1)), prefix, folder)


class TestDocumentsOfTheIndex(DocumentsTests):
    @pytest.fixture
    def opened(self, server: Server, prefix: str) -> Open:
        return lambda: documents(server.url, prefix)


def test_documents_of_different_folders_are_separate(server: Server, prefix: str) -> None:
    documents(server.url, prefix).write("one", "1", None)
    assert documents(server.url, prefix, "tombstones").read("one") is None


def test_contents_of_shared_documents_are_not_searchable(server: Server, prefix: str, opener: Prefixes) -> None:
    ServiceAccounts(documents(server.url, prefix)).create("ci", days=1, team="pay")
    index = f"{prefix}access"
    assert opener.store.client.indices.get_mapping(index=index)[index]["mappings"] == {"enabled": False}
    opener.store.refresh(index)
    assert opener.store.search(index, {"query": {"match": {"content": "ci"}}})["hits"]["total"]["value"] == 0


def test_restoring_the_index_leaves_shared_documents_alone(server: Server, prefix: str, opener: Prefixes) -> None:
    shared = documents(server.url, f"{prefix}x_")
    shared.write("one", "1", None)
    for embedder in ("hash-1", "hash-2"):
        index = opener.open("x", embedder)
        index.write(NEXT, [source("a.py", "alpha", branch=NEXT)])
        index.set_head(NEXT, HEAD)
        index.collect_garbage()
    assert [each.rpartition("_")[2] for each in opener.store.client.indices.get(index=f"{prefix}x_a*")] == ["access"]
    assert shared.read("one") is not None


def test_an_unavailable_index_denies_within_the_time_of_a_revocation() -> None:
    watched = watched_document(documents(NOWHERE, "keep-a_"), "accounts.json", int, missing=7)
    began = time.monotonic()
    with pytest.raises(AccessFault):
        watched.current()
    assert time.monotonic() - began < 4
