"""One server for the whole run; each test has its own index prefix."""

import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from tests.real.cache import say
from tests.real.opensearch.installation import NoJavaError, Programs, ready
from tests.real.opensearch.prefixes import Prefixes
from tests.real.opensearch.server import Server


@pytest.fixture(scope="session")
def programs() -> Programs:
    try:
        return ready(say)
    except NoJavaError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def server(programs: Programs) -> Iterator[Server]:
    with Server(programs) as server:
        yield server


@pytest.fixture
def prefix(server: Server) -> Iterator[str]:
    """A keep's prefix; its indices are deleted afterwards."""
    prefix = f"keep-{uuid.uuid4().hex[:8]}_"
    yield prefix
    with OpenSearch(server.url) as client:
        client.indices.delete(index=f"{prefix}*")


@pytest.fixture
def opener(server: Server, prefix: str) -> Iterator[Prefixes]:
    opener = Prefixes(server.url, prefix)
    yield opener
    opener.store.client.close()
