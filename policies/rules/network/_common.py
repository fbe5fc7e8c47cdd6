"""What the network rules share: which addresses are public, what the agreement says of the way out, frameworks."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Rule

FRAMEWORKS = {"SOC 2": ("CC6.6",), "ISO 27001": ("A.8.20", "A.8.22")}

VPC, DEFAULT_VPC = "aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc"

# Private, shared (RFC 6598, pod networks), link-local, loopback: what no route of the internet leads to.
INSIDE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)


def network_of(value: Any) -> IPv4Network | IPv6Network | None:
    """The range a value names; None where it names none, a reference for one."""
    try:
        return ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None


def is_public(network: IPv4Network | IPv6Network) -> bool:
    """Whether a range takes in any address of the internet."""
    if isinstance(network, IPv4Network):
        return not any(isinstance(each, IPv4Network) and network.subnet_of(each) for each in INSIDE)
    return not any(isinstance(each, IPv6Network) and network.subnet_of(each) for each in INSIDE)


def public_ranges(rule: Rule, node: Node, found: Found, message: str) -> Iterator[Finding]:
    """A violation where the range found is public; undecided where it cannot be read."""
    network = network_of(found.value)
    if network is None:
        yield rule.undecided(node, found.path, f"{found.value!r} names no address range that is known yet")
    elif is_public(network):
        yield rule.violation(node, found.path, f"got {found.value}: {message}")


def without_agreement(rule: Rule, node: Node, path: str, case: Case, message: str) -> Iterator[Finding]:
    """A way out where the spec agrees on none; undecided where there is no spec to say."""
    if case.facts.egress == "none":
        yield rule.violation(node, path, f"{message}, and the agreed egress is none")
    elif case.facts.egress != "allow-list":
        yield rule.undecided(node, path, "no spec says which egress is agreed")
