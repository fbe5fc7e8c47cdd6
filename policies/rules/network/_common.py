"""Address ranges, the agreed egress, and the frameworks that the network rules serve."""

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from policies.graph import Node, ResourceGraph
from policies.reading import Found
from policies.rule import Case, Finding, Rule, examine

FRAMEWORKS = {"SOC 2": ("CC6.6",), "ISO 27001": ("A.8.20", "A.8.22")}

# Private, shared (RFC 6598, pod networks), link-local and loopback ranges: no route of the internet leads to them.
PRIVATE = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
            *("fc00::/7", "fe80::/10", "::1/128"),
        ),
    )
)


def public_range(rule: Rule, node: Node, found: Found, judge: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What `judge` finds where the range includes addresses of the internet; undecided where it cannot be read."""
    examine(node, found)
    network = _network_of(found.value)
    if network is None:
        yield rule.undecided(node, found.path, f"{found.value!r} names no address range that is known yet")
    elif not any(network.version == each.version and network.subnet_of(each) for each in PRIVATE):  # type: ignore[arg-type]
        yield from judge()


def private_only(rule: Rule, node: Node, found: Found, message: str) -> Iterator[Finding]:
    """A violation where the range is public."""
    violation = rule.violation(node, found.path, f"got {found.value}: {message}")
    return public_range(rule, node, found, lambda: [violation])


def without_agreement(rule: Rule, node: Node, path: str, case: Case, message: str) -> Iterator[Finding]:
    """A violation where the spec agrees on no egress; undecided where there is no spec."""
    if case.facts.egress == "none":
        yield rule.violation(node, path, f"{message}, and the agreed egress is none")
    elif case.facts.egress != "allow-list":
        yield rule.undecided(node, path, "no spec says which egress is agreed")


def has_adopter(graph: ResourceGraph, vpc: Node, type_: str, name: str) -> bool:
    """Whether a resource adopts a default that AWS creates with the VPC: its input names the VPC or its default."""
    if graph.referrers(vpc, name, type_):
        return True
    named = (node.inputs.get(name) for node in graph.of_type(type_))
    return any(isinstance(each, str) and each == vpc.outputs.get(name) for each in named)


def _network_of(value: Any) -> IPv4Network | IPv6Network | None:
    """The range that a value names; None where it is a reference or no range."""
    try:
        return ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None
