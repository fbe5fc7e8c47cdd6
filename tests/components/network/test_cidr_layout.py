"""The division of a VPC's address range into subnets."""

from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.cidr_layout import RESERVED_ADDRESSES, VPC_PREFIXES, lay_out

PRIVATE_RANGES = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))


@st.composite
def vpc_ranges(draw: st.DrawFn) -> str:
    outer = draw(st.sampled_from(PRIVATE_RANGES))
    prefix = draw(st.sampled_from([prefix for prefix in VPC_PREFIXES if prefix >= outer.prefixlen]))
    index = draw(st.integers(0, 2 ** (prefix - outer.prefixlen) - 1))
    return f"{outer.network_address + index * 2 ** (32 - prefix)}/{prefix}"


@given(vpc_ranges(), st.integers(2, 3))
def test_subnets_are_disjoint_within_the_range_and_large_enough(cidr: str, zones: int) -> None:
    layout = lay_out(cidr, zones)
    subnets = sorted(layout.subnets())
    assert len(subnets) == 4 * zones
    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
    assert not any(left.overlaps(right) for left, right in pairwise(subnets))
    assert all(16 <= subnet.prefixlen <= 28 for subnet in subnets)  # sizes that AWS accepts
    assert all(subnet.num_addresses - RESERVED_ADDRESSES >= 25 for subnet in layout.endpoints)


@given(vpc_ranges(), st.integers(2, 3))
def test_workloads_get_half_of_the_range_or_more_in_equal_parts(cidr: str, zones: int) -> None:
    layout = lay_out(cidr, zones)
    assert len({subnet.prefixlen for subnet in layout.workloads}) == 1
    taken = sum(subnet.num_addresses for subnet in layout.workloads)
    assert taken * 2 >= layout.vpc.num_addresses
    assert layout.workload_addresses == taken - RESERVED_ADDRESSES * zones


def test_the_layout_is_a_contract() -> None:
    """Subnets cannot be moved: a changed layout replaces the network of every keep."""
    layout = lay_out("10.64.0.0/16", 3)
    assert [str(subnet) for subnet in layout.workloads] == ["10.64.0.0/18", "10.64.64.0/18", "10.64.128.0/18"]
    assert [str(subnet) for subnet in layout.endpoints] == ["10.64.192.0/26", "10.64.192.64/26", "10.64.192.128/26"]
    assert [str(subnet) for subnet in layout.firewalls] == ["10.64.192.192/28", "10.64.192.208/28", "10.64.192.224/28"]
    assert [str(subnet) for subnet in layout.publics] == ["10.64.192.240/28", "10.64.193.0/28", "10.64.193.16/28"]
    assert str(lay_out("10.0.0.0/22", 3).endpoints[0]) == "10.0.3.0/27"


@pytest.mark.parametrize(
    ("cidr", "zones", "message"),
    [
        ("10.0.0.0/15", 3, "from /16 to /22, got 10.0.0.0/15"),
        ("10.0.0.0/23", 3, "ask the customer for a range of that size"),
        ("10.0.0.1/16", 3, "got '10.0.0.1/16': 10.0.0.1/16 has host bits set"),
        ("fd00::/16", 3, "must be an IPv4 network like 10.64.0.0/16"),
        ("8.8.0.0/16", 3, "must be a private range"),
        ("10.0.0.0/16", 1, "zones must be 2 or 3, got 1"),
        ("10.0.0.0/16", 4, "zones must be 2 or 3, got 4"),
    ],
)
def test_a_range_that_cannot_be_divided_is_named(cidr: str, zones: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lay_out(cidr, zones)
