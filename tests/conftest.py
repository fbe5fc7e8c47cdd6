"""For the whole suite: the longest tests run first, and every test has an open event loop."""

import asyncio
from collections.abc import Iterator

import pytest

from tests import event_loops

LONG = (  # files that take a minute or more, most of it in child processes
    "tests/cli/test_deployer_policy.py",
    "tests/cli/test_demo.py",
    "tests/cli/test_edits.py",
    "tests/policies/test_crossguard_engine.py",
    "tests/cli/test_deploy.py",
    "tests/policies/test_checkov.py",
    "tests/images/test_check.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the files of LONG first, so that no worker runs one alone at the end; keeps the order within files."""
    items.sort(key=lambda item: LONG.index(_file(item)) if _file(item) in LONG else len(LONG))


@pytest.fixture(autouse=True)
def open_event_loop() -> Iterator[None]:
    """Sets an event loop, which Pulumi needs to make an Output.

    An earlier test in this process may have closed its own: `asyncio.run` leaves the thread without one.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    event_loops.close(loop)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
