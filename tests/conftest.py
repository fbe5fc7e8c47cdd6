"""The order of the suite: what takes longest comes first, so that no worker is left with it at the end."""

import pytest

LONG = (  # of tests or files: a minute or more together, most of it in processes of their own
    "tests/cli/test_demo.py",
    "tests/policies/test_crossguard_engine.py",
    "tests/cli/test_deploy.py",
    "tests/policies/test_checkov.py",
    "tests/images/test_check.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the order within files, for fixtures of modules are made once then."""
    items.sort(key=lambda item: LONG.index(_file(item)) if _file(item) in LONG else len(LONG))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
