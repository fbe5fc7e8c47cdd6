"""How many addresses a keep's nodes take, and how many its network has for them."""

from typing import Final

WIDEST_PREFIX: Final = 16
NARROWEST_PREFIX: Final = 22
ADDRESSES_PER_NODE: Final = 32
"""The node's own, and up to 31 for pods, as the VPC CNI attaches them by interface."""
SHARED_ADDRESSES: Final = 96
"""Interface endpoints, load balancer, control plane and search nodes over all zones."""


def addresses_needed(nodes: int) -> int:
    """Addresses for so many nodes at once with their pods, and what every keep has beside them."""
    return nodes * ADDRESSES_PER_NODE + SHARED_ADDRESSES


def addresses_for_nodes(prefix: int, zones: int) -> int:
    """Addresses of the private subnets: a quarter of the network for each zone, of which AWS keeps five."""
    quarter = (1 << (32 - prefix)) // 4
    return zones * (quarter - 5)
