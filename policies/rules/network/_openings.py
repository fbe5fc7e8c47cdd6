"""Security-group rules in one shape, whichever of the four resource types declares them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, first, read
from policies.rule import Finding, Rule, examine

GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ADDRESSES = ("cidrBlocks[*]", "ipv6CidrBlocks[*]", "cidrIpv4", "cidrIpv6")
PREFIX_LISTS = ("prefixListIds[*]", "prefixListId")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One rule of a group; `at` is its path in the node's inputs, empty for a rule that is a resource."""

    node: Node
    at: str

    @property
    def protocol(self) -> Any:
        """`tcp`, `-1` for all, or MISSING, UNKNOWN."""
        named = self._first("ipProtocol")
        return self._first("protocol") if named is MISSING else named

    @property
    def ports(self) -> tuple[Any, Any]:
        """First and last port."""
        return self._first("fromPort"), self._first("toPort")

    def values(self, names: tuple[str, ...]) -> list[Found]:
        """What is set of ADDRESSES or PREFIX_LISTS."""
        found = [each for name in names for each in read(self.node.inputs, self._path(name))]
        return [each for each in found if each.value is not MISSING]

    def _first(self, name: str) -> Any:
        return first(self.node.inputs, self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name


def types_of(direction: str) -> tuple[str, ...]:
    """Resource types that declare rules of a direction: `ingress` or `egress`."""
    return (GROUP, GROUP_RULE, INGRESS_RULE if direction == "ingress" else EGRESS_RULE)


def each_opening(
    rule: Rule,
    node: Node,
    direction: str,
    names: tuple[str, ...],
    judge: Callable[[Opening, Found], Iterable[Finding]],
) -> Iterator[Finding]:
    """What `judge` finds in every address or prefix list of a direction; undecided for a rule that is not known."""
    for opening in _openings(node, direction):
        if opening.at and not next(read(node.inputs, opening.at)).known:
            yield rule.undecided(node, opening.at)
            continue
        for found in opening.values(names):
            examine(node, found)
            yield from judge(opening, found)


def _openings(node: Node, direction: str) -> Iterator[Opening]:
    if node.type == GROUP:
        for found in read(node.inputs, f"{direction}[*]"):
            if found.value is not MISSING:
                yield Opening(node=node, at=found.path)
    elif node.type != GROUP_RULE or first(node.inputs, "type") in (direction, MISSING):
        yield Opening(node=node, at="")
    elif not isinstance(first(node.inputs, "type"), str):
        yield Opening(node=node, at="type")
