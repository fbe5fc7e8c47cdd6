"""After a purge no store contains the subject, and the proof says so, also after a kill at any step."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from codekeep_contracts.faults import AccessFault
from codekeep_contracts.settings.governance import PromptStorage
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.permissions import ConfirmedLogins, Permissions, PermissionStore
from codekeep_runtime.audit.signer import FileSigner
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.skip import SkipReason
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.interface import Head
from codekeep_runtime.ingest.manifest import BranchReport, Manifest
from codekeep_runtime.ingest.state import SkippedFile, State
from codekeep_runtime.prompts import PromptStore
from codekeep_runtime.prompts.wrapping import FileWrapping
from codekeep_runtime.purge import Purge, PurgeFault, Subject, Tombstones, is_valid_proof
from codekeep_runtime.purge.targets import (
    PurgeTarget,
    folder_target,
    index_target,
    ingest_state_target,
    login_target,
    manifest_target,
    prompt_target,
    repository_permissions_target,
    vector_cache_target,
)

from tests.runtime.embedders import HashEmbedder

GONE, STAYS = RepositoryId("git.example", "acme", "gone"), RepositoryId("git.example", "acme", "stays")
READER = "0123456789abcdef"
AT = datetime(2026, 3, 1, tzinfo=UTC)


class Keep:
    """A data folder with two repositories."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = EmbeddedIndex.open(root / "index", "acme", "static-1", 4)
        self.permissions = PermissionStore(FolderDocuments(root))
        settings = PromptStorage(enabled=True, redaction=True, retention_days=30, approved_by="DPO")
        self.prompts = PromptStore(root / "prompts", settings, FileWrapping(root / "prompt-key"))
        self.signer = FileSigner(root / "audit-key")
        self.tombstones = Tombstones(FolderDocuments(root / "tombstones"))
        self.purge = Purge(FolderDocuments(root / "purges"), self.tombstones, self.signer)
        (root / "ingest").mkdir()
        self._fill()

    def _fill(self) -> None:
        state = State(self.root / "ingest")
        for repository in (GONE, STAYS):
            branch = Branch(repository, "main")
            self.index.write(branch, [file_of(branch)])
            self.index.set_head(branch, Head(commit="c" * 40, indexed_at=AT))
            state.skip(branch, [SkippedFile("secret.pem", "b" * 40, SkipReason.SECRET)])
            manifest = Manifest(run=f"run-{repository.id}", started_at=AT, versions={})
            report = BranchReport(repository=repository.key, repository_id=repository.id, branch="main", commit="c")
            manifest.branches.append(report)
            manifest.write(self.root / "ingest" / "runs")
            mirror = self.root / "ingest" / "mirrors" / repository.id
            mirror.mkdir(parents=True)
            (mirror / "HEAD").write_text("ref: refs/heads/main")
        state.close()
        confirmed = ConfirmedLogins(at=1.0, logins=frozenset({"jo", "kim"}))
        self.permissions.store(Permissions(repositories={GONE.key: confirmed, STAYS.key: confirmed}))
        self.prompts.store(READER, "question", AT)
        self.prompts.store("f" * 16, "question", AT)

    def of(self, repository: RepositoryId) -> list[PurgeTarget]:
        ingest = self.root / "ingest"
        return [
            index_target(self.index, repository),
            folder_target("mirror", ingest / "mirrors" / repository.id),
            ingest_state_target(ingest / "ingest.sqlite", repository),
            manifest_target(ingest / "runs", repository),
            repository_permissions_target(self.permissions, repository),
        ]


def file_of(branch: Branch) -> SourceFile:
    chunk = Chunk(
        id=chunk_id(branch, "a.py", "b" * 40, 0),
        branch=branch,
        commit="c" * 40,
        path="a.py",
        blob="b" * 40,
        ordinal=0,
        language="python",
        start_line=1,
        end_line=1,
        symbol="",
        symbol_kind="",
        imports=(),
        text=f"answer_of_{branch.repository.name} = 42",
    )
    return SourceFile(path="a.py", blob="b" * 40, language="python", size=9, chunks=(chunk,), symbols=FileSymbols())


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    keep = Keep(tmp_path)
    yield keep
    keep.index.close()


def counts(targets: list[PurgeTarget]) -> dict[str, int]:
    return {each.name: each.count() for each in targets}


def test_a_purged_repository_is_deleted_from_every_store_and_no_other(keep: Keep) -> None:
    others = counts(keep.of(STAYS))
    assert all(others.values())
    document = keep.purge.run(Subject("repository", GONE.id), keep.of(GONE)).document
    proof = json.loads(document)
    assert all(proof["before"].values())
    assert proof["before"].keys() == others.keys()
    assert not any(counts(keep.of(GONE)).values())
    assert counts(keep.of(STAYS)) == others
    assert is_valid_proof(document, keep.signer)
    assert GONE.name.encode() not in document


def test_no_byte_of_a_purged_repository_is_left_in_ingest_state(keep: Keep) -> None:
    keep.purge.run(Subject("repository", GONE.id), keep.of(GONE))
    for path in (keep.root / "ingest").rglob("*"):
        if path.is_file():
            assert GONE.key.encode() not in path.read_bytes()


def test_a_purged_repository_is_refused_until_it_is_allowed(keep: Keep) -> None:
    keep.purge.run(Subject("repository", GONE.id), keep.of(GONE))
    keep.tombstones.check(STAYS)
    with pytest.raises(AccessFault, match="purged"):
        keep.tombstones.check(GONE)
    keep.tombstones.allow(GONE)
    keep.tombstones.check(GONE)


class Killed(BaseException):
    pass


def killing(target: PurgeTarget, *, is_before: bool) -> PurgeTarget:
    """Simulates a kill before or after a store is emptied."""

    def remove() -> None:
        if not is_before:
            target.remove()
        raise Killed

    return replace(target, remove=remove)


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("at", range(5))
def test_a_purge_killed_at_any_step_continues_with_the_first_counts(keep: Keep, at: int, is_before: bool) -> None:
    before = counts(keep.of(GONE))
    targets = keep.of(GONE)
    targets[at] = killing(targets[at], is_before=is_before)
    with pytest.raises(Killed):
        keep.purge.run(Subject("repository", GONE.id), targets)
    assert keep.tombstones.is_purged(GONE)
    document = keep.purge.run(Subject("repository", GONE.id), keep.of(GONE)).document
    assert json.loads(document)["before"] == before
    assert is_valid_proof(document, keep.signer)


def test_data_that_comes_back_prevents_the_proof(keep: Keep) -> None:
    mirror = replace(folder_target("mirror", keep.root / "ingest" / "mirrors" / GONE.id), remove=lambda: None)
    with pytest.raises(PurgeFault, match="mirror"):
        keep.purge.run(Subject("repository", GONE.id), [mirror])
    assert not list((keep.root / "purges").glob("*.json"))


def test_cached_vectors_are_purged_and_later_ones_are_not_counted(keep: Keep) -> None:
    cache = CachedEmbedder(HashEmbedder(), keep.root / "vectors.sqlite")
    cache.documents(["def pay(): ...", "def refund(): ..."])
    indexer = CachedEmbedder(HashEmbedder(), keep.root / "vectors.sqlite")  # of a concurrent process

    target = vector_cache_target(cache)

    def remove_while_another_embeds() -> None:
        target.remove()
        indexer.documents(["another = 1"])

    busy = replace(target, remove=remove_while_another_embeds)
    proof = json.loads(keep.purge.run(Subject("repository", GONE.id), [busy]).document)
    assert (proof["before"], proof["after"]) == ({"vector-cache": 2}, {"vector-cache": 0})
    indexer.close()
    cache.close()


def test_a_reader_is_purged_from_prompts_and_permissions(keep: Keep) -> None:
    targets: list[PurgeTarget] = [prompt_target(keep.prompts, READER), login_target(keep.permissions, "Jo")]
    proof = json.loads(keep.purge.run(Subject("reader", READER), targets).document)
    assert proof["before"] == {"prompts": 1, "permissions": 2}
    assert proof["after"] == {"prompts": 0, "permissions": 0}
    assert keep.prompts.count() == 1
    assert keep.permissions.latest().repositories[STAYS.key].logins == {"kim"}


@pytest.mark.parametrize("field", ["subject_id", "finished_at", "before", "after", "digest", "signature", "key"])
def test_a_changed_proof_is_not_valid(keep: Keep, field: str) -> None:
    document = json.loads(keep.purge.run(Subject("repository", GONE.id), keep.of(GONE)).document)
    document[field] = {"index": 0} if isinstance(document[field], dict) else "00" * 32
    assert not is_valid_proof(json.dumps(document).encode(), keep.signer)
