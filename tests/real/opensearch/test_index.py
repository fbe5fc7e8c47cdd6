"""The index in OpenSearch passes the conformance suite."""

from pathlib import Path

import pytest
from codekeep_runtime.index.opensearch.snapshots import Snapshots

from tests.real.opensearch.prefixes import Prefixes
from tests.real.opensearch.server import Server
from tests.runtime.index.conformance import Conformance


class TestOpenSearchIndex(Conformance):
    examples = 12  # few, because each change refreshes the index

    @pytest.fixture
    def snapshots(self, server: Server, opener: Prefixes) -> Path:
        Snapshots(opener.store, opener.snapshots).register_folder(str(server.snapshots / opener.snapshots))
        return Path(f"nightly-{opener.snapshots}")
