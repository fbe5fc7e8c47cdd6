"""One suite, conformance.py, is run on each index there is."""

import pytest

pytest.register_assert_rewrite(
    "tests.runtime.index.conformance", "tests.runtime.index.reading", "tests.runtime.index.model"
)
