"""Apps of the two tenants of world.py."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.runtime.gateway.world import REPOSITORIES, Tenant


@pytest.fixture
def tenants(tmp_path: Path) -> Mapping[str, Tenant]:
    return {name: Tenant(name, tmp_path) for name in REPOSITORIES}


@pytest.fixture
def acme(tmp_path: Path) -> Tenant:
    return Tenant("acme", tmp_path)
