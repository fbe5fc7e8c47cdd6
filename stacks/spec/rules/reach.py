"""Rules for the deployer's way to the private Kubernetes API."""

import ipaddress
from collections.abc import Iterator

from stacks.spec.addresses import PRIVATE_NETWORKS
from stacks.spec.deployer import ApiAccess
from stacks.spec.problems import Problem, shown_value
from stacks.spec.rules.common import duplicate_values
from stacks.spec.rules.draft import Draft

_WIDEST_PREFIX = 16
_ALLOWED = f"an IPv4 network from /{_WIDEST_PREFIX} to /32 inside {', '.join(map(str, PRIVATE_NETWORKS))}"
# The first of the two that the network does not overlap is the range of the cluster's services (components/compute).
_SERVICE_RANGES = (ipaddress.IPv4Network("172.20.0.0/16"), ipaddress.IPv4Network("10.100.0.0/16"))


def deployer_ranges_are_private(draft: Draft) -> Iterator[Problem]:
    """`deployer.api_access.cidrs` are RFC 1918 networks of /16 or narrower, each once, written with their first
    address.
    """
    access = _access(draft)
    if access is None:
        return
    yield from duplicate_values("deployer.api_access.cidrs", access.cidrs, "range")
    for index, cidr in enumerate(access.cidrs):
        for got, remedy in _mistakes(cidr):
            path = f"deployer.api_access.cidrs[{index}]"
            yield Problem(path=path, got=f"{shown_value(cidr)}{got}", allowed=_ALLOWED, remedy=remedy)


def deployer_ranges_are_outside(draft: Draft) -> Iterator[Problem]:
    """`deployer.api_access.cidrs` overlap neither `network.cidr`, since no route would lead to them, nor the range of
    the cluster's services.
    """
    access, own = _access(draft), _own_network(draft)
    if access is None or own is None:
        return
    services = next((each for each in _SERVICE_RANGES if not each.overlaps(own)), None)
    taken = [(own, "network.cidr"), *([(services, "the range of the cluster's services")] if services else [])]
    for index, cidr in enumerate(access.cidrs):
        block = _network(cidr)
        for other, what in taken:
            if block is not None and block.overlaps(other):
                yield Problem(
                    path=f"deployer.api_access.cidrs[{index}]",
                    got=f"{shown_value(cidr)}, which overlaps {what}, {other}",
                    allowed=f"ranges outside {other}",
                    remedy="deploy from another range, or choose another network.cidr before the first `up`",
                )


def deployer_has_a_route(draft: Draft) -> Iterator[Problem]:
    """`deployer.api_access.transit_gateway` is there with `network.cidr`, and absent with `network.adopt`."""
    access, network = _access(draft), draft.network
    if access is None or network is None or (network.cidr is None) == (network.adopt is None):
        return
    if network.cidr is not None and access.transit_gateway is None:
        yield Problem(
            path="deployer.api_access.transit_gateway",
            got="nothing",
            allowed="the transit gateway that leads to deployer.api_access.cidrs, since the network is the keep's own",
            remedy="share a transit gateway with the account and name it, or adopt a network that is connected",
        )
    if network.adopt is not None and access.transit_gateway is not None:
        yield Problem(
            path="deployer.api_access.transit_gateway",
            got=shown_value(access.transit_gateway),
            allowed="no transit gateway with network.adopt: its owner connects the network",
            remedy="remove transit_gateway",
        )


def _access(draft: Draft) -> ApiAccess | None:
    return draft.deployer.api_access if draft.deployer is not None else None


def _own_network(draft: Draft) -> ipaddress.IPv4Network | None:
    return _network(draft.network.cidr) if draft.network is not None and draft.network.cidr is not None else None


def _network(cidr: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        return None


def _mistakes(cidr: str) -> Iterator[tuple[str, str]]:
    """Each mistake in a range with its remedy."""
    block = _network(cidr)
    if block is None:
        yield "", "correct the address"
        return
    if str(block) != cidr:
        yield ", an address inside a network", f"write {block}"
    if block.prefixlen < _WIDEST_PREFIX:
        yield f", a /{block.prefixlen}", "name the deployers' own subnets"
    elif not any(block.subnet_of(private) for private in PRIVATE_NETWORKS):
        yield ", which is no private network", "name the deployers' private addresses; public ones never come in"
