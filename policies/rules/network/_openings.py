"""Security-group rules in one shape, whichever of the four resources wrote them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, first, read

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ADDRESSES = ("cidrBlocks[*]", "ipv6CidrBlocks[*]", "cidrIpv4", "cidrIpv6")
PREFIX_LISTS = ("prefixListIds[*]", "prefixListId")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One rule of a group; `at` is where it stands in the node's inputs, empty for a rule that is a resource."""

    node: Node
    at: str

    @property
    def addresses(self) -> list[Found]:
        return self._values(ADDRESSES)

    @property
    def prefix_lists(self) -> list[Found]:
        return self._values(PREFIX_LISTS)

    @property
    def known(self) -> bool:
        return not self.at or next(read(self.node.inputs, self.at)).known

    @property
    def protocol(self) -> Any:
        """`tcp`, `-1` for all, or MISSING, UNKNOWN."""
        named = first(self.node.inputs, self._path("ipProtocol"))
        return first(self.node.inputs, self._path("protocol")) if named is MISSING else named

    @property
    def ports(self) -> tuple[Any, Any]:
        """First and last port."""
        return first(self.node.inputs, self._path("fromPort")), first(self.node.inputs, self._path("toPort"))

    def _path(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def _values(self, names: tuple[str, ...]) -> list[Found]:
        return [
            found for name in names for found in read(self.node.inputs, self._path(name)) if found.value is not MISSING
        ]


def types_of(direction: str) -> tuple[str, ...]:
    """Resource types that hold rules of a direction: `ingress` or `egress`."""
    return (GROUP, RULE, INGRESS_RULE if direction == "ingress" else EGRESS_RULE)


def openings(node: Node, direction: str) -> Iterator[Opening]:
    """The rules of a direction that a resource holds; an unknown list of rules is one unknown rule."""
    if node.type == GROUP:
        for found in read(node.inputs, f"{direction}[*]"):
            if found.value is not MISSING:
                yield Opening(node=node, at=found.path)
    elif node.type != RULE or first(node.inputs, "type") in (direction, MISSING):
        yield Opening(node=node, at="")
    elif not isinstance(first(node.inputs, "type"), str):
        yield Opening(node=node, at="type")
