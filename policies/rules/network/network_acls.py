"""The access list is what still stands when somebody opens a group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS, is_public, network_of

ACL = "aws:ec2/networkAcl:NetworkAcl"
ENTRY = "aws:ec2/networkAclRule:NetworkAclRule"
TCP = ("tcp", "6", 6)
FIRST_EPHEMERAL_PORT = 1024
WEB_PORTS = (443, 80)

RULE = Rule(
    id="network-acls",
    title="Network ACLs pass, of public addresses, only HTTPS outwards and its answers",
    severity=Severity.MEDIUM,
    family=Family.NETWORK,
    applies_to=(ACL, ENTRY),
    requirement=Requirement.ISOLATION,
    why="S3's gateway endpoint answers from public addresses; nothing else of the internet has to pass.",
    remedy="allow TCP 443 outwards (80 too with an agreed egress), TCP from 1024 inwards, as components.network",
    frameworks=FRAMEWORKS,
)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    at: str
    outward: Any
    props: Mapping[str, Any]

    @property
    def action(self) -> Any:
        return self.props.get("action", self.props.get("ruleAction"))

    @property
    def ports(self) -> tuple[Any, Any]:
        return self.props.get("fromPort"), self.props.get("toPort")


@RULE.check
def passes_https_and_answers(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ENTRY:
        outward = first(node.inputs, "egress")
        yield from _judged(node, _Entry(at="", outward=outward is True, props=node.inputs), case)
        return
    for direction in ("ingress", "egress"):
        for found in read(node.inputs, f"{direction}[*]"):
            if isinstance(found.value, Mapping):
                entry = _Entry(at=found.path, outward=direction == "egress", props=found.value)
                yield from _judged(node, entry, case)
            elif found.value is not MISSING:
                yield RULE.undecided(node, found.path)


def _judged(node: Node, entry: _Entry, case: Case) -> Iterator[Finding]:
    if entry.action == "deny":
        return
    if entry.action is UNKNOWN:
        yield RULE.undecided(node, _path(entry, "action"))
        return
    for name in ("cidrBlock", "ipv6CidrBlock"):
        value = entry.props.get(name)
        if value is None:
            continue
        network = network_of(value)
        if network is None:
            yield RULE.undecided(node, _path(entry, name), f"{value!r} names no address range that is known yet")
        elif is_public(network) and not _answers_or_https(entry, case):
            yield RULE.violation(node, _path(entry, name), f"got {value}: {_allowed(entry)}")


def _answers_or_https(entry: _Entry, case: Case) -> bool:
    low, high = entry.ports
    if entry.props.get("protocol") not in TCP or not isinstance(low, int) or not isinstance(high, int):
        return False
    if not entry.outward:
        return low >= FIRST_EPHEMERAL_PORT
    web = WEB_PORTS if case.facts.egress != "none" else WEB_PORTS[:1]
    return low == high and low in web


def _allowed(entry: _Entry) -> str:
    return "public addresses get TCP 443 at most" if entry.outward else "public addresses may only answer"


def _path(entry: _Entry, name: str) -> str:
    return f"{entry.at}.{name}" if entry.at else name
