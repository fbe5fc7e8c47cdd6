"""The suite conformance.py runs on every kind of index."""

import pytest

pytest.register_assert_rewrite(
    "tests.runtime.index.conformance", "tests.runtime.index.reading", "tests.runtime.index.model"
)
