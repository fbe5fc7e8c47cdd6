"""One tenant's index in a keep's domain."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from codekeep_runtime.core import Branch, Chunk, Import, Scope, SourceFile
from codekeep_runtime.index.digest import Digest
from codekeep_runtime.index.guard import replace_surrogates, visible_repositories
from codekeep_runtime.index.interface import (
    EVERYTHING,
    Counts,
    FoundDefinition,
    FoundReference,
    Head,
    Hit,
    Index,
    Narrowing,
    Vector,
)
from codekeep_runtime.index.opensearch import documents, queries
from codekeep_runtime.index.opensearch.branches import branches_of, remove_branch
from codekeep_runtime.index.opensearch.documents import CHUNK, FILE, HEAD
from codekeep_runtime.index.opensearch.expunge import expunge_deleted
from codekeep_runtime.index.opensearch.file_writer import FileWriter
from codekeep_runtime.index.opensearch.restore import SnapshotRestore
from codekeep_runtime.index.opensearch.snapshots import Snapshots
from codekeep_runtime.index.opensearch.store import PAGE, Document, Store
from codekeep_runtime.index.opensearch.versions import Versions

SNAPSHOTS = "codekeep"  # the repository that an administrator registers
DIGEST_FILES = 100  # read at once
NOTHING = Counts(files=0, chunks=0, unembedded=0)


class OpenSearchIndex(Index):
    """The index in a domain (see index.interface.Index). Writes go to the own version; readers read the version
    that serves.

    A new schema version or embedder starts with an empty index. The old one serves until the new one has a head for
    each of its branches and a vector for each chunk; then the new one serves. Until then `semantic` finds nothing in an
    index of another embedder, since vectors of two embedders are not comparable. A write is not atomic here (see
    Writing): after a kill the next run of ingest finishes it, because ingest sets the head last.
    """

    def __init__(
        self,
        store: Store,
        prefix: str,
        tenant: str,
        embedder_version: str,
        dimension: int,
        *,
        snapshots: str = SNAPSHOTS,
    ) -> None:
        """Sends nothing. Reading sends GET, HEAD and POST only, as a reader's role permits."""
        self.tenant, self._store = tenant, store
        self._versions = Versions(store, prefix, embedder_version, dimension)
        self._own = self._versions.own
        self._writing = FileWriter(store, self._own)
        self._snapshots = Snapshots(store, snapshots)

    def prepare(self) -> Self:
        self._versions.make()
        return self

    def is_migrating(self) -> bool:
        return self._own != self._versions.served_index(fresh=True)

    def is_empty(self) -> bool:
        return self._store.count(self._own, []) == 0

    # Writing

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        self._writing.replace(branch, files, removed)

    def set_head(self, branch: Branch, head: Head) -> None:
        self._store.bulk(self._own, [documents.index_action(documents.head_document(branch, head))])
        self._store.refresh(self._own)
        self._publish_if_complete()

    def head(self, branch: Branch) -> Head | None:
        found = self._store.documents(self._own, [documents.head_key(branch)])
        return next(map(documents.head, found.values()), None)

    def branches(self) -> Sequence[Branch]:
        """Branches of all versions, since a removal must reach all of them."""
        self._store.refresh(self._versions.pattern)
        return sorted(branches_of(self._store, self._versions.pattern))

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        self._store.refresh(self._own)
        filters = [queries.kind_filter(FILE), *queries.branch_filter(branch)]
        return {
            each["file_path"]: each["blob"] for each in self._store.matching(self._own, filters, ["file_path", "blob"])
        }

    def drop(self, branch: Branch) -> int:
        self._store.bulk(self._own, [documents.delete_action(documents.head_key(branch))])
        count = self._writing.replace(branch, [], self.blobs(branch))
        for other in self._versions.others():
            remove_branch(self._store, other, branch)
        self._store.refresh(self._own)
        return count

    def unembedded(self, limit: int) -> Sequence[Chunk]:
        self._store.refresh(self._own)
        found = self._store.search(self._own, queries.unembedded(limit))
        return [documents.chunk(hit["_source"]) for hit in found["hits"]["hits"]]

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        changes = (
            {"_op_type": "update", "_id": id_, "doc": {"embedded": True, "vector": np.asarray(each).tolist()}}
            for id_, each in vectors.items()
        )
        self._store.bulk(self._own, changes)
        self._store.refresh(self._own)
        self._publish_if_complete()

    # Reading

    def lexical(self, scope: Scope, query: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        filters, serving = self._filters(scope, narrowing), self._versions.served_index()
        body = queries.lexical(query, k, filters) if filters and k > 0 else None
        if body is None or serving is None:
            return []
        found = self._store.search(serving, body)["hits"]["hits"]
        return [Hit(documents.chunk(hit["_source"]), hit["_score"]) for hit in found]

    def semantic(self, scope: Scope, vector: Vector, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        filters, serving = self._filters(scope, narrowing), self._versions.served_index()
        if not filters or k < 1 or serving is None or not self._versions.is_comparable(serving):
            return []
        found = self._store.search(serving, queries.semantic(vector, k, filters))["hits"]["hits"]
        return [Hit(documents.chunk(hit["_source"]), queries.cosine(hit["_score"])) for hit in found]

    def chunks(self, scope: Scope, ids: Collection[str]) -> Mapping[str, Chunk]:
        wanted = sorted({replace_surrogates(each) for each in ids})
        found: dict[str, Chunk] = {}
        for start in range(0, len(wanted), PAGE):
            some = {"terms": {"key": wanted[start : start + PAGE]}}
            found.update((each["key"], documents.chunk(each)) for each in self._read(scope, CHUNK, some))
        return found

    def file(self, scope: Scope, branch: Branch, path: str) -> Sequence[Chunk]:
        chunks = map(documents.chunk, self._read(scope, CHUNK, {"term": {"file": _file_key(branch, path)}}))
        return sorted(chunks, key=lambda each: each.ordinal)

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        simple = name.rpartition(".")[2]
        found = [
            FoundDefinition(branch=documents.branch(file), path=file["file_path"], definition=definition)
            for file in self._read(scope, FILE, {"term": {"defines": replace_surrogates(simple)}})
            for definition in documents.symbols(file).definitions
            if definition.name == simple and f".{definition.qualified_name}".endswith(f".{name}")
        ]
        return sorted(found, key=lambda each: (*_location(each.branch, each.path), each.definition.start_line))

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        files = self._read(scope, FILE, {"term": {"mentions": replace_surrogates(name)}})
        found = [each for file in files for each in _references(file) if each.reference.name == name]
        return sorted(found, key=lambda each: (*_location(each.branch, each.path), each.reference.line))

    def references_within(self, scope: Scope, branch: Branch, path: str, enclosing: str) -> Sequence[FoundReference]:
        found = [each for file in self._files(scope, branch, path) for each in _references(file)]
        return sorted(
            (each for each in found if each.reference.enclosing == enclosing), key=lambda each: each.reference.line
        )

    def imports(self, scope: Scope, branch: Branch, path: str) -> Sequence[Import]:
        return [each for file in self._files(scope, branch, path) for each in documents.symbols(file).imports]

    def counts(self, scope: Scope) -> Counts:
        filters, serving = self._filters(scope), self._versions.served_index()
        if not filters or serving is None:
            return NOTHING
        found = self._store.search(serving, queries.counts(filters))["aggregations"]
        return Counts(**{name: found[name]["doc_count"] for name in ("files", "chunks", "unembedded")})

    # Administration

    def digest(self) -> str:
        """Digest of the own version, even if it does not serve yet."""
        digest = Digest()
        for branch in self.branches():
            paths = sorted(self.blobs(branch))
            for start in range(0, len(paths), DIGEST_FILES):
                self._add(digest, [documents.file_key(branch, path) for path in paths[start : start + DIGEST_FILES]])
        return digest.hexdigest()

    def snapshot(self, target: Path) -> None:
        """Into the server's snapshot repository, named by the last part of the path."""
        self._snapshots.take(target.name, self._own)

    def restore(self, snapshot: Path) -> Self:
        """Replaces the content of this version by the snapshot's, and makes it serve."""
        SnapshotRestore(self._store, self._versions, self._snapshots).restore(snapshot.name, with_removed=True)
        return self

    def collect_garbage(self) -> int:
        """Also deletes removed text from the server's files: see expunge.py."""
        count = self._versions.remove_unused()
        expunge_deleted(self._store, self._own)
        return count

    def close(self) -> None:
        """Does nothing: whoever made the store closes it."""

    def _filters(self, scope: Scope, narrowing: Narrowing = EVERYTHING) -> list[Document]:
        """The filters of every reader's query. Empty if the scope is, and then no query is sent."""
        repositories = visible_repositories(self.tenant, scope, narrowing)
        return queries.scope_filters(repositories, narrowing) if repositories else []

    def _read(self, scope: Scope, kind: str, wanted: Document) -> Iterator[Document]:
        filters, serving = self._filters(scope), self._versions.served_index()
        if not filters or serving is None:
            return iter(())
        return self._store.matching(serving, [queries.kind_filter(kind), wanted, *filters])

    def _files(self, scope: Scope, branch: Branch, path: str) -> Iterator[Document]:
        return self._read(scope, FILE, {"term": {"key": _file_key(branch, path)}})

    def _add(self, digest: Digest, keys: Sequence[str]) -> None:
        chunks: dict[str, list[Chunk]] = {key: [] for key in keys}
        for each in self._store.matching(self._own, [queries.kind_filter(CHUNK), {"terms": {"file": list(keys)}}]):
            chunks[each["file"]].append(documents.chunk(each))
        files = self._store.documents(self._own, keys, ("symbols",))
        for key in keys:
            digest.add(chunks[key], documents.symbols(files[key]))

    def _publish_if_complete(self) -> None:
        if (served := self._versions.served_index()) == self._own:
            return
        missing = [queries.kind_filter(CHUNK), {"term": {"embedded": False}}]
        if self._store.count(self._own, missing):
            return
        if served is None or self._heads(self._own) >= self._heads(served):
            self._versions.publish()

    def _heads(self, index: str) -> set[str]:
        return {each["key"] for each in self._store.matching(index, [queries.kind_filter(HEAD)], ["key"])}


def _file_key(branch: Branch, path: str) -> str:
    return documents.file_key(branch, replace_surrogates(path))


def _references(file: Document) -> list[FoundReference]:
    branch, path = documents.branch(file), file["file_path"]
    return [FoundReference(branch=branch, path=path, reference=each) for each in documents.symbols(file).references]


def _location(branch: Branch, path: str) -> tuple[str, str, str]:
    return branch.repository.key, branch.name, path
