"""IP addresses that a keep's nodes need, and those that its network has for them."""

from ipaddress import IPv4Network
from typing import Final

PRIVATE_NETWORKS: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""

WIDEST_PREFIX: Final = 16
NARROWEST_PREFIX: Final = 22
ADDRESSES_PER_NODE: Final = 32
"""One for the node and up to 31 for pods: the VPC CNI attaches them per interface."""
SHARED_ADDRESSES: Final = 96
"""Interface endpoints, load balancer, control plane and search nodes in all zones."""


def addresses_needed(nodes: int) -> int:
    """Addresses for that many nodes with their pods, and for what every keep has besides."""
    return nodes * ADDRESSES_PER_NODE + SHARED_ADDRESSES


def addresses_for_nodes(prefix: int, zones: int) -> int:
    """Addresses in the private subnets: a quarter of the network per zone, of which AWS reserves five."""
    quarter = (1 << (32 - prefix)) // 4
    return zones * (quarter - 5)
