"""Requests to OpenSearch: with the index in the path, paged, and with faults that contain no text of documents."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opensearchpy import OpenSearch, OpenSearchException, TransportError
from opensearchpy.helpers import streaming_bulk

from codekeep_runtime.index.faults import IndexFault

Document = dict[str, Any]
PAGE = 1000
BULK_ACTIONS, BULK_BYTES, BULK_RETRIES = 2000, 5_000_000, 6
LONG_SECONDS = 600  # for operations on a whole index
EXISTS = "resource_already_exists_exception"


class Store:
    """Sends the requests of this package. Thread-safe."""

    def __init__(self, client: OpenSearch) -> None:
        self.client = client

    def search(self, index: str, body: Document) -> Document:
        with faults_without_text():
            return dict(self.client.search(body=body, index=index))

    def matching(self, index: str, filters: Sequence[Document], fields: Sequence[str] = ("*",)) -> Iterator[Document]:
        """All documents that pass all filters, ordered by key."""
        body: Document = {
            "size": PAGE,
            "query": {"bool": {"filter": list(filters)}},
            "sort": ["key"],
            "_source": list(fields),
            "track_total_hits": False,
        }
        while hits := self.search(index, body)["hits"]["hits"]:
            yield from (hit["_source"] for hit in hits)
            body["search_after"] = hits[-1]["sort"]

    def count(self, index: str, filters: Sequence[Document]) -> int:
        with faults_without_text():
            return int(self.client.count(body={"query": {"bool": {"filter": list(filters)}}}, index=index)["count"])

    def documents(self, index: str, keys: Collection[str], fields: Sequence[str] = ("*",)) -> Mapping[str, Document]:
        """Documents by id that exist, in real time: they need not have been refreshed."""
        found: dict[str, Document] = {}
        every = list(keys)
        for start in range(0, len(every), PAGE):
            with faults_without_text():
                answer = self.client.mget(
                    body={"ids": every[start : start + PAGE]},
                    index=index,
                    params={"_source_includes": ",".join(fields)},
                )
            found.update((each["_id"], each["_source"]) for each in answer["docs"] if each.get("found"))
        return found

    def bulk(self, index: str, actions: Iterable[Document]) -> int:
        """Returns how many documents were deleted. Deletions and updates of missing documents are ignored.

        Raises:
            IndexFault: an action failed; others may have succeeded.
        """
        deleted = failed = 0
        with faults_without_text():
            for done, item in streaming_bulk(
                self.client,
                actions,
                index=index,
                chunk_size=BULK_ACTIONS,
                max_chunk_bytes=BULK_BYTES,
                raise_on_error=False,
                max_retries=BULK_RETRIES,
                initial_backoff=1,
                max_backoff=20,
            ):
                ((operation, result),) = item.items()
                deleted += operation == "delete" and bool(done)
                failed += not done and not (operation in ("delete", "update") and result["status"] == 404)
        if failed:
            raise IndexFault(f"the index refused {failed} changes; run again, what was done is not done twice")
        return deleted

    def refresh(self, index: str) -> None:
        """Makes everything written so far searchable."""
        with faults_without_text():
            self.client.indices.refresh(index=index)


@contextmanager
def faults_without_text() -> Iterator[None]:
    """Server errors may quote documents, so faults contain only their status and type.

    Raises:
        IndexFault: instead of any error of the client.
    """
    try:
        yield
    except TransportError as error:
        raise IndexFault(f"the index answered {error.status_code} ({_type(error)})") from None
    except OpenSearchException as error:
        raise IndexFault(f"the index cannot be used ({type(error).__name__})") from None


def _type(error: TransportError) -> str:
    """The error's type, for example index_not_found_exception; never a sentence."""
    word = str(error.error)
    return word if word.replace("_", "").isalnum() and word.isascii() else type(error).__name__
