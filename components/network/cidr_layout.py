"""Divides a keep's address range: pure arithmetic, no Pulumi.

The range is split into 2, 4 or 8 equal blocks: one for the workloads of each zone, and the last for the small subnets
(interface endpoints and load balancers; with internet egress, also the firewall and the NAT gateways).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

VPC_PREFIXES = range(16, 23)  # AWS allows no VPC larger than /16; below /22 the workloads run out of addresses
RESERVED_ADDRESSES = 5  # AWS reserves five in every subnet
ENDPOINT_PREFIXES = (26, 27)  # the larger if it fits: 59 or 27 endpoints per zone
PASSAGE_PREFIX = 28  # firewall and public subnets have one or two interfaces each; AWS allows nothing smaller than /28
ZONE_COUNTS = range(2, 4)


@dataclass(frozen=True, kw_only=True)
class CidrLayout:
    """Subnets by purpose, one per zone in order."""

    vpc: IPv4Network
    workloads: Sequence[IPv4Network]
    endpoints: Sequence[IPv4Network]
    firewalls: Sequence[IPv4Network]  # used only with internet egress
    publics: Sequence[IPv4Network]  # likewise

    @property
    def workload_addresses(self) -> int:
        """Addresses for nodes and pods, in all zones together."""
        return sum(subnet.num_addresses - RESERVED_ADDRESSES for subnet in self.workloads)

    def subnets(self) -> Iterator[IPv4Network]:
        """Every subnet."""
        yield from (*self.workloads, *self.endpoints, *self.firewalls, *self.publics)


def lay_out(cidr: str, zones: int) -> CidrLayout:
    """Divides a VPC's range among its zones. The same input always gives the same subnets, which cannot move later.

    Raises:
        ValueError: the range is no network, too small or too large, or there are too many zones.
    """
    if zones not in ZONE_COUNTS:
        raise ValueError(f"zones must be 2 or 3, got {zones}")
    vpc = _network(cidr)
    *blocks, small = vpc.subnets(prefixlen_diff=zones.bit_length())
    shelf = _Shelf(small)
    endpoint_prefix = next(prefix for prefix in ENDPOINT_PREFIXES if _fits(small, zones, prefix))
    return CidrLayout(
        vpc=vpc,
        workloads=tuple(blocks[:zones]),
        endpoints=shelf.take(zones, endpoint_prefix),
        firewalls=shelf.take(zones, PASSAGE_PREFIX),
        publics=shelf.take(zones, PASSAGE_PREFIX),
    )


def _network(cidr: str) -> IPv4Network:
    try:
        vpc = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(f"cidr must be an IPv4 network like 10.64.0.0/16, got {cidr!r}: {error}") from error
    if vpc.prefixlen not in VPC_PREFIXES:
        raise ValueError(f"cidr must be from /16 to /22, got {cidr}; ask the customer for a range of that size")
    if not vpc.is_private:
        raise ValueError(f"cidr must be a private range (RFC 1918), got {cidr}")
    return vpc


def _fits(block: IPv4Network, zones: int, endpoint_prefix: int) -> bool:
    needed = zones * (_size(endpoint_prefix) + 2 * _size(PASSAGE_PREFIX))
    return needed <= block.num_addresses


def _size(prefix: int) -> int:
    return 1 << (32 - prefix)


class _Shelf:
    """Allocates subnets of a block from its start. Take the largest first, so that each is aligned."""

    def __init__(self, block: IPv4Network) -> None:
        self._next = int(block.network_address)

    def take(self, count: int, prefix: int) -> tuple[IPv4Network, ...]:
        size = _size(prefix)
        subnets = tuple(IPv4Network((self._next + index * size, prefix)) for index in range(count))
        self._next += count * size
        return subnets
