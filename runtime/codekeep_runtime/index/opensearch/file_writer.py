"""Replaces files of a branch in an order that ingest can repeat after a kill at any point."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from codekeep_runtime.core import Branch, SourceFile
from codekeep_runtime.index.opensearch import documents
from codekeep_runtime.index.opensearch.store import Document, Store

BATCH = 500  # files whose documents are in memory at once


class FileWriter:
    """Writes to one index. The server has no transactions, so each file's document goes through three states:

    1. unfinished, with the chunk ids of both versions: ingest sees that the file must be written;
    2. the same while chunks are added and removed: for a moment readers may see chunks of both versions;
    3. final, or deleted.
    """

    def __init__(self, store: Store, index: str) -> None:
        self._store, self._index = store, index

    def replace(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> int:
        """Returns the number of chunks removed."""
        new = {file.path: file for file in files}
        paths = [*new, *(set(removed) - set(new))]
        gone = 0
        for start in range(0, len(paths), BATCH):
            gone += self._replace(branch, paths[start : start + BATCH], new)
        if paths:
            self._store.refresh(self._index)
        return gone

    def _replace(self, branch: Branch, paths: Sequence[str], new: Mapping[str, SourceFile]) -> int:
        keys = {path: documents.file_key(branch, path) for path in paths}
        found = self._store.documents(self._index, keys.values(), ("chunks",))
        old = {path: set(found[key]["chunks"]) for path, key in keys.items() if key in found}
        paths = [path for path in paths if path in old or path in new]
        wanted = {path: {each.id for each in new[path].chunks} if path in new else set[str]() for path in paths}
        self._store.bulk(
            self._index,
            (
                documents.index_action(documents.unfinished_file(branch, path, old.get(path, set()) | wanted[path]))
                for path in paths
            ),
        )
        files = [new[path] for path in paths if path in new]
        self._store.bulk(self._index, _chunks(files))
        stale = [id_ for path in paths for id_ in old.get(path, set()) - wanted[path]]
        gone = self._store.bulk(self._index, map(documents.delete_action, stale))
        self._store.bulk(self._index, (documents.index_action(documents.file_document(branch, file)) for file in files))
        self._store.bulk(self._index, (documents.delete_action(keys[path]) for path in paths if path not in new))
        return gone


def _chunks(files: Sequence[SourceFile]) -> Iterator[Document]:
    for file in files:
        for chunk in file.chunks:
            yield documents.index_action(documents.chunk_document(chunk))
