"""Fixtures of all tests of the runtime."""

from collections.abc import Iterator

import pytest
from codekeep_runtime.telemetry import metrics


@pytest.fixture
def measured() -> Iterator[None]:
    """Starts the recording of metrics, with all values at zero."""
    stop = metrics.start()
    yield
    stop()
