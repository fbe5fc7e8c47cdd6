"""Shared documents of a keep (accounts, permissions, tombstones, proofs) in an index apart from the code."""

from typing import Any

from codekeep_contracts.index_names import access_index
from opensearchpy import NotFoundError, RequestError, TransportError

from codekeep_runtime.access.documents import ConflictFault, Document
from codekeep_runtime.index.opensearch.store import EXISTS, Store, faults_without_text

BODY: dict[str, Any] = {
    "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
    "mappings": {"enabled": False},  # read by id only, never searched
}
CONFLICT = 409
READ_SECONDS, WRITE_SECONDS = 1.0, 30.0  # an unavailable index must deny within the time that a revocation may take


class AccessDocuments:
    """Documents in OpenSearch (see access.documents.Documents). Every read is real-time and does not wait for a
    refresh.

    Args:
        store: its client retries at most once.
        folder: separates the names of one purpose from those of another.
    """

    def __init__(self, store: Store, prefix: str, folder: str) -> None:
        self._client, self._index, self._folder = store.client, access_index(prefix), folder

    def read(self, name: str) -> Document | None:
        found = self._get(name, {})
        return None if found is None else Document(found["_source"]["content"], _version(found))

    def fingerprint(self, name: str) -> str | None:
        found = self._get(name, {"_source": "false"})
        return None if found is None else f"{found['_version']}-{_version(found)}"

    def write(self, name: str, content: str, expected: str | None) -> None:
        if expected is None:
            self._make_index()
            params: dict[str, Any] = {"op_type": "create"}
        else:
            number, _, term = expected.partition("-")
            params = {"if_seq_no": number, "if_primary_term": term}
        try:
            with faults_without_text():
                self._put(name, content, params)
        except ConflictFault:
            found = self.read(name)  # a request that the client repeated conflicts with itself
            if found is None or found.content != content:
                raise

    def remove(self, name: str) -> None:
        with faults_without_text():
            try:
                self._client.delete(index=self._index, id=self._id(name), params={"request_timeout": WRITE_SECONDS})
            except NotFoundError:
                return

    def location(self, name: str) -> str:
        return f"{self._index}/{self._id(name)}"

    def _get(self, name: str, params: dict[str, Any]) -> dict[str, Any] | None:
        with faults_without_text():
            try:
                params = {**params, "request_timeout": READ_SECONDS}
                found: dict[str, Any] = self._client.get(index=self._index, id=self._id(name), params=params)
            except NotFoundError:  # the document, or the index before the first write
                return None
            return found

    def _put(self, name: str, content: str, params: dict[str, Any]) -> None:
        params = {**params, "request_timeout": WRITE_SECONDS}
        try:
            self._client.index(index=self._index, id=self._id(name), body={"content": content}, params=params)
        except TransportError as error:
            if error.status_code == CONFLICT:
                raise ConflictFault(f"{name} was changed meanwhile; try again") from None
            raise

    def _make_index(self) -> None:
        with faults_without_text():
            try:
                if not self._client.indices.exists(index=self._index):
                    self._client.indices.create(index=self._index, body=BODY, params={"request_timeout": WRITE_SECONDS})
            except RequestError as error:
                if error.error != EXISTS:  # another process was first
                    raise

    def _id(self, name: str) -> str:
        return f"{self._folder}.{name}"


def _version(found: dict[str, Any]) -> str:
    return f"{found['_seq_no']}-{found['_primary_term']}"
