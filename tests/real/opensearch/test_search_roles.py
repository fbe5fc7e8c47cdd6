"""The roles that `codekeep-runtime search-roles` makes, in a domain with fine-grained access control."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from codekeep_contracts.faults import SettingsFault
from codekeep_runtime.cli.main import cli
from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.interface import BranchList, IndexReader
from codekeep_runtime.index.opensearch import OpenSearchIndex, Store
from codekeep_runtime.index.opensearch.access_documents import AccessDocuments
from codekeep_runtime.index.opensearch.snapshots import Snapshots

from tests.real.opensearch.iam_front import Caller
from tests.real.opensearch.installation import Programs
from tests.real.opensearch.secured_domain import (
    ACME,
    ACME_EU,
    MASTER,
    STRANGER,
    Domain,
    gateway,
    indexer,
    secured_domain,
)
from tests.runtime.index.conformance import Conformance
from tests.runtime.index.files import DIMENSION, MAIN, TENANT, source

ROLES, MAPPINGS = "/_plugins/_security/api/roles", "/_plugins/_security/api/rolesmapping"


@pytest.fixture(scope="module")
def domain(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    """As the stack makes it: bodies may not name indexes."""
    with secured_domain(programs, names_indexes_in_bodies=False) as domain:
        for tenant in (ACME, ACME_EU):
            assert domain.search_roles(tenant, tmp_path_factory.mktemp(tenant)).exception is None
        yield domain


@dataclass
class ByRoles:
    """Opens indexes that the indexer's pod writes and the gateway's pod reads; snapshots are the administrator's."""

    domain: Domain
    folder: str

    def open(self, name: str, embedder_version: str = "hash-1") -> OpenSearchIndex:
        index = self._index(indexer(ACME), name, embedder_version).prepare()
        reader, master = (self._index(each, name, embedder_version) for each in (gateway(ACME), MASTER))
        reading = {each for each in (*BranchList.__dict__, *IndexReader.__dict__) if not each.startswith("_")}
        assert "semantic" in reading
        for method in reading:
            setattr(index, method, getattr(reader, method))
        index.snapshot = master.snapshot  # type: ignore[method-assign]
        return index

    def restore(self, snapshot: Path, name: str) -> OpenSearchIndex:
        self._index(MASTER, name, "hash-1").restore(snapshot)
        return self.open(name)

    @cached_property
    def stores(self) -> dict[Caller, Store]:
        return {each: self.domain.store(each) for each in (gateway(ACME), indexer(ACME), MASTER)}

    def _index(self, caller: Caller, name: str, embedder_version: str) -> OpenSearchIndex:
        prefix = f"{ACME}_{self.folder}_{name}_"
        return OpenSearchIndex(
            self.stores[caller], prefix, TENANT, embedder_version, DIMENSION, snapshots=f"snapshots-{self.folder}"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"domain": self.domain, "folder": self.folder}  # connections cannot be pickled


class TestThroughTheRolesOfThePods(Conformance):
    examples = 4

    @pytest.fixture
    def opener(self, domain: Domain, tmp_path: Path) -> Iterator[ByRoles]:
        opener = ByRoles(domain, tmp_path.name.lower().replace("_", "-")[-40:])
        yield opener
        opener.stores[MASTER].client.indices.delete(index=f"{ACME}_*")
        for store in opener.stores.values():
            store.client.close()

    @pytest.fixture
    def snapshots(self, domain: Domain, opener: ByRoles) -> Path:
        name = f"snapshots-{opener.folder}"
        Snapshots(opener.stores[MASTER], name).register_folder(str(domain.snapshots / name))
        return Path(f"nightly-{opener.folder}")


def test_pods_are_refused_until_the_administrator_maps_their_roles(domain: Domain, tmp_path: Path) -> None:
    index = OpenSearchIndex(domain.store(indexer("later")), "later_", TENANT, "hash-1", DIMENSION)
    with pytest.raises(IndexFault, match="403"):
        index.prepare()
    assert domain.search_roles("later", tmp_path).exception is None
    index.prepare().write(MAIN, [source("a.py", "alpha")])
    reader = OpenSearchIndex(domain.store(gateway("later")), "later_", TENANT, "hash-1", DIMENSION)
    assert list(reader.branches()) == [MAIN]
    with pytest.raises(IndexFault, match="403"):
        reader.write(MAIN, [source("b.py", "beta")])
    AccessDocuments(domain.store(indexer("later")), "later_", "access").write("one", "1", None)
    documents = AccessDocuments(domain.store(gateway("later")), "later_", "access")
    assert documents.read("one") is not None
    with pytest.raises(IndexFault, match="403"):
        documents.write("two", "2", None)


def test_running_it_again_changes_nothing_and_a_change_takes_effect(domain: Domain, tmp_path: Path) -> None:
    def state() -> list[Any]:
        return [domain.send(MASTER, "GET", path).document for path in (ROLES, MAPPINGS)]

    domain.search_roles("later", tmp_path)
    before = state()
    done = domain.search_roles("later", tmp_path)
    assert json.loads(done.stdout) == {"roles": ["codekeep-later-reader", "codekeep-later-writer"]}
    assert state() == before
    domain.search_roles("later", tmp_path, writers=[STRANGER])
    assert domain.send(STRANGER, "PUT", "/later_v9-x").status == 200
    assert domain.send(indexer("later"), "PUT", "/later_v8-x").status == 403


def test_only_the_administrator_may_run_it(domain: Domain, tmp_path: Path) -> None:
    for caller in (indexer(ACME), gateway(ACME), STRANGER):
        done = domain.search_roles("later", tmp_path, caller=caller)
        assert isinstance(done.exception, IndexFault), caller
        assert "403" in str(done.exception)


class Forger(Caller):
    """Knows the name of a key and not its secret."""

    secret_key = "guessed"  # type: ignore[assignment]


def test_the_front_refuses_a_wrong_signature(domain: Domain) -> None:
    assert domain.send(MASTER, "GET", ROLES).status == 200
    refused = domain.send(Forger(role_arn=MASTER.role_arn), "GET", ROLES)
    assert refused.status == 403
    assert "signature" in refused.text


def test_a_wrong_document_is_refused_without_its_values(domain: Domain, tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    path.write_text(json.dumps({"endpoint": domain.url, "tenant": "UPPER"}))
    done = CliRunner().invoke(cli, ["search-roles", f"--document={path}"], standalone_mode=False)
    assert isinstance(done.exception, SettingsFault)
    assert "prefix: Field required" in str(done.exception)
    assert "UPPER" not in str(done.exception)
