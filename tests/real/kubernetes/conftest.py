"""One cluster for the whole run; each test works in a namespace of its own."""

import sys
import uuid
from collections.abc import Iterator

import pytest

from tests.real.kubernetes.api import Api
from tests.real.kubernetes.cluster import Cluster
from tests.real.kubernetes.installation import NoGoError, Programs, ready


@pytest.fixture(scope="session")
def programs() -> Programs:
    try:
        return ready(lambda text: print(text, file=sys.stderr))
    except NoGoError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def api(programs: Programs) -> Iterator[Api]:
    """The cluster, at first without a namespace of a keep."""
    with Cluster(programs) as cluster:
        yield Api(cluster, programs)


@pytest.fixture(scope="module")
def bare_api(programs: Programs) -> Iterator[Api]:
    """A cluster of its own that has no custom kinds, as EKS makes them."""
    with Cluster(programs, definitions=False) as cluster:
        yield Api(cluster, programs)


@pytest.fixture
def space(api: Api) -> Iterator[str]:
    """A namespace that is deleted with its content after the test."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.apply(namespace)
    yield name
    api.delete(namespace)
