"""The order of the suite: the longest tests first, so that no worker runs one alone at the end."""

import pytest

LONG = (  # files that take a minute or more, most of it in child processes
    "tests/cli/test_demo.py",
    "tests/cli/test_edits.py",
    "tests/policies/test_crossguard_engine.py",
    "tests/cli/test_deploy.py",
    "tests/policies/test_checkov.py",
    "tests/images/test_check.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the order within files, so that fixtures of modules are made once."""
    items.sort(key=lambda item: LONG.index(_file(item)) if _file(item) in LONG else len(LONG))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
