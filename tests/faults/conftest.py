"""The accounts of the sandbox that faults are tried in."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from tests.faults.account import Accounts


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Accounts(f"http://{host}:{port}", str(tmp_path_factory.mktemp("faults") / "ledger.sqlite"))
    server.stop()
