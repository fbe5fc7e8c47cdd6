"""Args of a pool: limits, capacity and roles."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.compute.pool import Pool, PoolRole, Tenancy, ZoneCapacity
from tests.components.environments import SERVE, SYSTEM

HERE = ZoneCapacity(count=2, zone="eu-central-1a")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Serve"}, "name"),
        ({"instance_types": ()}, "at least one type"),
        ({"instance_types": ("g6e",)}, "EC2 types like"),
        ({"architecture": "arm64"}, "architecture"),
        ({"min_nodes": -1}, "min_nodes"),
        ({"max_nodes": 1}, "max_nodes must be 2-450"),
        ({"max_nodes": 451}, "max_nodes"),
        ({"volume_gib": 10}, "volume_gib"),
        ({"tenancy": Tenancy.HOST}, "hosts"),
        ({"hosts": HERE}, "hosts"),
        ({"tenancy": Tenancy.HOST, "hosts": HERE, "reservation": HERE}, "reservation"),
        ({"reservation": HERE, "instance_types": ("g6e.xlarge", "g6e.2xlarge")}, "one type"),
    ],
)
def test_a_wrong_pool_is_named_with_its_field(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"pool .*: .* must be") as caught:
        replace(SERVE, **changes)
    assert message in str(caught.value)


def test_empty_capacity_is_refused() -> None:
    with pytest.raises(ValueError, match="count must be 1 or more"):
        ZoneCapacity(count=0, zone="eu-central-1a")


@given(st.integers(0, 20), st.integers(0, 20))
def test_warm_nodes_are_never_removed(minimum: int, warm: int) -> None:
    pool = replace(SYSTEM, min_nodes=minimum, warm_nodes=warm, max_nodes=20)
    assert pool.floor >= warm
    assert pool.floor >= minimum
    assert pool.floor in {minimum, warm}


def test_only_gpu_roles_are_gpu() -> None:
    assert [role.value for role in PoolRole if replace(SYSTEM, role=role).is_gpu] == ["gpu-serve", "gpu-batch"]
    assert Pool(**{**vars(SERVE), "reservation": HERE}).zone == "eu-central-1a"
