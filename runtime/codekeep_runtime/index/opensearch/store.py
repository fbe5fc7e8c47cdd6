"""Requests to OpenSearch as the index needs them: the index in the path, paged, and with faults that hold no text."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opensearchpy import OpenSearch, OpenSearchException, TransportError
from opensearchpy.helpers import streaming_bulk

from codekeep_runtime.index.faults import IndexFault

Document = dict[str, Any]
PAGE = 1000
BULK_ACTIONS, BULK_BYTES, BULK_RETRIES = 2000, 5_000_000, 6
LONG_SECONDS = 600  # for what goes over a whole index


class Store:
    """All that this package sends. Several threads may share one."""

    def __init__(self, client: OpenSearch) -> None:
        self.client = client

    def search(self, index: str, body: Document) -> Document:
        with faults_without_text():
            return dict(self.client.search(body=body, index=index))

    def every(self, index: str, filters: Sequence[Document], fields: Sequence[str] = ("*",)) -> Iterator[Document]:
        """The documents that pass all filters, by key, however many there are."""
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
        """Those that exist, as they are now: not only what has been refreshed."""
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
        """How many documents were deleted; what is not there to be deleted or updated is passed over.

        Raises:
            IndexFault: an action failed; others may have been done.
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
        """Everything written so far is found from now on."""
        with faults_without_text():
            self.client.indices.refresh(index=index)


@contextmanager
def faults_without_text() -> Iterator[None]:
    """An error of the server may quote a document: only its status and type are told.

    Raises:
        IndexFault: in place of any error of the client's.
    """
    try:
        yield
    except TransportError as error:
        raise IndexFault(f"the index answered {error.status_code} ({_type(error)})") from None
    except OpenSearchException as error:
        raise IndexFault(f"the index cannot be used ({type(error).__name__})") from None


def _type(error: TransportError) -> str:
    """Such as index_not_found_exception; never a sentence."""
    word = str(error.error)
    return word if word.replace("_", "").isalnum() and word.isascii() else type(error).__name__
